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
/// one after a success. A wait of one model stays that model's: what happens to the others, or to the account, has a wait of its own
/// beside it. What a person disabled stays so, whatever happens.
/// </summary>
internal static class Cooldown
{
    private const string SubscriptionLimit = "subscription_limit";
    private const string CodexLimits = "codex_rate_limits";

    /// <summary>The record after a failure.</summary>
    public static UsageStats Fail(UsageStats stats, RecordedFailure failure, long now, CooldownSettings settings)
    {
        UsageStats next = Expire(stats.At(now), now, settings);
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
        UsageStats seen = stats.At(now);
        bool isOlder = call.Begun is { } begun && seen.LastFailureAt > begun && (seen.IsWaiting(now) || seen.ModelWaits.Values.Any(wait => wait.Window.Until > now));
        UsageStats left = isOlder ? seen : call.Model is { } model ? KeepOtherModels(seen, model, now) : Clear(seen, includingDisabledByUser: false);
        return left with { LastUsed = now };
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
        bool hasEnded = !ReferenceEquals(left, stats) || windows.Count > 0 || stats.ModelWaits.Count > 0;
        left = left with { Windows = windows, ModelWaits = Where(stats.ModelWaits, wait => IsSoonAfter(wait.Window, now)) };
        bool isOneRun = left.UnusableUntil > now || windows.Values.Any(window => IsSoonAfter(window, now)) || left.ModelWaits.Count > 0;
        return isOneRun || !hasEnded ? left : Forget(left, now);
    }

    private static UsageStats Cool(UsageStats next, RecordedFailure failure, long now, CooldownSettings settings)
    {
        string name = failure.Reason.StoredName();
        bool isNotFound = failure.Reason == FailureReason.ModelNotFound;
        bool isSubscription = failure is { Reason: FailureReason.RateLimit, Reset.IsSubscription: true } && ProviderId.Canonical(failure.Provider) == "openai-codex";
        string? model = failure.Reason.IsOfOneModel() && !isSubscription ? failure.Model : null;
        bool isCooling = next.CooldownUntil > now;
        // The account waits as a whole, and so does every model of it. A subscription that waits for its reset waits already.
        if (isCooling && next.CooldownOnlyOf is null) return isNotFound ? next : next with { CooldownReason = name, CooldownModel = null };
        if (next.BlockedUntil > now) return next;
        ModelWait? own = model is null ? null : next.ModelWaits.GetValueOrDefault(model);
        bool waitsAlready = model is not null && (own?.Window.Until > now || (isCooling && next.CooldownOnlyOf == model));
        if (waitsAlready) return next;
        if (model is not null && (isNotFound || isCooling))
        {
            return next with { ModelWaits = With(next.ModelWaits, model, new ModelWait(name, Open(failure, Step(own?.Window, now), now, settings))) };
        }
        if (isCooling) next = MakeRoom(next, now);
        int step = Math.Max(Step(next.Windows.GetValueOrDefault(WaitWindow.Cooldown), now), Step(own?.Window, now));
        WaitWindow window = Open(failure, step, now, settings);
        next = next with
        {
            CooldownUntil = window.Until,
            CooldownReason = name,
            CooldownModel = model,
            Windows = With(next.Windows, WaitWindow.Cooldown, window),
            ModelWaits = model is null ? next.ModelWaits : Without(next.ModelWaits, model),
        };
        // Peers tell a stated reset from a guess, and do not even probe before it. Those that know no block read the cooldown beside it.
        return isSubscription
            ? next with { BlockedUntil = window.Until, BlockedReason = SubscriptionLimit, BlockedSource = CodexLimits, BlockedModel = failure.Model }
            : next;
    }

    /// <summary>Puts the wait of one model beside, so that the account's own has the place that peers look at.</summary>
    private static UsageStats MakeRoom(UsageStats stats, long now)
    {
        WaitWindow window = stats.Windows.GetValueOrDefault(WaitWindow.Cooldown) ?? new WaitWindow(now, stats.CooldownUntil!.Value, 1);
        return stats.WithoutCooldown() with
        {
            Windows = Without(stats.Windows, WaitWindow.Cooldown),
            ModelWaits = With(stats.ModelWaits, stats.CooldownModel!, new ModelWait(stats.CooldownReason!, window)),
        };
    }

    /// <summary>The record with every wait ended but those of other models than the one that answered.</summary>
    private static UsageStats KeepOtherModels(UsageStats stats, string model, long now)
    {
        bool keepsCooldown = stats.CooldownUntil > now && stats.CooldownOnlyOf is { } only && only != model;
        Dictionary<string, ModelWait> others = Where(Without(stats.ModelWaits, model), wait => wait.Window.Until > now);
        UsageStats cleared = Clear(stats, includingDisabledByUser: false);
        if (!keepsCooldown && others.Count == 0) return cleared;
        if (!stats.IsWaiting(now, model)) return stats;
        // What concerns the account has ended with the answer, and its ladder starts anew.
        Dictionary<string, int> counts = stats.FailureCounts.Where(static entry => FailureReasons.Parse(entry.Key)?.IsOfOneModel() == true).ToDictionary(StringComparer.Ordinal);
        cleared = cleared with { ErrorCount = stats.ErrorCount, FailureCounts = counts, ModelWaits = others };
        return keepsCooldown
            ? cleared with { CooldownUntil = stats.CooldownUntil, CooldownReason = stats.CooldownReason, CooldownModel = stats.CooldownModel, Windows = Where(stats.Windows, window => window.Until == stats.CooldownUntil) }
            : cleared;
    }

    private static UsageStats Disable(UsageStats next, RecordedFailure failure, long now, CooldownSettings settings)
    {
        string name = failure.Reason.StoredName();
        if (next.DisabledUntil > now) return next with { DisabledReason = name };
        // Peers keep the count of failures whose wait they forgot.
        int step = next.Windows.Count > 0 ? Step(next.Windows.GetValueOrDefault(name), now) : next.FailureCounts[name];
        WaitWindow window = Open(failure, step, now, settings);
        return next with { DisabledUntil = window.Until, DisabledReason = name, Windows = With(next.Windows, name, window) };
    }

    /// <summary>A new wait: as long as the provider says, else as the ladder has it.</summary>
    private static WaitWindow Open(RecordedFailure failure, int step, long now, CooldownSettings settings)
        // A stated wait takes no step: behind it the ladder goes on where it stood.
        => failure.Reset is { } reset && reset.Until > now
            ? new WaitWindow(now, reset.Until, step - 1)
            : new WaitWindow(now, now + (long)settings.Wait(failure.Reason, failure.Provider, step).TotalMilliseconds, step);

    /// <summary>The step that follows the last wait of a ladder.</summary>
    private static int Step(WaitWindow? last, long now) => last is not null && IsSoonAfter(last, now) ? last.Step + 1 : 1;

    private static bool IsSoonAfter(WaitWindow window, long now) => now - window.Until < window.Length;

    private static UsageStats Forget(UsageStats stats, long now) => stats with
    {
        ErrorCount = 0,
        FailureCounts = new Dictionary<string, int>(),
        Windows = Where(stats.Windows, window => window.Until > now),
        ModelWaits = Where(stats.ModelWaits, wait => wait.Window.Until > now),
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
            bool isCurrent = end == window.Until || !(stats.LastUsed > window.Since);
            if (isCurrent) windows.Add(ladder, window);
        }
        Infer(stats.CooldownUntil, WaitWindow.Cooldown, FailureReason.Unknown);
        if (!stats.IsDisabledByUser && FailureReasons.Parse(stats.DisabledReason) is { } reason && reason.Disables()) Infer(stats.DisabledUntil, reason.StoredName(), reason);
        return windows;

        void Infer(long? until, string ladder, FailureReason kind)
        {
            if (until is not > 0 || windows.Any(entry => (entry.Key == WaitWindow.Cooldown) == (ladder == WaitWindow.Cooldown) && entry.Value.Until == until)) return;
            windows.Remove(ladder);
            if (stats.LastFailureAt is not > 0 || stats.LastFailureAt >= until) return;
            windows[ladder] = new WaitWindow(stats.LastFailureAt.Value, until.Value, settings.StepOf(kind, until.Value - stats.LastFailureAt.Value));
        }
    }

    private static Dictionary<string, T> With<T>(IReadOnlyDictionary<string, T> entries, string name, T entry)
        => new(entries, StringComparer.Ordinal) { [name] = entry };

    private static Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> entries, string name)
        => entries.Where(entry => entry.Key != name).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, T> Where<T>(IReadOnlyDictionary<string, T> entries, Func<T, bool> condition)
        => entries.Where(entry => condition(entry.Value)).ToDictionary(StringComparer.Ordinal);

    private static UsageStats DropExpired(UsageStats stats, long now)
    {
        UsageStats next = stats;
        if (IsOver(stats.CooldownUntil, now)) next = next.WithoutCooldown();
        if (IsOver(stats.BlockedUntil, now)) next = next.WithoutBlock();
        if (IsOver(stats.DisabledUntil, now)) next = next.WithoutDisable();
        return next;
    }

    /// <summary>Zero and less are no time, and so nothing that could be over.</summary>
    private static bool IsOver(long? until, long now) => until is > 0 && until <= now;

    private static int Increment(int count) => count == int.MaxValue ? count : count + 1;
}
