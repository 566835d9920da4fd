using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Checks profiles and providers by the rules of <c>models status --check</c>; with -Probe it also tries them at their providers.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KrabAuth")]
[OutputType(typeof(AuthCheck), typeof(bool))]
public sealed class TestKrabAuthCommand : AgentCmdlet
{
    /// <summary>Only these providers; one that has no credential fails.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Warns this long before an end: a TimeSpan, or <c>7d</c>, <c>12h</c>. 24 hours if left out.</summary>
    [Parameter(HelpMessage = "Warn this long before an end, such as 7d")]
    [DurationTransformation]
    public TimeSpan WarnWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gives one boolean: false if anything failed. Warnings do not fail.</summary>
    [Parameter(HelpMessage = "Give one boolean")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Tries each credential at its provider too: a network call, which may cost a few tokens.</summary>
    [Parameter(HelpMessage = "Try each credential at its provider: a network call")]
    public SwitchParameter Probe { get; set; }

    /// <summary>How long one probe may take: a TimeSpan, or <c>8s</c>, <c>500ms</c>; a number counts seconds.</summary>
    [Parameter(HelpMessage = "How long one probe may take, such as 8s")]
    [DurationTransformation(DefaultUnit = "s")]
    public TimeSpan ProbeTimeout { get; set; } = new ProbeOptions().Timeout;

    /// <summary>How many probes are under way at a time.</summary>
    [Parameter(HelpMessage = "How many probes are under way at a time")]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = new ProbeOptions().Concurrency;

    private bool _healthy = true;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool read = Guard(Provider, () =>
        {
            HealthInspector health = OpenAgent().Health;
            IReadOnlyList<AuthCheck> checks = health.Check(WarnWithin, Provider);
            if (Probe) checks = [.. checks, .. health.Check(Try(health))];
            _healthy &= checks.All(check => check.Result != AuthCheckResult.Failed);
            if (!Quiet) WriteObject(checks, enumerateCollection: true);
        });
        _healthy &= read;
    }

    private ProbeReport Try(HealthInspector health)
    {
        var options = new ProbeOptions { Providers = Provider ?? [], Timeout = ProbeTimeout, Concurrency = ThrottleLimit };
        return Await(token => health.ProbeAsync(options, new ProbeDisplay(this), token));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Quiet) WriteObject(_healthy);
    }

    /// <summary>How far the probes are, on the progress stream.</summary>
    private sealed class ProbeDisplay(TestKrabAuthCommand cmdlet) : IProgress<ProbeProgress>
    {
        private const string Activity = "Probing auth profiles";

        public void Report(ProbeProgress value)
        {
            if (value.Total == 0) return;
            bool isDone = value.Completed == value.Total;
            var record = new ProgressRecord(0, Activity, TextCells.Clean(value.Label ?? $"{value.Completed} of {value.Total}"))
            {
                PercentComplete = 100 * value.Completed / value.Total,
                RecordType = isDone ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            };
            cmdlet.OnPipelineThread(() => cmdlet.WriteProgress(record));
        }
    }
}
