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

    /// <summary>Times further ahead than this, in milliseconds, were written by a clock that was wrong.</summary>
    internal const long Skew = 60_000;

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

    /// <summary>Waits of single models beside the one that <see cref="CooldownModel"/> names, by model; past or not, as <see cref="Windows"/>.</summary>
    public IReadOnlyDictionary<string, ModelWait> ModelWaits { get; init; } = new Dictionary<string, ModelWait>();

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

    /// <summary>The latest of the waits that concern a request without a model, or <see langword="null"/>; it may be past.</summary>
    public long? UnusableUntil => WaitEnd(null);

    /// <summary>Whether a person took the profile out of use.</summary>
    public bool IsDisabledByUser => DisabledUntil >= DisabledForGood;

    /// <summary>Whether anything is on record but its use, and what a person decided.</summary>
    internal bool HasFailed => ErrorCount > 0 || FailureCounts.Count > 0 || Windows.Count > 0 || ModelWaits.Count > 0
        || CooldownUntil is not null || BlockedUntil is not null || (DisabledUntil is not null && !IsDisabledByUser);

    /// <summary>Whether the profile, or the given model of it, has to wait at the given time.</summary>
    public bool IsWaiting(long now, string? model = null) => now < WaitEnd(model);

    /// <summary>The latest of the waits that concern a model, or <see langword="null"/>; it may be past.</summary>
    public long? WaitEnd(string? model) => Known(Math.Max(Math.Max(Positive(DisabledUntil), Positive(BlockedUntil)), CooldownEndOf(model)));

    /// <summary>The latest of the short waits that concern a request without a model, or <see langword="null"/>; it may be past.</summary>
    internal long? CooldownEnd => Known(CooldownEndOf(model: null));

    private long CooldownEndOf(string? model)
    {
        long latest = model is null || CooldownOnlyOf is null || CooldownOnlyOf == model ? Positive(CooldownUntil) : 0;
        if (model is not null) return ModelWaits.TryGetValue(model, out ModelWait? own) ? Math.Max(latest, own.Window.Until) : latest;
        foreach (ModelWait wait in ModelWaits.Values) latest = Math.Max(latest, wait.CountsForAnyModel ? wait.Window.Until : 0);
        return latest;
    }

    private static long? Known(long end) => end > 0 ? end : null;

    /// <summary>The only model that the short wait is for; <see langword="null"/> if it is for all.</summary>
    internal string? CooldownOnlyOf => CooldownReason == FailureReasons.RateLimit ? CooldownModel : null;

    /// <summary>
    /// The record as it holds at a moment. What a clock that ran ahead left is no wait: nobody knows when it began, and by the time
    /// that it was written for it could last for years. Clocks of two machines differ by less than <see cref="Skew"/>.
    /// </summary>
    internal UsageStats At(long now)
    {
        long latest = now + Skew;
        bool isAhead = LastFailureAt > latest || LastProbeAt > latest || Windows.Values.Any(IsAhead) || ModelWaits.Values.Any(wait => IsAhead(wait.Window));
        if (!isAhead) return this;
        UsageStats next = this with
        {
            LastFailureAt = LastFailureAt > latest ? null : LastFailureAt,
            LastProbeAt = LastProbeAt > latest ? null : LastProbeAt,
            Windows = Windows.Where(entry => !IsAhead(entry.Value)).ToDictionary(StringComparer.Ordinal),
            ModelWaits = ModelWaits.Where(entry => !IsAhead(entry.Value.Window)).ToDictionary(StringComparer.Ordinal),
        };
        if (BeganAhead(CooldownUntil)) next = next.WithoutCooldown();
        if (BeganAhead(BlockedUntil)) next = next.WithoutBlock();
        return BeganAhead(DisabledUntil) && !IsDisabledByUser ? next.WithoutDisable() : next;

        bool IsAhead(WaitWindow window) => window.Since > latest;

        // Of a wait that a peer began, the last failure tells: it came no sooner.
        bool BeganAhead(long? until) => until > now && (Windows.Values.FirstOrDefault(window => window.Until == until)?.Since ?? LastFailureAt) > latest;
    }

    /// <summary>The record without the short wait.</summary>
    internal UsageStats WithoutCooldown() => this with { CooldownUntil = null, CooldownReason = null, CooldownModel = null };

    /// <summary>The record without the wait for a stated reset time.</summary>
    internal UsageStats WithoutBlock() => this with { BlockedUntil = null, BlockedReason = null, BlockedSource = null, BlockedModel = null };

    /// <summary>The record without the long wait.</summary>
    internal UsageStats WithoutDisable() => this with { DisabledUntil = null, DisabledReason = null };

    internal static UsageStats Read(JsonElement entry)
    {
        JsonElement? stats = entry;
        int errors = (int)Math.Clamp(stats.Number("errorCount") ?? 0, 0, int.MaxValue);
        return new UsageStats
        {
            LastUsed = stats.Number("lastUsed"),
            ErrorCount = errors,
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
            // A peer that ends all waits leaves what it does not know behind.
            ModelWaits = errors == 0 ? None.ModelWaits : ModelWait.ReadAll(stats.Object(ModelWait.Member)),
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
