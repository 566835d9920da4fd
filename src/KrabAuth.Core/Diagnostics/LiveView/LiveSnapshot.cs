namespace KrabAuth.Diagnostics;

/// <summary>What the live view knew at one moment. Holds no secret.</summary>
public sealed class LiveSnapshot
{
    internal LiveSnapshot(StatusReport report, DateTimeOffset time)
    {
        Report = report;
        Rows = AccountRow.Of(report);
        Time = time;
    }

    /// <summary>How the profiles stood.</summary>
    public StatusReport Report { get; }

    /// <summary>When that was.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The quotas, as the providers told last; empty where nobody asked, or has answered yet.</summary>
    public IReadOnlyList<QuotaWindow> Quotas { get; internal init; } = [];

    /// <summary>Whether the first answers about quotas are still waited for.</summary>
    public bool IsAsking { get; internal init; }

    /// <summary>Why the files could not be read again, so that this is what they said before; <see langword="null"/> if they could.</summary>
    public string? Problem { get; internal init; }

    /// <summary>What was said in reading them.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    internal IReadOnlyList<AccountRow> Rows { get; }
}
