using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Diagnostics;

/// <summary>What goes into a report, and where it is written.</summary>
public sealed record ReportOptions
{
    /// <summary>Whether the providers are asked for quotas: a network call.</summary>
    public bool AsksUsage { get; init; }

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Spells the command that mends something, as the reader has to type it; as PowerShell without.</summary>
    public Func<Remedy, string> Spell { get; init; } = static remedy => remedy.PowerShell;
}

/// <summary>Everything that a report shows. Holds no secret.</summary>
/// <param name="Status">How the accounts stand.</param>
/// <param name="Quotas">What the providers told of quotas; <see langword="null"/> if they were not asked.</param>
/// <param name="Findings">What the doctor found.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Spell">Spells the command that mends something.</param>
internal sealed record ReportContent(StatusReport Status, IReadOnlyList<QuotaWindow>? Quotas, IReadOnlyList<DoctorFinding> Findings, DateTimeOffset MadeAt, Func<Remedy, string> Spell)
{
    /// <summary>The accounts.</summary>
    public IReadOnlyList<AccountRow> Rows { get; } = AccountRow.Of(Status);

    /// <summary>The checks that somebody has to act on, each told once: a provider only where no profile of its own says why.</summary>
    public IReadOnlyList<AuthCheck> Attention { get; } =
        [.. Status.Checks.Where(check => check.Result != AuthCheckResult.Passed && !HealthInspector.IsToldByProfile(check, Status.Checks)).OrderByDescending(check => check.Result)];

    /// <summary>The findings that matter, the worst first.</summary>
    public IReadOnlyList<DoctorFinding> SortedFindings { get; } = [.. Findings.OrderByDescending(finding => finding.Severity)];
}
