using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Commands;

/// <summary><c>monitor</c>: checks, and runs a command of the user's choice once for each change.</summary>
internal static class MonitorCommand
{
    private static readonly TimeSpan UsualInterval = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>What a timer of the runtime takes.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);
    private static readonly TimeSpan LongestWarning = TimeSpan.FromDays(3650);

    public static Command Create(CommandLine line)
    {
        var notify = new Option<string[]>("--notify")
        {
            Description = "The command that is run for each change, with its arguments: JSON on standard input, KRABAUTH_ variables. Words that are no options of this command, and all behind --, belong to it.",
            HelpName = "command and arguments",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> timeout = GlobalOptions.Value("--notify-timeout", "time", $"How long that command may take; {MonitorOptions.UsualTimeout.TotalSeconds}s without it.");
        Option<string> warn = GlobalOptions.Value("--warn", "time", "Warn this long before an end; 24h without it.");
        Option<string> once = GlobalOptions.Flag("--once", "Check once, and exit with 1 if something is expired or missing, with 2 if it will expire soon.");
        Option<string> interval = GlobalOptions.Value("--interval", "time", $"How long to wait between two checks; {UsualInterval.TotalMinutes}m without it.");
        Option<string> state = GlobalOptions.Value("--state", "file", "Where it is remembered what was told; krabauth-monitor.json in the state directory without it.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON; a line for each check unless --once is given.");
        var rest = new Argument<string[]>("args") { Description = "More arguments of the command, behind --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("monitor", "Check again and again, and run a command once for each change.") { notify, timeout, warn, once, interval, state, json, rest };
        return line.Does(command, call =>
        {
            if (call.Has(once) && call.Text(interval) is not null) throw AuthErrors.OptionConflict("Choose either --once or --interval, not both.");
            TimeSpan pause = Time(call, interval, "m", LongestTimer) ?? UsualInterval;
            var options = new MonitorOptions
            {
                Command = [.. call.Texts(notify), .. call.Texts(rest)],
                Timeout = Time(call, timeout, "s", LongestTimer) ?? MonitorOptions.UsualTimeout,
                WarnWithin = Time(call, warn, "h", LongestWarning),
                StateFile = call.Text(state),
                Spell = call.Cli.ForThisCall,
            };
            if (call.Texts(notify).Count == 0 && options.Command.Count > 0) throw call.Missing("--notify");
            AuthMonitor monitor = call.OpenAgent().Health.Monitor(options);
            bool isOnce = call.Has(once);
            Action<MonitorReport> write = call.Has(json) ? report => MonitorOutput.WriteJson(call.Cli, report, isOnce) : report => MonitorOutput.WriteText(call.Cli, report);
            if (!isOnce) return Watch(monitor, pause, write, call.CancelOnSignal());
            MonitorReport report = monitor.RunAsync(call.CancelOnSignal()).GetAwaiter().GetResult();
            write(report);
            return HealthInspector.ExitCode(report.Checks);
        });
    }

    /// <summary>Being told to end is the usual end of a service.</summary>
    private static int Watch(AuthMonitor monitor, TimeSpan pause, Action<MonitorReport> write, CancellationToken stop)
    {
        try
        {
            monitor.WatchAsync(pause, write, stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        return 0;
    }

    private static TimeSpan? Time(Invocation call, Option<string> option, string unit, TimeSpan longest)
    {
        if (call.Text(option) is not { } text) return null;
        var time = DurationText.Parse(text, unit);
        return time >= Shortest && time <= longest ? time : throw AuthErrors.OptionInvalid($"{option.Name} needs a time from 1s to {longest.TotalDays}d.");
    }
}
