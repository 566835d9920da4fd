using System.Management.Automation;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Commands;

/// <summary>Finds what is wrong with the files of all agents, and mends what can be mended; with -WhatIf it only looks.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "KrabAuth", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DoctorFinding))]
public sealed class RepairKrabAuthCommand : AgentCmdlet
{
    /// <summary>Mends only what takes nothing away that could be missed and changes no account.</summary>
    [Parameter(HelpMessage = "Mend only what takes nothing away and changes no account")]
    public SwitchParameter SafeOnly { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Agent, () =>
    {
        AuthWorkspace workspace = OpenWorkspace();
        if (!IsFirst(workspace.State.Root, Agent ?? string.Empty)) return;
        AuthDoctor doctor = workspace.Doctor;
        foreach (DoctorFinding found in doctor.Examine(Agent))
        {
            DoctorFinding finding = found;
            bool isWanted = finding.CanFix && (finding.IsSafe || !SafeOnly);
            if (isWanted && ShouldProcess($"{finding.Id}: {finding.Subject}", finding.Fix)) finding = Await(token => doctor.FixAsync(finding, token));
            WriteObject(finding);
        }
    });
}
