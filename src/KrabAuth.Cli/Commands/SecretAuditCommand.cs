using System.CommandLine;
using System.Text;
using KrabAuth.Cli.Rendering;
using KrabAuth.Secrets;

namespace KrabAuth.Cli.Commands;

/// <summary><c>secrets audit</c>: where secrets stand in files as they are, and which references lead to nothing.</summary>
internal static class SecretAuditCommand
{
    public static Command Create(CommandLine line) => new("secrets", "Where secrets are kept.") { Audit(line) };

    private static Command Audit(CommandLine line)
    {
        Option<string> check = GlobalOptions.Flag("--check", "Exit with 1 for findings. References that lead to nothing exit with 2 in any case.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        Option<string> allowExec = GlobalOptions.Flag("--allow-exec", "Run the programs that references name, to see if they answer.");
        return line.Does(new Command("audit", "Look for plaintext secrets, broken references and leftovers. Changes nothing.") { check, json, allowExec }, call =>
        {
            SecretAuditReport report = SecretAudit.RunAsync(call.OpenWorkspace(), call.Has(allowExec), call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) WriteJson(call, report);
            else WriteText(call, report);
            return report.ExitCode(call.Has(check));
        });
    }

    private static void WriteJson(Invocation call, SecretAuditReport report) => JsonOutput.Write(call.Cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        writer.WriteString("status", report.Status);
        writer.WriteStartObject("resolution");
        writer.WriteNumber("refsChecked", report.ReferencesChecked);
        writer.WriteNumber("skippedExecRefs", report.SkippedExecReferences);
        writer.WriteNumber("skippedVaultRefs", report.SkippedVaultReferences);
        writer.WriteBoolean("resolvabilityComplete", report.IsComplete);
        writer.WriteEndObject();
        writer.WriteTexts("filesScanned", report.FilesScanned);
        writer.WriteStartObject("summary");
        writer.WriteNumber("plaintextCount", report.Count(SecretAuditCodes.Plaintext));
        writer.WriteNumber("unresolvedRefCount", report.Count(SecretAuditCodes.Unresolved));
        writer.WriteNumber("shadowedRefCount", report.Count(SecretAuditCodes.Shadowed));
        writer.WriteNumber("legacyResidueCount", report.Count(SecretAuditCodes.Residue));
        writer.WriteEndObject();
        writer.WriteStartArray("findings");
        foreach (SecretFinding finding in report.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("code", finding.Code);
            writer.WriteString("severity", finding.Severity);
            writer.WriteString("file", finding.File);
            writer.WriteString("jsonPath", finding.JsonPath);
            writer.WriteString("message", finding.Message);
            writer.WriteOptional("provider", finding.Provider);
            writer.WriteOptional("profileId", finding.ProfileId);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteText(Invocation call, SecretAuditReport report)
    {
        var text = new StringBuilder($"Secrets: {report.Status}. {report.FilesScanned.Count} files, {report.Findings.Count} findings, {report.ReferencesChecked} references followed.\n");
        foreach (IGrouping<string, SecretFinding> file in report.Findings.GroupBy(finding => finding.File))
        {
            text.Append($"\n{PathText.Short(file.Key, call.Cli.Environment)}\n");
            foreach (SecretFinding finding in file) text.Append($"  {finding.Severity,-5} {finding.Code}  {finding.JsonPath}: {finding.Message}\n");
        }
        if (report.SkippedExecReferences > 0) text.Append($"\n{report.SkippedExecReferences} references to programs were not followed; --allow-exec runs them.\n");
        if (report.SkippedVaultReferences > 0) text.Append($"\n{report.SkippedVaultReferences} references to vaults were not followed; only PowerShell can.\n");
        call.Cli.Write(text.ToString());
    }
}
