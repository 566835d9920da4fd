using System.CommandLine;
using System.Reflection;
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

    /// <summary>What a shell reports of a program that Ctrl+C ended.</summary>
    private const int Interrupted = 130;

    private readonly CliContext _cli;
    private readonly GlobalOptions _globals = new();
    private readonly Option<string> _version = GlobalOptions.Flag("--version", "Show the version.");
    private readonly Option<string> _help = GlobalOptions.Flag("--help", "Show this help.", "-h", "-?");
    private readonly Command _root;

    public CommandLine(CliContext cli)
    {
        _cli = cli;
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
        Command models = StatusCommand.CreateModels(this);
        models.Add(auth);
        models.Add(ProviderCommands.Create(this));
        models.Add(UsageCommand.Create(this));
        models.Add(ReportCommand.Create(this));
        _root = new Command(cli.Program.Text, "Accounts for language models: several per provider, one store, shared with KrabKrab, OpenClaw, Moltbot and Clawdbot.") { models, ModelCommand.Create(this), AgentCommands.Create(this), ChannelCommands.Create(this), DoctorCommand.Create(this), SecretAuditCommand.Create(this), MigrateCommand.Create(this), MonitorCommand.Create(this), OnboardCommand.Create(this, cli), DemoCommand.Create(this), CompletionCommand.Create(this), _help, _version };
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
            return action(invocation);
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
            _cli.WriteError(UnfinishedRequests.Any ? "Cancelled. A request that is under way is finished first, so that its new token is not lost." : "Cancelled. Nothing was changed.");
            return Interrupted;
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

    /// <summary>No response files: an argument that starts with @ is an argument, and bundling would split what is not understood.</summary>
    private ParseResult Parse(IReadOnlyList<string> args) => _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });

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
