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
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        List<Seen> usable = Eligible(ids);
        bool listIsStale = ids.Count > 0 && usable.Count == 0 && ids.All(id => Look(id).Code == ReasonCodes.ProfileMissing);
        if (listIsStale && config.Profiles.Any(profile => ProviderId.Same(profile.Provider, canonical))) usable = Eligible(stored);

        var listed = ids.ToHashSet(StringComparer.Ordinal);
        bool isGiven = source is OrderSource.Stored or OrderSource.Config;
        OrderStrategy strategy = config.Selection.StrategyOf(canonical);
        string? kept = !isGiven && strategy == OrderStrategy.FillFirst ? LastUsed(store, canonical, usable) : null;
        List<Seen> order = Arrange(usable);
        if (preferred is not null && order.FindIndex(profile => profile.Id == preferred) is >= 0 and var at)
        {
            Seen first = order[at];
            order.RemoveAt(at);
            order.Insert(0, first);
        }
        var ranked = order.Select(profile => profile.Id).ToHashSet(StringComparer.Ordinal);
        List<OrderCandidate> candidates =
        [
            .. order.Select((profile, index) => Candidate(profile, ReasonCodes.Ok, index + 1)),
            .. ids.Concat(stored).Distinct(StringComparer.Ordinal).Where(id => !ranked.Contains(id)).Select(Look)
                .Select(profile => Candidate(profile, profile.Code == ReasonCodes.Ok ? ReasonCodes.ExcludedByOrder : profile.Code, null)),
        ];
        string? selected = candidates.FirstOrDefault(candidate => candidate is { Rank: not null, Kind: null })?.ProfileId;
        return new ResolvedOrder(canonical, source, [.. order.Select(profile => profile.Id)], selected, candidates) { Strategy = strategy };

        Seen Look(string id)
        {
            if (seen.TryGetValue(id, out Seen? known)) return known;
            store.TryGet(id, out StoredProfile? profile);
            UsageStats stats = store.Stats(id);
            // What a person took out of use stays out, where nothing else is waited for too.
            bool waits = (stats.IsDisabledByUser || !NeverWaits(profile?.Credential.Provider ?? canonical)) && stats.IsWaiting(now, model);
            return seen[id] = new Seen(id, profile?.Credential.Type, stats, Eligibility.Check(store, config, canonical, id, now), waits);
        }

        List<Seen> Eligible(IEnumerable<string> list) => [.. list.Distinct(StringComparer.Ordinal).Select(Look).Where(profile => profile.Code == ReasonCodes.Ok)];

        List<Seen> Arrange(List<Seen> list)
        {
            var places = new List<Place>(list.Count);
            for (int i = 0; i < list.Count; i++)
            {
                Seen profile = list[i];
                places.Add(profile.Waits ? new Place(4, profile.Stats.WaitEnd(model) ?? now, i)
                    : profile.Id == kept ? new Place(-1, 0, i)
                    : isGiven ? new Place(0, 0, i) : new Place(TypeScore(profile.Type), profile.Stats.LastUsed ?? 0, i));
            }
            places.Sort(Place.Compare);
            return [.. places.Select(place => list[place.Index])];
        }

        OrderCandidate Candidate(Seen profile, string code, int? rank)
        {
            (string id, UsageStats stats, bool waits) = (profile.Id, profile.Stats, profile.Waits);
            NamedWait? wait = waits ? NamedWait.Of(stats, now, model) : null;
            long? until = waits ? stats.WaitEnd(model) : null;
            return new OrderCandidate(id, code, wait?.Kind, until, rank)
            {
                IsListed = rank is not null || listed.Contains(id),
                Explanation = Explain(code, stats, wait, until - now ?? 0),
                Rule = rank is null ? null
                    : id == preferred ? PlacementRule.Pin
                    : waits ? PlacementRule.Waiting
                    : isGiven ? PlacementRule.Given
                    : id == kept ? PlacementRule.FillFirst : PlacementRule.RoundRobin,
                WaitReason = wait?.Reason,
                WaitModel = wait?.Model,
            };
        }
    }

    /// <summary>What is known of a profile, looked up once.</summary>
    private sealed record Seen(string Id, CredentialType? Type, UsageStats Stats, string Code, bool Waits);

    /// <summary>Whether a provider balances its accounts itself, so that its profiles never wait.</summary>
    public static bool NeverWaits(string provider) => ProviderId.Canonical(provider) is "openrouter" or "kilocode";

    /// <summary>
    /// Where a profile stands: by group, within it by a time, and else where it stood before. A class: sorting structures of one's
    /// own has the sort compiled at every start of the command line.
    /// </summary>
    private sealed record Place(int Group, long Time, int Index)
    {
        public static int Compare(Place left, Place right)
        {
            if (left.Group != right.Group) return left.Group - right.Group;
            if (left.Time != right.Time) return left.Time.CompareTo(right.Time);
            return left.Index - right.Index;
        }
    }

    /// <summary>The account to stay with: the one that last worked, else the one that was used last, unless it waits.</summary>
    private static string? LastUsed(AuthStore store, string provider, List<Seen> usable)
    {
        if (ProviderId.TryFind(store.LastGood, provider, out KeyValuePair<string, string> good) && usable.Exists(profile => profile.Id == good.Value && !profile.Waits)) return good.Value;
        Seen? latest = usable.Where(profile => !profile.Waits).MaxBy(profile => profile.Stats.LastUsed ?? 0);
        return latest?.Stats.LastUsed > 0 ? latest.Id : null;
    }

    private static string Explain(string code, UsageStats stats, NamedWait? wait, long left)
    {
        if (code != ReasonCodes.Ok || wait is not var (kind, reason, _)) return ReasonCodes.Describe(code);
        return stats.IsDisabledByUser ? "disabled by the user" : $"{kind}{(reason is null ? string.Empty : $" ({reason})")}, back in {DurationText.Remaining(left)}";
    }

    private static (IReadOnlyList<string> Ids, OrderSource Source) Base(AuthStore store, AuthConfig config, string provider, List<string> stored)
    {
        // A stored order replaces the configured one; an empty list means that no profile may be used.
        if (ProviderId.TryFind(store.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> own)) return (own.Value, OrderSource.Stored);
        if (ProviderId.TryFind(config.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> configured)) return (configured.Value, OrderSource.Config);
        List<string> listed = [.. config.Profiles.Where(profile => ProviderId.Same(profile.Provider, provider)).Select(profile => profile.Id)];
        return listed.Count > 0 ? (listed, OrderSource.ConfigProfiles) : (stored, OrderSource.Derived);
    }

    private static int TypeScore(CredentialType? type) => type switch { CredentialType.OAuth => 0, CredentialType.Token => 1, null => 3, _ => 2 };
}
