using System.Text.Json;
using KrabAuth.Routing;
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

    /// <summary>The reset time of a subscription, as the provider stated it.</summary>
    public long? BlockedUntil { get; init; }

    /// <summary>Why it is blocked: <c>subscription_limit</c>.</summary>
    public string? BlockedReason { get; init; }

    /// <summary>Where that was read: <c>codex_rate_limits</c>, <c>wham</c>.</summary>
    public string? BlockedSource { get; init; }

    /// <summary>The model that was asked for then.</summary>
    public string? BlockedModel { get; init; }

    /// <summary>When it was last tried although it was disabled, because nothing else was left.</summary>
    public long? LastProbeAt { get; init; }

    /// <summary>The last wait of each ladder (<see cref="WaitWindow.Ladders"/>), past or not: how long it was decides how long the next one is.</summary>
    public IReadOnlyDictionary<string, WaitWindow> Windows { get; init; } = new Dictionary<string, WaitWindow>();

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

    /// <summary>Whether anything is on record but its use, and what a person decided.</summary>
    internal bool HasFailed => ErrorCount > 0 || FailureCounts.Count > 0 || Windows.Count > 0
        || CooldownUntil is not null || BlockedUntil is not null || (DisabledUntil is not null && !IsDisabledByUser);

    /// <summary>Whether the profile, or the given model of it, has to wait at the given time.</summary>
    public bool IsWaiting(long now, string? model = null) => now < WaitEnd(model);

    /// <summary>The latest of the waits that concern a model, or <see langword="null"/>; it may be past.</summary>
    public long? WaitEnd(string? model)
    {
        bool otherModelOnly = model is not null && CooldownReason == FailureReasons.RateLimit && CooldownModel is not null && CooldownModel != model;
        if (!otherModelOnly) return UnusableUntil;
        long latest = Math.Max(Positive(DisabledUntil), Positive(BlockedUntil));
        return latest > 0 ? latest : null;
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
            BlockedReason = stats.Text("blockedReason"),
            BlockedSource = stats.Text("blockedSource"),
            BlockedModel = stats.Text("blockedModel"),
            LastProbeAt = stats.Number("lastProbeAt"),
            Windows = WaitWindow.ReadAll(stats.Object(WaitWindow.Member)),
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
