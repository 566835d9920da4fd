using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using KrabAuth.Cli.Host;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;

namespace KrabAuth.Cli.Commands;

/// <summary>The tree of commands, and what happens between the words of a call and its exit code.</summary>
internal sealed class CommandLine
{
    private const int Failed = 1;

    private readonly CliContext _cli;
    private readonly GlobalOptions _globals = new();
    private readonly Option<string> _version = GlobalOptions.Flag("--version", "Show the version.");
    private readonly Option<string> _help = GlobalOptions.Flag("--help", "Show this help.", "-h", "-?");
    private readonly Command _root;
    private PosixSignal _signal = PosixSignal.SIGINT;

    /// <param name="cli">The process.</param>
    /// <param name="args">The call: of a group whose command it names, the others are not made.</param>
    public CommandLine(CliContext cli, IReadOnlyList<string> args)
    {
        _cli = cli;
        _root = new Command(cli.Program.Text, "Accounts for language models: several per provider, one store, shared with KrabKrab, OpenClaw, Moltbot and Clawdbot.");
        Fill(
            _root,
            args,
            at: 0,
            new("models", () => Models(args)),
            new("model", () => ModelCommand.Create(this)),
            new("agents", () => AgentCommands.Create(this)),
            new("channels", () => ChannelCommands.Create(this)),
            new("doctor", () => DoctorCommand.Create(this)),
            new("secrets", () => SecretAuditCommand.Create(this)),
            new("migrate", () => MigrateCommand.Create(this)),
            new("monitor", () => MonitorCommand.Create(this)),
            new("onboard", () => OnboardCommand.Create(this, cli)),
            new("demo", () => DemoCommand.Create(this)),
            new("completion", () => CompletionCommand.Create(this)));
        _root.Add(_help);
        _root.Add(_version);
        _help.Recursive = true;
        _globals.AddTo(_root);
    }

    /// <summary>Adds what a command does.</summary>
    public Command Does(Command command, Func<Invocation, int> action)
    {
        command.SetAction(result =>
        {
            using var invocation = new Invocation(_cli, _globals, result);
            invocation.Prepare();
            try
            {
                return action(invocation);
            }
            finally
            {
                _signal = invocation.Signal;
            }
        });
        return command;
    }

    public int Run(string[] args)
    {
        try
        {
            if (args is [CompletionScripts.Request, .. var words]) return new Completions(_cli, _globals, Parse).Write(words);
            ParseResult result = Parse(args);
            if (result.GetResult(_help) is { Implicit: false }) return HelpText.Write(_cli, result);
            if (result.GetResult(_version) is { Implicit: false } && result.CommandResult.Command == _root) return WriteVersion();
            if (result.CommandResult.Command is { Action: null } && result.UnmatchedTokens.Count == 0) return HelpText.Write(_cli, result, Failed);
            if (result.Errors.Count > 0) return UsageErrors.Report(_cli, result);
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (KrabAuthException e)
        {
            return Report(e.Message, e.Remedy.CommandLine, e);
        }
        catch (PromptCancelledException)
        {
            _cli.WriteError("Cancelled.");
            return 0;
        }
        catch (OperationCanceledException)
        {
            _cli.WriteError(UnfinishedRequests.OfProcess.Any ? "Cancelled. A request that is under way is finished first, so that its new token is not lost." : "Cancelled. Nothing was changed.");
            return ExitCode(_signal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Report(e.Message, null, e);
        }
        catch (Exception e)
        {
            return Report($"Unexpected: {e.Message}", _cli.IsVerbose ? null : "Repeat the command with --verbose and report what it says.", e);
        }
    }

    /// <summary>What a shell reports of a program that a signal ended: 128 and the signal's number.</summary>
    private static int ExitCode(PosixSignal signal) => signal switch { PosixSignal.SIGTERM => 143, PosixSignal.SIGHUP => 129, _ => 130 };

    /// <summary>No response files: an argument that starts with @ is an argument, and bundling would split what is not understood.</summary>
    private ParseResult Parse(IReadOnlyList<string> args) => _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });

    private Command Models(IReadOnlyList<string> args)
    {
        Command models = StatusCommand.CreateModels(this);
        Fill(
            models,
            args,
            at: 1,
            new("status", () => StatusCommand.Create(this)),
            new("auth", Auth),
            new("providers", () => ProviderCommands.Create(this)),
            new("usage", () => UsageCommand.Create(this)),
            new("report", () => ReportCommand.Create(this)));
        return models;
    }

    private Command Auth()
    {
        var auth = new Command("auth", "Sign in and choose: tokens, API keys, order.");
        foreach (Command command in SignInCommands.Create(this)) auth.Add(command);
        auth.Add(AddCommand.Create(this));
        foreach (Command command in SecretCommands.Create(this)) auth.Add(command);
        foreach (Command command in ProfileCommands.Create(this)) auth.Add(command);
        foreach (Command command in UseCommands.Create(this)) auth.Add(command);
        auth.Add(SyncCommand.Create(this));
        foreach (Command command in TransferCommands.Create(this)) auth.Add(command);
        auth.Add(OrderCommands.Create(this));
        auth.Add(RecordCommands.CreateRecord(this));
        auth.Add(RecordCommands.CreateCooldown(this));
        auth.Add(SessionCommands.Create(this));
        auth.Add(ExecCommand.Create(this));
        return auth;
    }

    /// <summary>
    /// Makes the commands of a group: all, unless the word at its place names one. Making and reading the whole tree costs more
    /// than most commands do, and nothing that the call shows mentions the neighbours of a command that it names.
    /// </summary>
    private static void Fill(Command group, IReadOnlyList<string> args, int at, params Entry[] entries)
    {
        string? word = at < args.Count ? args[at] : null;
        foreach (Entry entry in entries)
        {
            if (entry.Name != word) continue;
            group.Add(entry.Make());
            return;
        }
        foreach (Entry entry in entries) group.Add(entry.Make());
    }

    private sealed record Entry(string Name, Func<Command> Make);

    private int Report(string message, string? next, Exception exception)
    {
        _cli.WriteError($"Error: {_cli.ForThisCall(message)}");
        if (next is not null) _cli.WriteError($"Next: {_cli.ForThisCall(next)}");
        if (_cli.IsVerbose && (exception is not KrabAuthException || exception.InnerException is not null)) _cli.WriteError(exception.ToString());
        return Failed;
    }

    private int WriteVersion()
    {
        string version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        _cli.Write($"{version.Split('+')[0]}\n");
        return 0;
    }
}
