using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>Puts the profiles of a provider in the order in which they are tried. Pure: the same input gives the same order.</summary>
internal static class ProfileOrder
{
    public static ResolvedOrder Resolve(AuthStore store, AuthConfig config, string provider, long now, string? preferred = null, string? model = null)
    {
        string canonical = ProviderId.Canonical(provider);
        List<string> stored = [.. store.OfProvider(canonical).Select(profile => profile.Id)];
        (IReadOnlyList<string> ids, OrderSource source) = Base(store, config, canonical, stored);
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        string Code(string id) => codes.TryGetValue(id, out string? code) ? code : codes[id] = Eligibility.Check(store, config, canonical, id, now);

        List<string> usable = Eligible(ids);
        bool listIsStale = ids.Count > 0 && usable.Count == 0 && ids.All(id => Code(id) == ReasonCodes.ProfileMissing);
        if (listIsStale && config.Profiles.Any(profile => ProviderId.Same(profile.Provider, canonical))) usable = Eligible(stored);

        var listed = ids.ToHashSet(StringComparer.Ordinal);
        bool isGiven = source is OrderSource.Stored or OrderSource.Config;
        OrderStrategy strategy = config.Selection.StrategyOf(canonical);
        string? kept = !isGiven && strategy == OrderStrategy.FillFirst ? LastUsed(store, canonical, usable, IsWaiting) : null;
        List<string> order = Arrange(usable);
        if (preferred is not null && order.Remove(preferred)) order.Insert(0, preferred);
        List<OrderCandidate> candidates =
        [
            .. order.Select((id, index) => Candidate(id, ReasonCodes.Ok, index + 1)),
            .. ids.Concat(stored).Distinct(StringComparer.Ordinal).Except(order, StringComparer.Ordinal)
                .Select(id => Candidate(id, Code(id) == ReasonCodes.Ok ? ReasonCodes.ExcludedByOrder : Code(id), null)),
        ];
        string? selected = candidates.FirstOrDefault(candidate => candidate is { Rank: not null, Kind: null })?.ProfileId;
        return new ResolvedOrder(canonical, source, order, selected, candidates) { Strategy = strategy };

        List<string> Eligible(IEnumerable<string> list) => [.. list.Where(id => Code(id) == ReasonCodes.Ok).Distinct(StringComparer.Ordinal)];

        List<string> Arrange(List<string> list)
        {
            List<Place> places = [.. list.Select((id, index) => IsWaiting(id)
                ? new Place(id, 4, store.Stats(id).UnusableUntil ?? now, index)
                : id == kept ? new Place(id, -1, 0, index)
                : isGiven ? new Place(id, 0, 0, index) : new Place(id, TypeScore(store, id), store.Stats(id).LastUsed ?? 0, index))];
            places.Sort(Place.Compare);
            return [.. places.Select(place => place.Id)];
        }

        bool IsWaiting(string id) => !NeverWaits(ProviderOf(store, id) ?? canonical) && store.Stats(id).IsWaiting(now, model);

        OrderCandidate Candidate(string id, string code, int? rank)
        {
            bool waits = IsWaiting(id);
            UsageStats stats = store.Stats(id);
            return new OrderCandidate(id, code, waits ? WaitKind(stats, now) : null, waits ? stats.WaitEnd(model) : null, rank)
            {
                IsListed = rank is not null || listed.Contains(id),
                Explanation = Explain(code, waits ? stats : null, now),
                Rule = rank is null ? null
                    : id == preferred ? PlacementRule.Pin
                    : waits ? PlacementRule.Waiting
                    : isGiven ? PlacementRule.Given
                    : id == kept ? PlacementRule.FillFirst : PlacementRule.RoundRobin,
                WaitReason = waits ? WaitReason(stats, WaitKind(stats, now)) : null,
                WaitModel = waits && !(stats.DisabledUntil > now) ? stats.CooldownModel : null,
            };
        }
    }

    /// <summary>Whether a provider balances its accounts itself, so that its profiles never wait.</summary>
    public static bool NeverWaits(string provider) => ProviderId.Canonical(provider) is "openrouter" or "kilocode";

    /// <summary>Where a profile stands: by group, within it by a time, and else where it stood before.</summary>
    private sealed record Place(string Id, int Group, long Time, int Index)
    {
        public static int Compare(Place left, Place right)
        {
            if (left.Group != right.Group) return left.Group < right.Group ? -1 : 1;
            if (left.Time != right.Time) return left.Time < right.Time ? -1 : 1;
            return left.Index - right.Index;
        }
    }

    /// <summary>What kind of wait it is: the long one is named before the short one.</summary>
    public static string WaitKind(UsageStats stats, long now)
        => stats.DisabledUntil > now ? "disabled" : stats.BlockedUntil > now ? "blocked" : "cooldown";

    /// <summary>What that wait is for, if it is on record.</summary>
    public static string? WaitReason(UsageStats stats, string kind) => kind switch
    {
        "disabled" => stats.DisabledReason,
        "blocked" => FailureReasons.RateLimit,
        _ => stats.CooldownReason,
    };

    /// <summary>The account to stay with: the one that last worked, else the one that was used last, unless it waits.</summary>
    private static string? LastUsed(AuthStore store, string provider, List<string> usable, Func<string, bool> isWaiting)
    {
        if (ProviderId.TryFind(store.LastGood, provider, out KeyValuePair<string, string> good) && usable.Contains(good.Value) && !isWaiting(good.Value)) return good.Value;
        string? latest = usable.Where(id => !isWaiting(id)).MaxBy(id => store.Stats(id).LastUsed ?? 0);
        return latest is not null && store.Stats(latest).LastUsed > 0 ? latest : null;
    }

    private static string Explain(string code, UsageStats? waiting, long now)
    {
        if (code != ReasonCodes.Ok || waiting is null) return ReasonCodes.Describe(code);
        if (waiting.IsDisabledByUser) return "disabled by the user";
        string kind = WaitKind(waiting, now);
        string? reason = WaitReason(waiting, kind);
        return $"{kind}{(reason is null ? string.Empty : $" ({reason})")}, back in {DurationText.Remaining(waiting.UnusableUntil - now)}";
    }

    private static (IReadOnlyList<string> Ids, OrderSource Source) Base(AuthStore store, AuthConfig config, string provider, List<string> stored)
    {
        // A stored order replaces the configured one; an empty list means that no profile may be used.
        if (ProviderId.TryFind(store.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> own)) return (own.Value, OrderSource.Stored);
        if (ProviderId.TryFind(config.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> configured)) return (configured.Value, OrderSource.Config);
        List<string> listed = [.. config.Profiles.Where(profile => ProviderId.Same(profile.Provider, provider)).Select(profile => profile.Id)];
        return listed.Count > 0 ? (listed, OrderSource.ConfigProfiles) : (stored, OrderSource.Derived);
    }

    private static string? ProviderOf(AuthStore store, string id) => store.TryGet(id, out StoredProfile? profile) ? profile.Credential.Provider : null;

    private static int TypeScore(AuthStore store, string id) => store.TryGet(id, out StoredProfile? profile)
        ? profile.Credential.Type switch { CredentialType.OAuth => 0, CredentialType.Token => 1, _ => 2 }
        : 3;
}
