using System.CommandLine;

namespace KrabAuth.Cli.Commands;

/// <summary>The options that every command takes, before or after its name.</summary>
internal sealed class GlobalOptions
{
    public Option<string> Product { get; } = Recursive(Value("--product", "name", "Whose files: krabkrab, openclaw, moltbot or clawdbot."));

    public Option<string> StateDirectory { get; } = Recursive(Value("--state-dir", "path", "The state directory, instead of the product's own."));

    public Option<string> Agent { get; } = Recursive(Value("--agent", "id", "The agent; without it, the default one."));

    public Option<string> Verbose { get; } = Recursive(Flag("--verbose", "Tell on standard error what is done."));

    public void AddTo(Command root)
    {
        foreach (Option option in new Option[] { Product, StateDirectory, Agent, Verbose }) root.Add(option);
    }

    /// <summary>An option with a value.</summary>
    public static Option<string> Value(string name, string helpName, string description)
        => new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.ExactlyOne };

    /// <summary>
    /// An option that is there or not. A text without a value rather than a truth value: the compiled image of the
    /// parser holds no code for the latter, and compiling it would cost every start a millisecond.
    /// </summary>
    public static Option<string> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    private static Option<string> Recursive(Option<string> option)
    {
        option.Recursive = true;
        return option;
    }
}
