using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the doctor found, for people and for programs.</summary>
internal sealed class DoctorOutput(CliContext cli)
{
    private readonly Style _style = new(cli.UseColor);

    /// <summary>One finding, as it is found.</summary>
    public void WriteFound(DoctorFinding finding)
    {
        string severity = finding.Severity switch
        {
            DoctorSeverity.Error => _style.Bad("error"),
            DoctorSeverity.Warning => _style.Warn("warning"),
            _ => _style.Muted("info"),
        };
        string agent = finding.Agent is null ? string.Empty : $" (agent {finding.Agent})";
        cli.Write($"{severity} {_style.Heading(finding.Id)}{agent}\n  {finding.Subject}\n  {cli.ForThisCall(finding.Message)}\n  {(finding.CanFix ? "--fix" : "Next")}: {Next(finding)}\n");
    }

    /// <summary>What became of it.</summary>
    public void WriteOutcome(DoctorFinding finding)
    {
        string backup = finding.Backup is null ? string.Empty : $" As it was: {finding.Backup}";
        cli.Write(finding.IsFixed ? $"  {_style.Good("Mended.")}{backup}\n" : $"  {_style.Bad("Not mended:")} {cli.ForThisCall(finding.Problem ?? string.Empty)}\n");
    }

    /// <summary>The sum.</summary>
    public void WriteSum(IReadOnlyList<DoctorFinding> findings)
    {
        if (findings.Count == 0)
        {
            cli.Write("Nothing is wrong.\n");
            return;
        }
        int mended = findings.Count(finding => finding.IsFixed), mendable = findings.Count(finding => finding.CanFix);
        string sum = $"Errors: {Count(findings, DoctorSeverity.Error)}, warnings: {Count(findings, DoctorSeverity.Warning)}, info: {Count(findings, DoctorSeverity.Info)}.";
        if (mended > 0) sum += $" Mended: {mended}.";
        if (mendable > 0) sum += $" To mend {mendable}: {cli.ForThisCall("krabauth doctor --fix")}";
        cli.Write($"\n{sum}\n");
    }

    /// <summary>Everything, as one document.</summary>
    public void WriteJson(IReadOnlyList<DoctorFinding> findings) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok", AuthDoctor.ExitCode(findings) == 0);
        writer.WriteNumber("errors", Count(findings, DoctorSeverity.Error));
        writer.WriteNumber("warnings", Count(findings, DoctorSeverity.Warning));
        writer.WriteNumber("info", Count(findings, DoctorSeverity.Info));
        writer.WriteNumber("fixed", findings.Count(finding => finding.IsFixed));
        writer.WriteStartArray("findings");
        foreach (DoctorFinding finding in findings) WriteFinding(writer, finding);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private void WriteFinding(Utf8JsonWriter writer, DoctorFinding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("id", finding.Id);
        writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        writer.WriteOptional("agent", finding.Agent);
        writer.WriteString("subject", finding.Subject);
        writer.WriteString("message", cli.ForThisCall(finding.Message));
        writer.WriteString("fix", Next(finding));
        writer.WriteBoolean("canFix", finding.CanFix);
        writer.WriteBoolean("isFixed", finding.IsFixed);
        writer.WriteOptional("backup", finding.Backup);
        writer.WriteOptional("problem", finding.Problem);
        writer.WriteEndObject();
    }

    /// <summary>What is left: what was mended is not counted.</summary>
    private static int Count(IReadOnlyList<DoctorFinding> findings, DoctorSeverity severity) => findings.Count(finding => finding.Severity == severity && !finding.IsFixed);

    private string Next(DoctorFinding finding) => cli.ForThisCall(finding.Remedy.CommandLine);
}
