using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models</c> and <c>models status</c>.</summary>
internal static class StatusCommand
{
    public static Command CreateModels(CommandLine line)
    {
        Option<string> statusJson = GlobalOptions.Flag("--status-json", "The same as: models status --json.");
        Option<string> statusPlain = GlobalOptions.Flag("--status-plain", "The same as: models status --plain.");
        var models = new Command("models", "Show the state of models and their credentials.") { statusJson, statusPlain };
        return line.Does(models, call => Show(call, call.Has(statusJson), call.Has(statusPlain), check: false, probe: null));
    }

    public static Command Create(CommandLine line)
    {
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        Option<string> plain = GlobalOptions.Flag("--plain", "Output the default model alone.");
        Option<string> check = GlobalOptions.Flag("--check", "Exit with 1 if something is expired or missing, with 2 if it will expire soon.");
        var probe = new ProbeFlags();
        var watch = new WatchFlags();
        var status = new Command("status", "Show which model and which credentials are used.") { json, plain, check };
        probe.AddTo(status);
        watch.AddTo(status);
        return line.Does(status, call =>
        {
            ProbeOptions? probes = probe.Read(call, call.Has(plain));
            if (watch.Read(call) is not { } live) return Show(call, call.Has(json), call.Has(plain), call.Has(check), probes);
            if (call.Has(json) || call.Has(plain) || call.Has(check) || probes is not null) throw AuthErrors.OptionConflict("--watch goes with neither --json, --plain, --check nor --probe.");
            return WatchOutput.Run(call, live);
        });
    }

    private static int Show(Invocation call, bool json, bool plain, bool check, ProbeOptions? probe)
    {
        if (json && plain) throw AuthErrors.OptionConflict("Choose either --json or --plain, not both.");
        AuthAgent agent = call.OpenAgent();
        StatusReport report = agent.Health.SyncedStatusAsync(call.CancelOnSignal()).GetAwaiter().GetResult();
        ProbeReport? probes = probe is null ? null : Probe(call, agent, probe);
        IReadOnlyList<AuthCheck> checks = probes is null ? report.Checks : [.. report.Checks, .. agent.Health.Check(probes)];
        if (json) StatusJson.Write(call.Cli, report, probes);
        else if (plain) call.Cli.Write(report.ResolvedDefault + "\n");
        else StatusText.Write(call.Cli, report, agent.Workspace, probes, check ? checks : null);
        return check ? HealthInspector.ExitCode(checks) : 0;
    }

    private static ProbeReport Probe(Invocation call, AuthAgent agent, ProbeOptions options)
    {
        using var line = new ProbeLine(call.Cli);
        return agent.Health.ProbeAsync(options, line, call.CancelOnSignal()).GetAwaiter().GetResult();
    }
}
