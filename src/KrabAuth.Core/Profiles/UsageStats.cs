using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>What is remembered about the use of a profile. Times are Unix milliseconds.</summary>
public sealed record UsageStats
{
    /// <summary>A profile that was never used.</summary>
    public static UsageStats None { get; } = new();

    /// <summary>
    /// The end of time in this field means that a person disabled the profile (9999-12-31T23:59:59Z). Every peer reads it
    /// as a long disable and steps aside; the reason <c>manual</c> beside it does not survive a rewrite by newer ones.
    /// </summary>
    public const long DisabledForGood = 253402300799000;

    /// <summary>The reason written beside <see cref="DisabledForGood"/>.</summary>
    public const string ManualReason = "manual";

    /// <summary>The last successful use.</summary>
    public long? LastUsed { get; init; }

    /// <summary>Failures in a row.</summary>
    public int ErrorCount { get; init; }

    /// <summary>The end of the short wait.</summary>
    public long? CooldownUntil { get; init; }

    /// <summary>Why it waits.</summary>
    public string? CooldownReason { get; init; }

    /// <summary>The only model that waits, if it is one alone.</summary>
    public string? CooldownModel { get; init; }

    /// <summary>The end of the long wait.</summary>
    public long? DisabledUntil { get; init; }

    /// <summary>Why it is disabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The reset time that the provider stated.</summary>
    public long? BlockedUntil { get; init; }

    /// <summary>Failures by reason.</summary>
    public IReadOnlyDictionary<string, int> FailureCounts { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// A fingerprint of the refresh token that the server refused for good. While the stored token has it, only a new sign-in
    /// helps, and the server is not asked again.
    /// </summary>
    public string? RefusedFingerprint { get; init; }

    /// <summary>Whether the server refused the very refresh token that a credential holds.</summary>
    internal bool IsRefused(Credential credential)
        => RefusedFingerprint is { } mark && credential is OAuthCredential { Refresh: { } refresh } && mark == OAuth.TokenRefresher.Fingerprint(refresh);

    /// <summary>The member of that fingerprint.</summary>
    internal const string RefusedMember = "krabauthRefusedRefresh";

    /// <summary>
    /// Whether a person removed a profile that shares another program's sign-in: it does not come back by itself. What is
    /// remembered of it stays when the profile goes.
    /// </summary>
    public bool IsLoginRemoved { get; init; }

    /// <summary>The member of that mark.</summary>
    internal const string RemovedLoginMember = "krabauthRemovedLogin";

    /// <summary>The last failure.</summary>
    public long? LastFailureAt { get; init; }

    /// <summary>The latest of the waits, or <see langword="null"/>; it may be past.</summary>
    public long? UnusableUntil
    {
        get
        {
            long latest = Math.Max(Math.Max(Positive(CooldownUntil), Positive(DisabledUntil)), Positive(BlockedUntil));
            return latest > 0 ? latest : null;
        }
    }

    /// <summary>Whether a person took the profile out of use.</summary>
    public bool IsDisabledByUser => DisabledUntil >= DisabledForGood;

    /// <summary>Whether the profile, or the given model of it, has to wait at the given time.</summary>
    public bool IsWaiting(long now, string? model = null)
    {
        if (UnusableUntil is not { } until || now >= until) return false;
        bool otherModelOnly = model is not null && CooldownReason == "rate_limit" && CooldownModel is not null && CooldownModel != model
            && now >= Positive(DisabledUntil) && now >= Positive(BlockedUntil);
        return !otherModelOnly;
    }

    internal static UsageStats Read(JsonElement entry)
    {
        JsonElement? stats = entry;
        return new UsageStats
        {
            LastUsed = stats.Number("lastUsed"),
            ErrorCount = (int)Math.Clamp(stats.Number("errorCount") ?? 0, 0, int.MaxValue),
            CooldownUntil = stats.Number("cooldownUntil"),
            CooldownReason = stats.Text("cooldownReason"),
            CooldownModel = stats.Text("cooldownModel"),
            DisabledUntil = stats.Number("disabledUntil"),
            DisabledReason = stats.Text("disabledReason"),
            BlockedUntil = stats.Number("blockedUntil"),
            LastFailureAt = stats.Number("lastFailureAt"),
            RefusedFingerprint = stats.Text(RefusedMember),
            IsLoginRemoved = stats.Member(RemovedLoginMember) is { ValueKind: JsonValueKind.True },
            FailureCounts = ReadCounts(stats.Object("failureCounts")),
        };
    }

    private static Dictionary<string, int> ReadCounts(JsonElement? section)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonMember member in section.Members())
        {
            if (section.Number(member.Name) is { } count and > 0) counts[member.Name] = (int)Math.Min(count, int.MaxValue);
        }
        return counts;
    }

    private static long Positive(long? time) => time is > 0 ? time.Value : 0;
}
