using System.CommandLine;
using System.CommandLine.Parsing;
using KrabAuth.Cli.Host;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary>What can stand at the end of a command line that is being typed: commands, options, and what has a name in the store.</summary>
internal sealed class Completions(CliContext cli, GlobalOptions globals, Func<IReadOnlyList<string>, ParseResult> parse)
{
    /// <summary>Writes the completions of the last of some words, a line each.</summary>
    /// <param name="words">The words behind the program; the last is the one that is completed, and may be empty.</param>
    public int Write(IReadOnlyList<string> words)
    {
        string typed = words.Count == 0 ? string.Empty : words[^1];
        ParseResult before = parse([.. words.SkipLast(1)]);
        Option? open = words.Count < 2 ? null : Find(Options(before.CommandResult), words[^2]);
        // An option that waits for its value is no part of what was said so far.
        if (open is { Arity.MaximumNumberOfValues: > 0 }) before = parse([.. words.SkipLast(2)]);
        else open = null;
        foreach (NamedValue value in Try(() => open is null ? Values(before, typed) : ValuesOf(open.Name, before, typed)))
        {
            if (value.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && !value.Text.Any(char.IsControl)) cli.Write($"{value.Text}\t{OneLine(value.Description)}\n");
        }
        return 0;
    }

    private IEnumerable<NamedValue> Values(ParseResult before, string typed)
    {
        Command command = before.CommandResult.Command;
        List<Option> options = [.. Options(before.CommandResult)];
        int equals = typed.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && Find(options, typed[..equals]) is { } given)
        {
            return ValuesOf(given.Name, before, typed[(equals + 1)..]).Select(value => value with { Text = $"{typed[..equals]}={value.Text}" });
        }
        IEnumerable<NamedValue> flags = options
            .Where(option => before.GetResult(option) is null or { Implicit: true } || option.Arity.MaximumNumberOfValues > 1)
            .Select(option => new NamedValue(option.Name, option.Description ?? string.Empty));
        if (typed.StartsWith('-')) return flags;
        List<NamedValue> words = [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => new NamedValue(sub.Name, sub.Description ?? string.Empty))];
        if (command.Arguments.FirstOrDefault(argument => HasRoom(argument, before)) is { } argument) words.AddRange(ValuesOf(argument.Name, before, typed));
        return words.Count > 0 || typed.Length > 0 ? words : flags;
    }

    private static bool HasRoom(Argument argument, ParseResult before) => (before.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MaximumNumberOfValues;

    /// <summary>The values of an option or argument, by its name: one name means the same in every command.</summary>
    private IEnumerable<NamedValue> ValuesOf(string name, ParseResult before, string typed)
    {
        using var call = new Invocation(cli, globals, before);
        string? agent = call.Agent;
        string? provider = Given(before, "--provider");
        return name switch
        {
            "--provider" or "--probe-provider" or "--token-provider" => Try(() => call.OpenWorkspace().Names.StoredProviders(agent)).Concat(Try(() => call.OpenWorkspace().Names.KnownProviders())).DistinctBy(value => value.Text),
            "--profile-id" or "--probe-profile" or "--token-profile-id" or "profile-id" or "profile-ids" => Try(() => call.OpenWorkspace().Names.Profiles(agent, provider)).Where(value => !IsTyped(before, value.Text)),
            "--agent" => Try(() => call.OpenWorkspace().Names.Agents()),
            "--auth-choice" => Try(() => call.OpenWorkspace().Names.AuthChoices(agent)),
            "--session" => Try(() => call.OpenWorkspace().Names.Sessions(agent)),
            "--model" => Try(() => call.OpenWorkspace().Names.Models(agent, provider)),
            "reference" => Try(() => call.OpenWorkspace().Names.ModelReferences(typed, agent)),
            "--secret-ref" => Try(() => call.OpenWorkspace().SecretPlaces().Select(place => new NamedValue(place.Text, place.Description))),
            "--env" => Try(() => call.OpenWorkspace().Names.Variables(provider)),
            "--product" or "--from" or "--to" => NamedValues.Products,
            "--reason" => NamedValues.Reasons,
            "--tool" => NamedValues.Tools.Where(value => !IsTyped(before, value.Text)),
            "id" when before.CommandResult.Command.Parents.Any(parent => parent.Name == "providers") => Try(() => call.OpenWorkspace().Names.OwnProviders()),
            // What can be brought back is no agent any longer.
            "id" when before.CommandResult.Command.Name != "restore" => Try(() => call.OpenWorkspace().Names.Agents()),
            "shell" => CompletionScripts.Shells.Select(shell => new NamedValue(shell, string.Empty)),
            _ => [],
        };
    }

    /// <summary>Completion is a courtesy: what cannot be read completes to nothing, and the command itself tells why.</summary>
    private static IReadOnlyList<NamedValue> Try(Func<IEnumerable<NamedValue>> values)
    {
        try
        {
            return [.. values()];
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The options of a command, its own first, then those that every command takes.</summary>
    private static IEnumerable<Option> Options(CommandResult command)
    {
        foreach (Option option in command.Command.Options.Where(option => !option.Hidden)) yield return option;
        for (SymbolResult? at = command.Parent; at is CommandResult parent; at = parent.Parent)
        {
            foreach (Option option in parent.Command.Options.Where(option => option is { Recursive: true, Hidden: false })) yield return option;
        }
    }

    private static Option? Find(IEnumerable<Option> options, string name) => name.StartsWith('-') ? options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name)) : null;

    private static string? Given(ParseResult before, string name)
        => Find(Options(before.CommandResult), name) is { } option && before.GetResult(option) is { Implicit: false, Tokens: [var token, ..] } ? token.Value : null;

    private static bool IsTyped(ParseResult before, string text) => before.Tokens.Any(token => string.Equals(token.Value, text, StringComparison.OrdinalIgnoreCase));

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
