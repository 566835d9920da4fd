using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using KrabAuth.Cli.Host;
using KrabAuth.Cli.Input;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary>One call of one command: its options, and the agent that it is about.</summary>
internal sealed class Invocation(CliContext cli, GlobalOptions globals, ParseResult result) : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private PosixSignal _signal = PosixSignal.SIGINT;

    public CliContext Cli { get; } = cli;

    public bool Has(Option<string> flag) => result.GetResult(flag) is { Implicit: false };

    /// <summary>An option's value, trimmed; <see langword="null"/> where it is absent or blank.</summary>
    public string? Text(Option<string> option) => result.GetResult(option) is { Implicit: false } && result.GetValue(option)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The value of an option without which more would be changed: a variable of a script that is empty must not widen the command.</summary>
    public string? Filled(Option<string> option) => Text(option) ?? (Has(option) ? throw Missing($"a value for {option.Name}") : null);

    /// <summary>The value of an option that has to be there.</summary>
    public string Required(Option<string> option) => Text(option) ?? throw Missing(option.Name);

    public string? Text(Argument<string> argument) => result.GetValue(argument)?.Trim();

    public IReadOnlyList<string> Texts(Argument<string[]> argument) => result.GetResult(argument) is { } found ? [.. found.Tokens.Select(static token => token.Value)] : [];

    public KrabAuthException Missing(string what)
        => AuthErrors.OptionMissing($"Missing {what}.", Remedy.Same($"{Cli.Program.Text} {PathOf(result.CommandResult)} --help"));

    public IReadOnlyList<string> Texts(Option<string[]> option) => result.GetResult(option) is { Implicit: false } found ? [.. found.Tokens.Select(static token => token.Value)] : [];

    /// <summary>Opens the agent that the options name.</summary>
    public AuthAgent OpenAgent() => OpenAgent(OpenWorkspace());

    /// <summary>Opens the agent that the options name in a state directory.</summary>
    public AuthAgent OpenAgent(AuthWorkspace workspace) => workspace.OpenAgent(Text(globals.Agent));

    /// <summary>Whether neither the options, the name of the program nor the environment say whose files are meant.</summary>
    public bool LeavesProductOpen => ChosenProduct() is null && Text(globals.StateDirectory) is null && string.IsNullOrWhiteSpace(Cli.Environment.GetVariable(ProductLayout.ProductVariable));

    /// <summary>Opens the state directory of a product that a person chose, and has recommended commands say so.</summary>
    public AuthWorkspace ChooseProduct(Product product)
    {
        Cli.CommandPrefix += $" {globals.Product.Name} {product.ToString().ToLowerInvariant()}";
        return OpenWorkspace(product, null);
    }

    /// <summary>The agent that the options name, if they do.</summary>
    public string? Agent => Text(globals.Agent);

    /// <summary>The only agent that a command for all of them is to be about, if the options name one.</summary>
    public string? OnlyAgent => Filled(globals.Agent);

    /// <summary>Opens the state directory that the options name.</summary>
    public AuthWorkspace OpenWorkspace() => OpenWorkspace(ChosenProduct(), Text(globals.StateDirectory));

    /// <summary>Opens the state directory of the product that a command's own option names, or of the one that the global options name.</summary>
    public AuthWorkspace OpenTarget(string? productName)
    {
        Product? chosen = ChosenProduct();
        Product? asked = productName is null ? null : ProductLayout.Parse(productName);
        return asked is not null && chosen is not null && asked != chosen
            ? throw AuthErrors.OptionConflict($"--to says {asked}, but this call is about {chosen}.")
            : OpenWorkspace(asked ?? chosen, Text(globals.StateDirectory));
    }

    /// <summary>Asks a person for a yes; anything else, and the end of the input, is a no.</summary>
    public bool Confirm(string question)
        => Terminal.Open().ReadLine(Cli, $"{question} [y/N] ", isSecret: false)?.Trim().StartsWith("y", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Asks a person for a yes or a no in the middle of other questions; no answer means what is assumed.</summary>
    /// <exception cref="PromptCancelledException">The person gave up.</exception>
    public bool Confirm(string question, bool assumeYes)
    {
        string answer = Terminal.Open().ReadLine(Cli, $"{question} {(assumeYes ? "[Y/n]" : "[y/N]")} ", isSecret: false)?.Trim() ?? throw new PromptCancelledException();
        return answer.Length == 0 ? assumeYes : answer.StartsWith("y", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Opens another state directory.</summary>
    public AuthWorkspace OpenWorkspace(Product? product, string? stateDirectory) => new(new WorkspaceOptions
    {
        Product = product,
        StateDirectory = stateDirectory,
        Host = Cli.Environment,
        Log = Cli,
    });

    /// <summary>Takes up <c>--verbose</c>, and the options that recommended commands have to repeat.</summary>
    public void Prepare()
    {
        Cli.IsVerbose = Has(globals.Verbose);
        foreach (Option<string> option in new[] { globals.Product, globals.StateDirectory, globals.Agent })
        {
            if (Text(option) is { } value) Cli.CommandPrefix += $" {option.Name} {CommandWord.Shell(value)}";
        }
    }

    /// <summary>Ends waiting for a lock at Ctrl+C, so that the lock is left in order.</summary>
    public CancellationToken CancelOnSignal()
    {
        var source = new CancellationTokenSource();
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _signal = signal;
                source.Cancel();
            }));
        }
        return source.Token;
    }

    /// <summary>The signal that ended the waiting: what a program that runs for this one gets too.</summary>
    public PosixSignal Signal => _signal;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
    }

    /// <summary>The words that lead to a command, without the program.</summary>
    public static string PathOf(CommandResult command)
    {
        string path = string.Empty;
        for (SymbolResult? at = command; at is CommandResult { Parent: not null } current; at = current.Parent) path = $"{current.Command.Name} {path}";
        return path.TrimEnd();
    }

    private Product? ChosenProduct()
    {
        Product? asked = Text(globals.Product) is { } name ? ProductLayout.Parse(name) : null;
        if (asked is not null && Cli.Program.Product is { } started && asked != started)
        {
            throw AuthErrors.OptionConflict($"Started as {Cli.Program.Text}, this program acts on {started}; --product says {asked}.");
        }
        return asked ?? Cli.Program.Product;
    }
}
