using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>A part of the configuration that a migration adds, or leaves out.</summary>
/// <param name="Path">Where in the configuration.</param>
/// <param name="Added">Whether it was added.</param>
/// <param name="Reason">Why, or why not.</param>
public sealed record MigratedSetting(string Path, bool Added, string Reason);

/// <summary>What a migration did, or would do. Holds no secret.</summary>
public sealed record MigrationReport
{
    /// <summary>The product that it comes from.</summary>
    public required Product From { get; init; }

    /// <summary>Its state directory.</summary>
    public required string FromDirectory { get; init; }

    /// <summary>The product that it goes to.</summary>
    public required Product To { get; init; }

    /// <summary>Its state directory.</summary>
    public required string ToDirectory { get; init; }

    /// <summary>Whether nothing was changed, because nothing was to be.</summary>
    public required bool IsDryRun { get; init; }

    /// <summary>What became of each profile of each agent.</summary>
    public required IReadOnlyList<TransferResult> Profiles { get; init; }

    /// <summary>The orders and records of use that went along: <c>agent: section.name</c>.</summary>
    public required IReadOnlyList<string> State { get; init; }

    /// <summary>What became of the settings.</summary>
    public required IReadOnlyList<MigratedSetting> Settings { get; init; }

    /// <summary>The sign-ins that the old product must no longer be used with.</summary>
    public IReadOnlyList<string> MovedSignIns => [.. Profiles.Where(profile => profile.Moved).Select(profile => profile.ProfileId).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether anything was, or would be, changed.</summary>
    public bool HasChanges => Profiles.Any(profile => profile.Action != TransferAction.Skipped || profile.Moved) || State.Count > 0 || Settings.Any(setting => setting.Added);
}
