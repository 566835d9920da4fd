using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Checks profiles and providers by the rules of <c>models status --check</c>.</summary>
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

    private bool _healthy = true;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool read = Guard(Provider, () =>
        {
            IReadOnlyList<AuthCheck> checks = OpenAgent().Health.Check(WarnWithin, Provider);
            _healthy &= checks.All(check => check.Result != AuthCheckResult.Failed);
            if (!Quiet) WriteObject(checks, enumerateCollection: true);
        });
        _healthy &= read;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Quiet) WriteObject(_healthy);
    }
}
