using KrabAuth.Profiles;

namespace KrabAuth.Routing;

/// <summary>The wait that is named of those that a profile has: a long one before the others, and of the others that which ends last.</summary>
/// <param name="Kind"><c>disabled</c>, <c>blocked</c> or <c>cooldown</c>.</param>
/// <param name="Reason">What it is for, if that is on record.</param>
/// <param name="Model">The only model that waits, if it is one alone.</param>
internal readonly record struct NamedWait(string Kind, string? Reason, string? Model)
{
    /// <param name="stats">The record of a profile that waits.</param>
    /// <param name="now">The moment, in Unix milliseconds.</param>
    /// <param name="model">The model that is asked for, if known.</param>
    public static NamedWait Of(UsageStats stats, long now, string? model = null)
    {
        if (stats.DisabledUntil > now) return new NamedWait("disabled", stats.DisabledReason, null);
        if (stats.BlockedUntil > now) return new NamedWait("blocked", FailureReasons.RateLimit, null);
        bool isCooling = stats.CooldownUntil > now && (model is null || stats.CooldownOnlyOf is null || stats.CooldownOnlyOf == model);
        NamedWait last = new("cooldown", stats.CooldownReason, isCooling ? stats.CooldownOnlyOf : null);
        long end = isCooling ? stats.CooldownUntil!.Value : now;
        foreach ((string name, ModelWait wait) in stats.ModelWaits)
        {
            if (wait.Window.Until <= end || !(name == model || (model is null && wait.CountsForAnyModel))) continue;
            (last, end) = (new NamedWait("cooldown", wait.Reason, name), wait.Window.Until);
        }
        return last;
    }
}
