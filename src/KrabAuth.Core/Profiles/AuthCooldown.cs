using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>A profile that waits: why, and until when.</summary>
public sealed class AuthCooldown
{
    private AuthCooldown(AuthAgent agent, StoredProfile profile, UsageStats stats, NamedWait wait, WaitWindow? window, long until, long now)
    {
        ProfileId = profile.Id;
        Provider = profile.Credential.Provider;
        Kind = wait.Kind;
        Reason = wait.Reason ?? FailureReason.Unknown.StoredName();
        Model = wait.Model;
        Until = ProfileHealth.FromMilliseconds(until);
        Remaining = TimeSpan.FromMilliseconds(Math.Min(until - now, TimeSpan.MaxValue.TotalMilliseconds / 2));
        Since = window is null ? null : ProfileHealth.FromMilliseconds(window.Since);
        ErrorCount = stats.ErrorCount;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
    }

    /// <summary>The waits of a profile: the one that peers know of, then those of single models beside it. What a person disabled does not wait for anything.</summary>
    internal static IEnumerable<AuthCooldown> Of(AuthAgent agent, StoredProfile profile, UsageStats stats, long now)
    {
        if (stats.IsDisabledByUser || ProfileOrder.NeverWaits(profile.Credential.Provider)) yield break;
        UsageStats known = stats with { ModelWaits = UsageStats.None.ModelWaits };
        if (known.UnusableUntil is { } until && until > now)
        {
            yield return new AuthCooldown(agent, profile, stats, NamedWait.Of(known, now), stats.Windows.Values.FirstOrDefault(window => window.Until == until), until, now);
        }
        foreach ((string model, ModelWait wait) in stats.ModelWaits.Where(entry => entry.Value.Window.Until > now))
        {
            yield return new AuthCooldown(agent, profile, stats, new NamedWait("cooldown", wait.Reason, model), wait.Window, wait.Window.Until, now);
        }
    }

    /// <summary>The profile.</summary>
    public string ProfileId { get; }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>Why it waits: <c>rate_limit</c>, <c>billing</c> …, or a name that another program made up.</summary>
    public string Reason { get; }

    /// <summary><c>cooldown</c> for a short wait, <c>disabled</c> for a long one, <c>blocked</c> for a subscription's own reset time.</summary>
    public string Kind { get; }

    /// <summary>When the wait began; null where another program began it and did not say.</summary>
    public DateTimeOffset? Since { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>What was left of it when it was read.</summary>
    public TimeSpan Remaining { get; }

    /// <summary><see cref="Since"/> for people.</summary>
    public string SinceText => Since is { } since ? DurationText.Expiry(since) : "unknown";

    /// <summary><see cref="Until"/> for people.</summary>
    public string UntilText => DurationText.Expiry(Until);

    /// <summary><see cref="Remaining"/> for people: <c>5m</c>, <c>3h</c>, <c>12d</c>.</summary>
    public string RemainingText => DurationText.Remaining((long)Remaining.TotalMilliseconds);

    /// <summary>Failures in a row.</summary>
    public int ErrorCount { get; }

    /// <summary>The only model that waits, if it is one alone.</summary>
    public string? Model { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The profile id.</summary>
    public override string ToString() => ProfileId;
}
