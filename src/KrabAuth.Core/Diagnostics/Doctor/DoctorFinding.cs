using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>How much a finding matters.</summary>
public enum DoctorSeverity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Info,

    /// <summary>Something that will go wrong, or is not as it was meant. Exit code 2.</summary>
    Warning,

    /// <summary>Something that does not work. Exit code 1.</summary>
    Error,
}

/// <summary>One thing that the doctor found. Holds no secret.</summary>
public sealed record DoctorFinding
{
    /// <summary>The stable id of what was found, such as <c>stale-lock</c>.</summary>
    public required string Id { get; init; }

    /// <summary>How much it matters.</summary>
    public required DoctorSeverity Severity { get; init; }

    /// <summary>The agent, where it is about one.</summary>
    public string? Agent { get; init; }

    /// <summary>What it is about: a file, a profile, a provider, a variable.</summary>
    public required string Subject { get; init; }

    /// <summary>What it means.</summary>
    public required string Message { get; init; }

    /// <summary>What mending does, or what a person has to do where nothing can be mended by itself.</summary>
    public string Fix => Remedy.PowerShell;

    /// <summary>Whether it can be mended now.</summary>
    public bool CanFix => Mend is not null && !IsFixed && Problem is null;

    /// <summary>Whether mending it neither changes which account is used nor takes anything away that could be missed.</summary>
    public bool IsSafe { get; init; }

    /// <summary>Whether it was mended.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Where that which was mended is kept as it was; <see langword="null"/> if there was nothing to keep.</summary>
    public string? Backup { get; init; }

    /// <summary>Why it could not be mended; <see langword="null"/> if nobody tried, or it was.</summary>
    public string? Problem { get; init; }

    /// <summary>The product whose files were looked at.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory that was looked at.</summary>
    public required string StateDirectory { get; init; }

    internal Remedy Remedy { get; init; } = Remedy.Same(string.Empty);

    /// <summary>Mends it, and tells where the backup is.</summary>
    internal Func<CancellationToken, Task<string?>>? Mend { get; init; }

    internal IDoctorCheck? Check { get; init; }

    /// <summary>The severity, the id and the subject.</summary>
    public override string ToString() => $"{Severity}: {Id} ({Subject})";
}
