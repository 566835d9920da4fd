namespace KrabAuth.Diagnostics;

/// <summary>
/// What is new between what somebody was told and what a check found. A provider is the sum of its profiles, so it is news only
/// where no profile of its own says the same.
/// </summary>
internal sealed class MonitorDifference
{
    private MonitorDifference(IReadOnlyList<MonitorChange> news, IReadOnlyList<MonitorChange> silent)
    {
        News = news;
        Silent = silent;
    }

    /// <summary>What somebody has to be told, in the order of the checks; what is there no more comes last.</summary>
    public IReadOnlyList<MonitorChange> News { get; }

    /// <summary>What changed and is told by another change, or needs no telling.</summary>
    public IReadOnlyList<MonitorChange> Silent { get; }

    /// <param name="known">What was known, each target once for each kind.</param>
    /// <param name="checks">What a check found.</param>
    public static MonitorDifference Between(IReadOnlyCollection<MonitoredState> known, IReadOnlyList<AuthCheck> checks)
    {
        Dictionary<(AuthCheckKind, string), MonitoredState> before = known.ToDictionary(Key);
        var changes = new List<MonitorChange>();
        var silent = new List<MonitorChange>();
        foreach (AuthCheck check in checks)
        {
            var now = MonitoredState.Of(check);
            before.Remove(Key(now), out MonitoredState? old);
            if (now == old) continue;
            var change = new MonitorChange { Event = EventOf(check.Result), Before = old, Check = check };
            bool isNews = old is null ? now.Result != AuthCheckResult.Passed : !old.IsSameNews(now);
            (isNews ? changes : silent).Add(change);
        }
        foreach (MonitoredState gone in before.Values)
        {
            var change = new MonitorChange { Event = MonitorEvent.Removed, Before = gone };
            (gone.Result == AuthCheckResult.Passed ? silent : changes).Add(change);
        }
        ILookup<bool, MonitorChange> told = changes.ToLookup(change => IsToldByProfile(change, checks, changes));
        return new MonitorDifference([.. told[false]], [.. silent, .. told[true]]);
    }

    private static bool IsToldByProfile(MonitorChange change, IReadOnlyList<AuthCheck> checks, List<MonitorChange> changes)
        => change.Kind == AuthCheckKind.Provider && (change.Check is { Result: not AuthCheckResult.Passed } sum
            ? HealthInspector.IsToldByProfile(sum, checks)
            : changes.Any(own => own.Kind == AuthCheckKind.Profile && own.Provider == change.Provider && own.Before?.Result == change.Before!.Result));

    private static MonitorEvent EventOf(AuthCheckResult result) => result switch
    {
        AuthCheckResult.Failed => MonitorEvent.Failed,
        AuthCheckResult.Warning => MonitorEvent.Warning,
        _ => MonitorEvent.Recovered,
    };

    private static (AuthCheckKind Kind, string Target) Key(MonitoredState state) => (state.Kind, state.Target);
}
