using System.CommandLine;
using System.CommandLine.Parsing;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Commands;

/// <summary>
/// Tells what is wrong with a command line without repeating any of it that is not a name of ours: what was not
/// understood may be a secret in the wrong place. The parser's own messages quote it.
/// </summary>
internal static class UsageErrors
{
    public static int Report(CliContext cli, ParseResult result)
    {
        string path = $"{cli.Program.Text} {Invocation.PathOf(result.CommandResult)}".TrimEnd();
        cli.WriteError($"Error: {Describe(result, path)}");
        cli.WriteError($"Next: {path} --help");
        return 1;
    }

    private static string Describe(ParseResult result, string path)
    {
        Command command = result.CommandResult.Command;
        if (result.UnmatchedTokens.Count > 0)
        {
            string? option = result.UnmatchedTokens.FirstOrDefault(LooksLikeOption);
            if (option is not null) return $"Unknown option {option.Split('=')[0]}.{AboutSecrets(command)}";
            if (command.Subcommands.Count > 0 && command.Arguments.Count == 0)
            {
                return $"Unknown command after \"{path}\". Commands: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}.";
            }
            string one = result.UnmatchedTokens.Count == 1 ? "Unexpected argument" : "Unexpected arguments";
            return $"{one} after \"{path}\"; not shown here, as it may be a secret.{AboutSecrets(command)}";
        }
        foreach (Option option in command.Options)
        {
            if (option.Required && result.GetResult(option) is null or { Implicit: true }) return $"Missing {option.Name}.";
        }
        foreach (ParseError error in result.Errors)
        {
            if (error.SymbolResult is OptionResult { Option: var option }) return OfOption(option);
            if (error.SymbolResult is ArgumentResult { Parent: OptionResult { Option: var owner } }) return OfOption(owner);
            if (error.SymbolResult is ArgumentResult { Argument: var argument }) return $"Missing <{argument.Name}>.";
        }
        Argument? missing = command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is null or { Tokens.Count: 0 });
        return missing is null ? "The command line is not understood." : $"Missing <{missing.Name}>.";
    }

    private static string OfOption(Option option)
        => option.Arity.MaximumNumberOfValues == 0 ? $"{option.Name} takes no value." : $"{option.Name} needs one value, and is given once.";

    private static string AboutSecrets(Command command)
        => SecretCommands.TakesSecret(command) ? " A secret is pasted when asked for, or comes on standard input." : string.Empty;

    /// <summary>A name that a person would give an option: no key looks like this.</summary>
    private static bool LooksLikeOption(string token)
    {
        string name = token.Split('=')[0];
        return name.Length is > 2 and <= 24 && name.StartsWith("--", StringComparison.Ordinal) && name.All(c => c is '-' or (>= 'a' and <= 'z'));
    }
}
