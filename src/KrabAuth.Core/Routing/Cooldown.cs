using KrabAuth.Profiles;

namespace KrabAuth.Routing;

/// <summary>A failure as it is recorded.</summary>
/// <param name="Reason">What it was.</param>
/// <param name="Provider">The profile's provider.</param>
/// <param name="Model">The model that was asked for, if known.</param>
/// <param name="Reset">When the provider says that it may be tried again.</param>
internal sealed record RecordedFailure(FailureReason Reason, string Provider, string? Model, StatedReset? Reset);

/// <summary>What is known of a call that worked.</summary>
/// <param name="Model">The model that answered, if known.</param>
/// <param name="Begun">When its credential was handed out, if known.</param>
internal readonly record struct CallMark(string? Model, long? Begun)
{
    /// <summary>Nothing.</summary>
    public static CallMark None => default;
}

/// <summary>
/// What an event makes of the use record of a profile: the state machine of waiting. Pure. A wait never changes while it lasts;
/// a failure soon after its end (sooner than it was long) makes the next one longer, a later failure starts anew, as does
/// one after a success. What a person disabled stays so, whatever happens.
/// </summary>
internal static class Cooldown
{
    private const string SubscriptionLimit = "subscription_limit";
    private const string CodexLimits = "codex_rate_limits";

    /// <summary>The record after a failure.</summary>
    public static UsageStats Fail(UsageStats stats, RecordedFailure failure, long now, CooldownSettings settings)
    {
        UsageStats next = Expire(stats, now, settings);
        // Long ago is never, but for a wait that still lasts.
        if (stats.LastFailureAt is > 0 && now - stats.LastFailureAt > settings.FailureWindow.TotalMilliseconds) next = Forget(next, now);
        string name = failure.Reason.StoredName();
        next = next with
        {
            ErrorCount = Increment(next.ErrorCount),
            FailureCounts = new Dictionary<string, int>(next.FailureCounts, StringComparer.Ordinal) { [name] = Increment(next.FailureCounts.GetValueOrDefault(name)) },
            LastFailureAt = now,
        };
        if (next.IsDisabledByUser) return next;
        return failure.Reason.Disables() ? Disable(next, failure, now, settings) : Cool(next, failure, now, settings);
    }

    /// <summary>The record after a success.</summary>
    /// <remarks>
    /// A call that began before a wait did, or that was for another model than the one that waits, does not speak for it.
    /// </remarks>
    public static UsageStats Succeed(UsageStats stats, CallMark call, long now)
    {
        bool isOlder = stats.IsWaiting(now) && call.Begun is { } begun && stats.LastFailureAt > begun;
        bool isOfAnotherModel = call.Model is not null && stats.IsWaiting(now) && !stats.IsWaiting(now, call.Model);
        return (isOlder || isOfAnotherModel ? stats : Clear(stats, includingDisabledByUser: false)) with { LastUsed = now };
    }

    /// <summary>The record with every wait ended and every failure forgotten; when it was used and when it failed stays.</summary>
    /// <param name="stats">The record.</param>
    /// <param name="includingDisabledByUser">Whether a profile that a person disabled comes back too.</param>
    public static UsageStats Clear(UsageStats stats, bool includingDisabledByUser)
    {
        bool staysOut = stats.IsDisabledByUser && !includingDisabledByUser;
        return new UsageStats
        {
            LastUsed = stats.LastUsed,
            LastFailureAt = stats.LastFailureAt,
            LastProbeAt = stats.LastProbeAt,
            RefusedFingerprint = stats.RefusedFingerprint,
            DisabledUntil = staysOut ? stats.DisabledUntil : null,
            DisabledReason = staysOut ? stats.DisabledReason : null,
        };
    }

    /// <summary>
    /// The record at a moment: waits that are over are gone, and when none is left so are the counts, unless the next failure
    /// would still come soon after one.
    /// </summary>
    public static UsageStats Expire(UsageStats stats, long now, CooldownSettings settings)
    {
        IReadOnlyDictionary<string, WaitWindow> windows = Windows(stats, settings);
        UsageStats left = DropExpired(stats, now);
        bool hasEnded = !ReferenceEquals(left, stats) || windows.Count > 0;
        left = left with { Windows = windows };
        return left.UnusableUntil > now || !hasEnded || windows.Values.Any(window => IsSoonAfter(window, now)) ? left : Forget(left, now);
    }

    private static UsageStats Cool(UsageStats next, RecordedFailure failure, long now, CooldownSettings settings)
    {
        string name = failure.Reason.StoredName();
        bool isLimit = failure.Reason == FailureReason.RateLimit;
        if (next.CooldownUntil > now)
        {
            // Only a limit of the very same model leaves the other models free.
            bool staysScoped = isLimit && next.CooldownModel is not null && next.CooldownModel == failure.Model;
            return next with { CooldownReason = name, CooldownModel = staysScoped ? next.CooldownModel : null };
        }
        // A subscription that waits for its reset waits already.
        if (next.BlockedUntil > now) return next;
        WaitWindow window = Open(failure, Step(next, WaitWindow.Cooldown, now), now, settings);
        bool isSubscription = isLimit && failure.Reset is { IsSubscription: true } && ProviderId.Canonical(failure.Provider) == "openai-codex";
        next = next with
        {
            CooldownUntil = window.Until,
            CooldownReason = name,
            CooldownModel = isLimit && !isSubscription ? failure.Model : null,
            Windows = With(next.Windows, WaitWindow.Cooldown, window),
        };
        // Peers tell a stated reset from a guess, and do not even probe before it. Those that know no block read the cooldown beside it.
        return isSubscription
            ? next with { BlockedUntil = window.Until, BlockedReason = SubscriptionLimit, BlockedSource = CodexLimits, BlockedModel = failure.Model }
            : next;
    }

    private static UsageStats Disable(UsageStats next, RecordedFailure failure, long now, CooldownSettings settings)
    {
        string name = failure.Reason.StoredName();
        if (next.DisabledUntil > now) return next with { DisabledReason = name };
        // Peers keep the count of failures whose wait they forgot.
        int step = next.Windows.Count > 0 ? Step(next, name, now) : next.FailureCounts[name];
        WaitWindow window = Open(failure, step, now, settings);
        return next with { DisabledUntil = window.Until, DisabledReason = name, Windows = With(next.Windows, name, window) };
    }

    /// <summary>A new wait: as long as the provider says, else as the ladder has it.</summary>
    private static WaitWindow Open(RecordedFailure failure, int step, long now, CooldownSettings settings)
        // A stated wait takes no step: behind it the ladder goes on where it stood.
        => failure.Reset is { } reset && reset.Until > now
            ? new WaitWindow(now, reset.Until, step - 1)
            : new WaitWindow(now, now + (long)settings.Wait(failure.Reason, failure.Provider, step).TotalMilliseconds, step);

    private static int Step(UsageStats stats, string ladder, long now)
        => stats.Windows.GetValueOrDefault(ladder) is { } last && IsSoonAfter(last, now) ? last.Step + 1 : 1;

    private static bool IsSoonAfter(WaitWindow window, long now) => now - window.Until < window.Length;

    private static UsageStats Forget(UsageStats stats, long now) => stats with
    {
        ErrorCount = 0,
        FailureCounts = new Dictionary<string, int>(),
        Windows = stats.Windows.Where(entry => entry.Value.Until > now).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
    };

    /// <summary>
    /// The last wait of each ladder. A peer that begins or ends one leaves our note behind: it counts while what the peer wrote
    /// agrees. Of a wait that a peer began, what it left tells at least how long it is: it began no later than the last failure.
    /// </summary>
    private static Dictionary<string, WaitWindow> Windows(UsageStats stats, CooldownSettings settings)
    {
        var windows = new Dictionary<string, WaitWindow>(StringComparer.Ordinal);
        if (stats.ErrorCount == 0) return windows;
        foreach ((string ladder, WaitWindow window) in stats.Windows)
        {
            long? end = ladder == WaitWindow.Cooldown ? stats.CooldownUntil : stats.DisabledUntil;
            bool isReplaced = ladder == WaitWindow.Cooldown && end is > 0;
            bool isCurrent = end == window.Until || (!isReplaced && !(stats.LastUsed > window.Since));
            if (isCurrent) windows.Add(ladder, window);
        }
        Infer(stats.CooldownUntil, WaitWindow.Cooldown, FailureReason.Unknown);
        if (!stats.IsDisabledByUser && FailureReasons.Parse(stats.DisabledReason) is { } reason && reason.Disables()) Infer(stats.DisabledUntil, reason.StoredName(), reason);
        return windows;

        void Infer(long? until, string ladder, FailureReason kind)
        {
            if (until is not > 0 || windows.Values.Any(window => window.Until == until)) return;
            windows.Remove(ladder);
            if (stats.LastFailureAt is not > 0 || stats.LastFailureAt >= until) return;
            windows[ladder] = new WaitWindow(stats.LastFailureAt.Value, until.Value, settings.StepOf(kind, until.Value - stats.LastFailureAt.Value));
        }
    }

    private static Dictionary<string, WaitWindow> With(IReadOnlyDictionary<string, WaitWindow> windows, string ladder, WaitWindow window)
        => new(windows, StringComparer.Ordinal) { [ladder] = window };

    private static UsageStats DropExpired(UsageStats stats, long now)
    {
        UsageStats next = stats;
        if (IsOver(stats.CooldownUntil, now)) next = next with { CooldownUntil = null, CooldownReason = null, CooldownModel = null };
        if (IsOver(stats.BlockedUntil, now)) next = next with { BlockedUntil = null, BlockedReason = null, BlockedSource = null, BlockedModel = null };
        if (IsOver(stats.DisabledUntil, now)) next = next with { DisabledUntil = null, DisabledReason = null };
        return next;
    }

    /// <summary>Zero and less are no time, and so nothing that could be over.</summary>
    private static bool IsOver(long? until, long now) => until is > 0 && until <= now;

    private static int Increment(int count) => count == int.MaxValue ? count : count + 1;
}
