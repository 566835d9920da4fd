using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>A profile as it is listed: everything but its secret, which is not in here in any form but a mask.</summary>
public sealed class AuthProfile
{
    /// <param name="agent">Whose.</param>
    /// <param name="stored">The profile.</param>
    /// <param name="store">What the agent sees.</param>
    /// <param name="known">How it stands, where more than the store was looked at.</param>
    internal AuthProfile(AuthAgent agent, StoredProfile stored, AuthStore store, ProfileHealth? known = null)
    {
        Credential credential = stored.Credential;
        UsageStats stats = store.Stats(stored.Id);
        long now = agent.Workspace.NowMilliseconds;
        ProfileHealth health = known ?? ProfileHealth.Of(credential, stats, now);
        Agents.ConfiguredProfile? configured = agent.Workspace.Config.Profile(stored.Id);
        ProfileId = stored.Id;
        Provider = credential.Provider;
        Type = credential.Type;
        Status = health.Status;
        Reason = health.ReasonCode;
        Refreshable = health.IsRefreshable;
        Expires = health.Expires;
        ExpiresIn = health.RemainingMilliseconds is { } left && left < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(left) : null;
        Enabled = !stats.IsDisabledByUser;
        CooldownUntil = Future(stats.CooldownEnd, now);
        DisabledUntil = Future(stats.DisabledUntil, now);
        DisabledReason = DisabledUntil is null ? null : stats.IsDisabledByUser ? UsageStats.ManualReason : stats.DisabledReason;
        LastUsed = stats.LastUsed is > 0 ? ProfileHealth.FromMilliseconds(stats.LastUsed.Value) : null;
        ErrorCount = stats.ErrorCount;
        Email = configured?.Email ?? credential.Email;
        DisplayName = configured?.DisplayName ?? credential.DisplayName;
        AccountId = (credential as OAuthCredential)?.AccountId;
        SecretHint = credential.Reference is { } reference ? reference.ToString() : Secrets.SecretMask.Apply(credential.Secret?.Reveal());
        Inherited = stored.IsInherited;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
        ReadAt = agent.Workspace.Now;
    }

    /// <summary>The id: <c>&lt;provider&gt;:&lt;name&gt;</c>.</summary>
    public string ProfileId { get; }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>What kind of credential it is.</summary>
    public CredentialType Type { get; }

    /// <summary>How it stands.</summary>
    public AuthStatus Status { get; }

    /// <summary>Why it stands so: a stable code such as <c>ok</c>, <c>expired</c>, <c>missing_credential</c>.</summary>
    public string Reason { get; }

    /// <summary>Whether it is an OAuth sign-in that renews itself.</summary>
    public bool Refreshable { get; }

    /// <summary>Its end, never null: <see cref="DateTimeOffset.MaxValue"/> means never, <see cref="DateTimeOffset.MinValue"/> that it cannot be told.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>What is left until <see cref="Expires"/>, negative when past; null without an end.</summary>
    public TimeSpan? ExpiresIn { get; }

    /// <summary>False while a person holds it out of use.</summary>
    public bool Enabled { get; }

    /// <summary>The end of its cooldown, while it is in one.</summary>
    public DateTimeOffset? CooldownUntil { get; }

    /// <summary>The end of its long disable, while it is in one.</summary>
    public DateTimeOffset? DisabledUntil { get; }

    /// <summary>Why it is disabled: <c>billing</c>, <c>manual</c> and so on.</summary>
    public string? DisabledReason { get; }

    /// <summary>Its last successful use.</summary>
    public DateTimeOffset? LastUsed { get; }

    /// <summary>Its failures in a row.</summary>
    public int ErrorCount { get; }

    /// <summary>The account's e-mail.</summary>
    public string? Email { get; }

    /// <summary>A name for people.</summary>
    public string? DisplayName { get; }

    /// <summary>The provider's id of the account.</summary>
    public string? AccountId { get; }

    /// <summary>A few characters of the secret, to tell two keys apart, or where it is kept.</summary>
    public string SecretHint { get; }

    /// <summary>Whether it comes from the main agent's store.</summary>
    public bool Inherited { get; }

    /// <summary>The agent that was asked.</summary>
    public string Agent { get; }

    /// <summary>The product whose files were read.</summary>
    public Product Product { get; }

    /// <summary>The state directory that was read.</summary>
    public string StateDirectory { get; }

    /// <summary>The status in words, with what qualifies it: <c>expired (refreshable)</c>, <c>ok, disabled</c>, <c>ok, cooling 5m</c>.</summary>
    public string StatusText
    {
        get
        {
            string text = Status.ToString().ToLowerInvariant();
            if (Reason == Routing.ReasonCodes.RefreshFailing) text += " (refresh fails)";
            else if (Refreshable && Status is AuthStatus.Expired) text += " (refreshable)";
            if (!Enabled) return text + ", disabled";
            DateTimeOffset? until = DisabledUntil ?? CooldownUntil;
            string kind = DisabledUntil is null ? "cooling" : DisabledReason ?? "disabled";
            return until is null ? text : $"{text}, {kind} {DurationText.Remaining((long)(until.Value - ReadAt).TotalMilliseconds)}";
        }
    }

    /// <summary>The expiry in words: <c>never</c>, <c>unknown</c>, or local date and time.</summary>
    public string ExpiresText => DurationText.Expiry(Expires);

    /// <summary>The id with what tells a person whose it is: <c>anthropic:work (me@example.com)</c>.</summary>
    public string Label => Owner is null ? ProfileId : $"{ProfileId} ({Owner})";

    /// <summary>The label where there is little room: an owner whom the id names already is not named twice.</summary>
    internal string ShortLabel => Owner is null || ProfileId.EndsWith($":{Owner}", StringComparison.Ordinal) ? ProfileId : Label;

    /// <summary>What tells a person whose it is, if anything does.</summary>
    private string? Owner => DisplayName ?? Email;

    /// <summary>The order of listings: by provider, then by id.</summary>
    internal static int Compare(AuthProfile left, AuthProfile right)
        => string.CompareOrdinal(left.Provider, right.Provider) is not 0 and var difference ? difference : string.CompareOrdinal(left.ProfileId, right.ProfileId);

    private DateTimeOffset ReadAt { get; }

    /// <summary>The id.</summary>
    public override string ToString() => ProfileId;

    private static DateTimeOffset? Future(long? time, long now) => time > now ? ProfileHealth.FromMilliseconds(time.Value) : null;
}
