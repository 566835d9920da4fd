using KrabAuth.Profiles;

namespace KrabAuth.Routing;

/// <summary>When the first of several waiting profiles comes back, and what keeps them.</summary>
internal static class Unavailability
{
    /// <summary>What is on record as happening now outweighs any history.</summary>
    private const long Active = 1000;

    /// <summary>Of equal reasons the one that a person can do most about.</summary>
    private static readonly FailureReason[] Priority =
    [
        FailureReason.AuthPermanent, FailureReason.Auth, FailureReason.SessionExpired, FailureReason.Billing, FailureReason.Format, FailureReason.ModelNotFound,
        FailureReason.Overloaded, FailureReason.Timeout, FailureReason.RateLimit, FailureReason.EmptyResponse, FailureReason.NoErrorDetails, FailureReason.Unclassified, FailureReason.Unknown,
    ];

    /// <summary>
    /// The end of the first wait. Of those that wait for the very model the last counts: a limit of one model is the provider's,
    /// and while one profile feels it the others will.
    /// </summary>
    /// <param name="waits">Profile ids with what is remembered of them; those that do not wait are left out.</param>
    /// <param name="model">The model that is asked for, if known.</param>
    public static (string ProfileId, long Until)? Soonest(IEnumerable<(string ProfileId, UsageStats Stats)> waits, string? model)
    {
        (string, long)? lastOfModel = null;
        (string, long)? firstOfOthers = null;
        foreach ((string id, UsageStats stats) in waits)
        {
            if (stats.WaitEnd(model) is not { } until || stats.IsDisabledByUser) continue;
            bool isOfModel = model is not null
                && (stats.CooldownOnlyOf == model || (stats.ModelWaits.GetValueOrDefault(model) is { Reason: FailureReasons.RateLimit } wait && wait.Window.Until == until));
            if (isOfModel && !(until <= lastOfModel?.Item2)) lastOfModel = (id, until);
            if (!isOfModel && !(until >= firstOfOthers?.Item2)) firstOfOthers = (id, until);
        }
        if (lastOfModel is null || firstOfOthers is null) return lastOfModel ?? firstOfOthers;
        return lastOfModel.Value.Item2 < firstOfOthers.Value.Item2 ? lastOfModel : firstOfOthers;
    }

    /// <summary>What most of them wait for; <see langword="null"/> if none waits.</summary>
    public static FailureReason? Reason(IEnumerable<UsageStats> all, long now)
    {
        var scores = new Dictionary<FailureReason, long>();
        foreach (UsageStats stats in all)
        {
            if (!stats.IsDisabledByUser) AddScores(stats, now, (reason, score) => scores[reason] = scores.GetValueOrDefault(reason) + score);
        }
        FailureReason? best = null;
        foreach (FailureReason reason in Priority)
        {
            if (scores.GetValueOrDefault(reason) > (best is { } leader ? scores[leader] : 0)) best = reason;
        }
        return best;
    }

    private static void AddScores(UsageStats stats, long now, Action<FailureReason, long> add)
    {
        if (stats.DisabledUntil > now && FailureReasons.Parse(stats.DisabledReason) is { } disabled) add(disabled, Active);
        else if (stats.BlockedUntil > now) add(FailureReason.RateLimit, Active);
        else if (stats.IsWaiting(now)) AddHistory(stats, add);
    }

    private static void AddHistory(UsageStats stats, Action<FailureReason, long> add)
    {
        bool any = false;
        foreach ((string name, int count) in stats.FailureCounts)
        {
            if (FailureReasons.Parse(name) is not { } reason) continue;
            add(reason, count);
            any = true;
        }
        if (!any) add(FailureReason.Unknown, 1);
    }
}
