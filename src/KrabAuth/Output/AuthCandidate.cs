using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>One profile as a candidate, and why it is or is not used.</summary>
public sealed class AuthCandidate
{
    internal AuthCandidate(AuthAgent agent, ResolvedOrder order, OrderCandidate candidate)
    {
        ProfileId = candidate.ProfileId;
        Provider = order.Provider;
        Rank = candidate.Rank;
        Selected = candidate.ProfileId == order.Selected;
        Eligible = candidate.Eligible;
        Reason = candidate.ReasonCode;
        Explanation = candidate.Explanation;
        Kind = candidate.Kind;
        UnusableUntil = candidate.UnusableUntilTime;
        Source = order.Source;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
    }

    /// <summary>The profile.</summary>
    public string ProfileId { get; }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>Its place in the order, from one; null if it is not in it.</summary>
    public int? Rank { get; }

    /// <summary>Whether it is used now.</summary>
    public bool Selected { get; }

    /// <summary>Whether it can serve the provider, now or after its wait.</summary>
    public bool Eligible { get; }

    /// <summary>A stable code: <c>ok</c>, <c>expired</c>, <c>excluded_by_auth_order</c> …</summary>
    public string Reason { get; }

    /// <summary>The reason in words.</summary>
    public string Explanation { get; }

    /// <summary>The kind of wait: <c>cooldown</c>, <c>disabled</c>, <c>blocked</c>; null if it does not wait.</summary>
    public string? Kind { get; }

    /// <summary>The end of the wait.</summary>
    public DateTimeOffset? UnusableUntil { get; }

    /// <summary>The rule that made the order.</summary>
    public OrderSource Source { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The id.</summary>
    public override string ToString() => ProfileId;
}
