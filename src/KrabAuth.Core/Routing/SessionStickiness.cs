using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>
/// Decides with which profile a session goes on. Pure. A person's pin stays, even while its profile waits; an automatic one
/// stays until the profile has to wait, the session is compacted, or a new one starts.
/// </summary>
internal static class SessionStickiness
{
    /// <summary>The pin that holds for this turn; <see langword="null"/> where no profile can serve the provider.</summary>
    /// <param name="pin">The pin so far.</param>
    /// <param name="order">The order of the provider, made without the pin.</param>
    /// <param name="store">The store of that order.</param>
    /// <param name="turn">The session, and what happened to it.</param>
    public static SessionPin? Decide(SessionPin? pin, ResolvedOrder order, AuthStore store, SessionTurn turn)
    {
        // What a person chose is not widened in silence, even where the profile cannot serve: that is an error, told with its reason.
        if (pin?.Source == SessionPinSource.User && !turn.IsNew && Exists(pin.ProfileId, order, store)) return pin;
        string? current = pin is not null && order.Order.Contains(pin.ProfileId) && Exists(pin.ProfileId, order, store) ? pin.ProfileId : null;
        if (order.Order.Count == 0) return null;
        var waiting = order.Candidates.Where(candidate => candidate.Kind is not null).Select(candidate => candidate.ProfileId).ToHashSet(StringComparer.Ordinal);
        int count = turn.CompactionCount ?? pin?.CompactionCount ?? 0;
        bool wasCompacted = count > (pin?.CompactionCount ?? count);
        string next = current is null ? First(order.Order, waiting)
            : turn.IsNew || wasCompacted ? Next(order.Order, current, waiting)
            : waiting.Contains(current) ? First(order.Order, waiting)
            : current;
        if (next == current && pin!.Source == SessionPinSource.Auto && pin.CompactionCount == count) return pin;
        return new SessionPin(turn.Session, order.Provider, next, SessionPinSource.Auto) { CompactionCount = count };
    }

    /// <summary>A pin to a profile that is gone or is another provider's holds no more.</summary>
    private static bool Exists(string id, ResolvedOrder order, AuthStore store)
        => store.TryGet(id, out StoredProfile? profile) && ProviderId.Same(profile.Credential.Provider, order.Provider);

    private static string First(IReadOnlyList<string> order, HashSet<string> waiting) => order.FirstOrDefault(id => !waiting.Contains(id)) ?? order[0];

    private static string Next(IReadOnlyList<string> order, string current, HashSet<string> waiting)
    {
        int at = order.ToList().IndexOf(current);
        return order.Skip(at + 1).Concat(order.Take(at)).FirstOrDefault(id => !waiting.Contains(id)) ?? current;
    }
}
