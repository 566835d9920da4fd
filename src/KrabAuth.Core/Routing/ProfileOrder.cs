using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>Which rule put the profiles in their order.</summary>
public enum OrderSource
{
    /// <summary>An order stored with the agent (<c>models auth order set</c>).</summary>
    Stored,

    /// <summary><c>auth.order</c> of the configuration.</summary>
    Config,

    /// <summary>The profiles that <c>auth.profiles</c> of the configuration lists, sorted by kind and last use.</summary>
    ConfigProfiles,

    /// <summary>All stored profiles of the provider, sorted by kind and last use.</summary>
    Derived,
}

/// <summary>One profile as a candidate for a provider.</summary>
/// <param name="ProfileId">The profile.</param>
/// <param name="ReasonCode">See <see cref="ReasonCodes"/>.</param>
/// <param name="Kind"><c>cooldown</c>, <c>disabled</c> or <c>blocked</c> while it waits, else <see langword="null"/>.</param>
/// <param name="UnusableUntil">The end of the wait in Unix milliseconds, while it waits.</param>
/// <param name="Rank">Its place in the order, from one; <see langword="null"/> if it is not in it.</param>
public sealed record OrderCandidate(string ProfileId, string ReasonCode, string? Kind, long? UnusableUntil, int? Rank)
{
    /// <summary>Whether it can serve the provider, now or after its wait.</summary>
    public bool Eligible => ReasonCode == ReasonCodes.Ok;

    /// <summary>The end of the wait as a moment.</summary>
    public DateTimeOffset? UnusableUntilTime => UnusableUntil is { } until ? ProfileHealth.FromMilliseconds(until) : null;

    /// <summary>Why it is or is not used, in words.</summary>
    public string Explanation { get; init; } = string.Empty;

    /// <summary>Whether the rule that made the order names it, usable or not.</summary>
    public bool IsListed { get; init; }
}

/// <summary>The order of a provider's profiles, with every profile that is not in it and why.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Source">The rule that made the order.</param>
/// <param name="Order">The profile ids to try, in order; those that wait are at the end.</param>
/// <param name="Selected">The first that can be used now, or <see langword="null"/>.</param>
/// <param name="Candidates">All that were considered, those in the order first.</param>
public sealed record ResolvedOrder(
    string Provider, OrderSource Source, IReadOnlyList<string> Order, string? Selected, IReadOnlyList<OrderCandidate> Candidates);

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
        List<string> order = Arrange(usable);
        if (preferred is not null && order.Remove(preferred)) order.Insert(0, preferred);
        List<OrderCandidate> candidates =
        [
            .. order.Select((id, index) => Candidate(id, ReasonCodes.Ok, index + 1)),
            .. ids.Concat(stored).Distinct(StringComparer.Ordinal).Except(order, StringComparer.Ordinal)
                .Select(id => Candidate(id, Code(id) == ReasonCodes.Ok ? ReasonCodes.ExcludedByOrder : Code(id), null)),
        ];
        string? selected = candidates.FirstOrDefault(candidate => candidate is { Rank: not null, Kind: null })?.ProfileId;
        return new ResolvedOrder(canonical, source, order, selected, candidates);

        List<string> Eligible(IEnumerable<string> list) => [.. list.Where(id => Code(id) == ReasonCodes.Ok).Distinct(StringComparer.Ordinal)];

        List<string> Arrange(List<string> list)
        {
            bool isGiven = source is OrderSource.Stored or OrderSource.Config;
            List<Place> places = [.. list.Select((id, index) => IsWaiting(id)
                ? new Place(id, 4, store.Stats(id).UnusableUntil ?? now, index)
                : isGiven ? new Place(id, 0, 0, index) : new Place(id, TypeScore(store, id), store.Stats(id).LastUsed ?? 0, index))];
            places.Sort(Place.Compare);
            return [.. places.Select(place => place.Id)];
        }

        bool IsWaiting(string id) => !NeverWaits(ProviderOf(store, id) ?? canonical) && store.Stats(id).IsWaiting(now, model);

        OrderCandidate Candidate(string id, string code, int? rank)
        {
            bool waits = IsWaiting(id);
            return new OrderCandidate(id, code, waits ? WaitKind(store.Stats(id), now) : null, waits ? store.Stats(id).WaitEnd(model) : null, rank)
            {
                IsListed = rank is not null || listed.Contains(id),
                Explanation = Explain(code, waits ? store.Stats(id) : null, now),
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
