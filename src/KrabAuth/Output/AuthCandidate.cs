using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>A profile, or a key beside the profiles, as a candidate, and why it is or is not used.</summary>
public sealed class AuthCandidate
{
    private AuthCandidate(AuthAgent agent, CredentialPlan plan, CredentialSource from, string reason, string explanation)
    {
        Reason = reason;
        Explanation = explanation;
        From = from;
        Provider = plan.Order.Provider;
        Selected = from == plan.Selected;
        IfItFails = Selected ? plan.IfItFails : null;
        Source = plan.Order.Source;
        Strategy = plan.Order.Strategy;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
    }

    private AuthCandidate(AuthAgent agent, CredentialPlan plan, OrderCandidate candidate)
        : this(agent, plan, new CredentialSource(CredentialSourceKind.Profile, candidate.ProfileId), candidate.ReasonCode, candidate.Explanation)
    {
        ProfileId = candidate.ProfileId;
        Rank = candidate.Rank;
        Rule = candidate.Rule;
        Eligible = candidate.Eligible;
        Kind = candidate.Kind;
        WaitReason = candidate.WaitReason;
        UnusableUntil = candidate.UnusableUntilTime;
    }

    private AuthCandidate(AuthAgent agent, CredentialPlan plan, KeyCandidate key)
        : this(agent, plan, key.Source, key.ReasonCode, KeyReasonCodes.Describe(key.ReasonCode))
        => Eligible = key.ReasonCode != KeyReasonCodes.NotAllowed;

    /// <summary>The profile; null for a key beside the profiles.</summary>
    public string? ProfileId { get; }

    /// <summary>Where the credential stands: a profile, a variable, the configuration.</summary>
    public CredentialSource From { get; }

    /// <summary>The profile, or the place of the key, in one line.</summary>
    public string Candidate => ProfileId ?? From.ToString();

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>Its place in the order, from one; null if it is not in it.</summary>
    public int? Rank { get; }

    /// <summary>What put it at its place: the given order, its kind and last use, a pin, a wait; null if it is not in the order.</summary>
    public PlacementRule? Rule { get; }

    /// <summary>Whether it is used now.</summary>
    public bool Selected { get; }

    /// <summary>Whether it can serve the provider, now or after its wait.</summary>
    public bool Eligible { get; }

    /// <summary>A stable code: <c>ok</c>, <c>expired</c>, <c>excluded_by_auth_order</c> …</summary>
    public string Reason { get; }

    /// <summary>The reason in words.</summary>
    public string Explanation { get; }

    /// <summary>What comes next if this one, which is selected, fails; null for the others.</summary>
    public string? IfItFails { get; }

    /// <summary>The kind of wait: <c>cooldown</c>, <c>disabled</c>, <c>blocked</c>; null if it does not wait.</summary>
    public string? Kind { get; }

    /// <summary>Why it waits: <c>rate_limit</c>, <c>billing</c> and so on; null if it does not wait, or nobody said.</summary>
    public string? WaitReason { get; }

    /// <summary>The end of the wait.</summary>
    public DateTimeOffset? UnusableUntil { get; }

    /// <summary>The rule that made the order.</summary>
    public OrderSource Source { get; }

    /// <summary>How profiles are sorted where nobody gave an order.</summary>
    public OrderStrategy Strategy { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The profile, or the place of the key.</summary>
    public override string ToString() => Candidate;

    /// <summary>The candidates of a plan, in the order in which they are tried; those that are not tried are behind.</summary>
    internal static IEnumerable<AuthCandidate> Of(AuthAgent agent, CredentialPlan plan) => plan.Keys.Where(key => key.IsFirst).Select(key => new AuthCandidate(agent, plan, key))
        .Concat(plan.Order.Candidates.Select(candidate => new AuthCandidate(agent, plan, candidate)))
        .Concat(plan.Keys.Where(key => !key.IsFirst).Select(key => new AuthCandidate(agent, plan, key)));
}
