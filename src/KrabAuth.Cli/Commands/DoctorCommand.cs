using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Cli.Commands;

/// <summary><c>doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandLine line)
    {
        Option<string> fix = GlobalOptions.Flag("--fix", "Mend what can be mended, without asking.", "--repair");
        Option<string> yes = GlobalOptions.Flag("--yes", "Answer each question with yes; the same as --fix.");
        Option<string> silent = GlobalOptions.Flag("--non-interactive", "Ask nothing, and mend only what takes nothing away and changes no account.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON. Asks nothing.");
        var command = new Command("doctor", "Find what is wrong with the files of all agents, and mend it. Exit code 1: an error is left, 2: a warning is, 0: neither.") { fix, yes, silent, json };
        return line.Does(command, call =>
        {
            bool all = call.Has(fix) || call.Has(yes);
            bool mayAsk = call.Cli.CanAsk && call.Cli.IsForPerson && !call.Has(silent) && !call.Has(json);
            AuthDoctor doctor = call.OpenWorkspace().Doctor;
            CancellationToken cancellation = call.CancelOnSignal();
            var output = new DoctorOutput(call.Cli);
            var findings = new List<DoctorFinding>();
            foreach (DoctorFinding found in doctor.Examine(call.OnlyAgent))
            {
                DoctorFinding finding = found;
                if (!call.Has(json)) output.WriteFound(finding);
                if (finding.CanFix && (all || (call.Has(silent) && finding.IsSafe) || (mayAsk && call.Confirm("Mend it?"))))
                {
                    finding = doctor.FixAsync(finding, cancellation).GetAwaiter().GetResult();
                    if (!call.Has(json)) output.WriteOutcome(finding);
                }
                findings.Add(finding);
            }
            if (call.Has(json)) output.WriteJson(findings);
            else output.WriteSum(findings);
            return AuthDoctor.ExitCode(findings);
        });
    }
}
