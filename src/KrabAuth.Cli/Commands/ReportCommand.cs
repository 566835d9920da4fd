using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models report</c>: a page of how everything stands.</summary>
internal static class ReportCommand
{
    private const string UsualFile = "krabauth-report.html";

    /// <summary>What stands for standard output.</summary>
    private const string StandardOutput = "-";

    public static Command Create(CommandLine line)
    {
        Option<string> output = GlobalOptions.Value("--output", "file", $"The file to write, or {StandardOutput} for standard output; {UsualFile} without it.");
        Option<string> usage = GlobalOptions.Flag("--usage", "Ask the providers for quotas too: a network call.");
        Option<string> force = GlobalOptions.Flag("--force", "Replace the file.");
        var report = new Command("report", "Write one HTML page of accounts, ends, waits, what to do, and what the doctor found. It holds no secret and needs no network.") { output, usage, force };
        return line.Does(report, call =>
        {
            var options = new ReportOptions { AsksUsage = call.Has(usage), Force = call.Has(force), Spell = remedy => call.Cli.ForThisCall(remedy.CommandLine) };
            HealthInspector health = call.OpenAgent().Health;
            string file = call.Text(output) ?? UsualFile;
            if (file == StandardOutput) call.Cli.Write(health.MakeReportAsync(options, call.CancelOnSignal()).GetAwaiter().GetResult());
            else call.Cli.Write($"Report: {PathText.Short(health.WriteReportAsync(file, options, call.CancelOnSignal()).GetAwaiter().GetResult(), call.Cli.Environment)}\n");
            return 0;
        });
    }
}
