using KrabAuth.Profiles;

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

/// <summary>How profiles are sorted where nobody gave an order: <c>auth.strategy</c> of the configuration.</summary>
public enum OrderStrategy
{
    /// <summary>By kind, then the one that was not used for the longest time first. What the programs that share the store do.</summary>
    RoundRobin,

    /// <summary>The account that was used last first, until it has to wait: what the provider cached for it stays warm.</summary>
    FillFirst,
}

/// <summary>What put a profile at its place.</summary>
public enum PlacementRule
{
    /// <summary>The list that a person gave, stored or configured.</summary>
    Given,

    /// <summary>Its kind and its last use.</summary>
    RoundRobin,

    /// <summary>It was used last, and the strategy stays with it.</summary>
    FillFirst,

    /// <summary>It waits: those that wait are last, the first to come back first.</summary>
    Waiting,

    /// <summary>The session is pinned to it, or the caller prefers it.</summary>
    Pin,
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

    /// <summary>What put it at its place; <see langword="null"/> if it is not in the order.</summary>
    public PlacementRule? Rule { get; init; }

    /// <summary>Why it waits, such as <c>rate_limit</c> or <c>billing</c>; <see langword="null"/> if it does not, or nobody said.</summary>
    public string? WaitReason { get; init; }

    /// <summary>The only model that waits, if it is one alone.</summary>
    public string? WaitModel { get; init; }

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
    string Provider, OrderSource Source, IReadOnlyList<string> Order, string? Selected, IReadOnlyList<OrderCandidate> Candidates)
{
    /// <summary>How profiles are sorted where nobody gave an order.</summary>
    public OrderStrategy Strategy { get; init; }

    /// <summary>The same order without some of its profiles, which stay candidates with the reason why they are out of it.</summary>
    /// <param name="reasonCode">The code of the reason.</param>
    /// <param name="problem">What it is about, for a profile that is left out; <see langword="null"/> for one that stays.</param>
    internal ResolvedOrder Without(string reasonCode, Func<string, string?> problem)
    {
        var ranked = new List<OrderCandidate>();
        var others = new List<OrderCandidate>();
        foreach (OrderCandidate candidate in Candidates)
        {
            if (candidate.Rank is null) others.Add(candidate);
            else if (problem(candidate.ProfileId) is { } why) others.Add(new OrderCandidate(candidate.ProfileId, reasonCode, null, null, null) { IsListed = candidate.IsListed, Explanation = $"{ReasonCodes.Describe(reasonCode)}: {why}" });
            else ranked.Add(candidate with { Rank = ranked.Count + 1 });
        }
        return this with
        {
            Order = [.. ranked.Select(candidate => candidate.ProfileId)],
            Selected = ranked.Find(candidate => candidate.Kind is null)?.ProfileId,
            Candidates = [.. ranked, .. others],
        };
    }

    /// <summary>Those that can be used now, in order.</summary>
    internal IEnumerable<string> Available => Candidates.Where(candidate => candidate is { Rank: not null, Kind: null }).Select(candidate => candidate.ProfileId);
}
