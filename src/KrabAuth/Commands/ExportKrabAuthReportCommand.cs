using System.Management.Automation;
using KrabAuth.Diagnostics;

namespace KrabAuth.Commands;

/// <summary>Writes one HTML page of accounts, ends, waits, what to do, and what the doctor found.</summary>
[Cmdlet(VerbsData.Export, "KrabAuthReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportKrabAuthReportCommand : AgentCmdlet
{
    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The file to write, such as report.html")]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Asks the providers for quotas too: a network call.</summary>
    [Parameter(HelpMessage = "Ask the providers for quotas too: a network call")]
    public SwitchParameter Usage { get; set; }

    /// <summary>Replaces the file.</summary>
    [Parameter(HelpMessage = "Replace the file")]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file.</summary>
    [Parameter(HelpMessage = "Give the file")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Path, () =>
    {
        string path = FullPath(Path);
        AuthAgent agent = OpenAgent();
        if (!ShouldProcess(path, "Write report")) return;
        string written = Await(token => agent.Health.WriteReportAsync(path, new ReportOptions { AsksUsage = Usage, Force = Force }, token));
        if (PassThru) WriteObject(new FileInfo(written));
    });
}
