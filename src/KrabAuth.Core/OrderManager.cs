using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>The orders of one agent.</summary>
public sealed class OrderManager
{
    private const int MostNamed = 5;

    private readonly AuthAgent _agent;

    internal OrderManager(AuthAgent agent) => _agent = agent;

    /// <summary>The order stored for a provider, or <see langword="null"/>: the override alone, not what follows from it.</summary>
    public IReadOnlyList<string>? GetStored(string provider)
        => ProviderId.TryFind(_agent.Read().Order, provider, out KeyValuePair<string, IReadOnlyList<string>> entry) ? entry.Value : null;

    /// <summary>The order in which the provider's profiles are tried now, and why.</summary>
    /// <param name="provider">The provider, under any of its names.</param>
    /// <param name="model">The model it is for: a wait for another model alone does not count.</param>
    public ResolvedOrder Resolve(string provider, string? model = null) => Plan(new CredentialRequest(provider) { Model = model }).Order;

    /// <summary>Everything that could serve a request, in the order in which it is tried. Starts no program and keeps nothing.</summary>
    public CredentialPlan Plan(CredentialRequest request) => Plan(_agent.Read(), request);

    private CredentialPlan Plan(AuthStore store, CredentialRequest request)
    {
        CredentialPlan plan = _agent.Planner.Plan(store, request);
        WarnOfStale(store, plan.Order);
        return plan;
    }

    /// <summary>The profile that is used for a provider now.</summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, with what comes back first and when.</exception>
    public string Select(string provider, string? model = null) => Select(new CredentialRequest(provider) { Model = model });

    /// <summary>The profile that is used for a request now.</summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, with what comes back first and when.</exception>
    public string Select(CredentialRequest request)
    {
        AuthStore store = _agent.Read();
        CredentialPlan plan = Plan(store, request);
        if (plan.SelectedProfile is not { } id) throw NothingUsable(store, plan);
        _agent.Workspace.Log.Verbose($"{id} is first in the order for {plan.Order.Provider} ({plan.Order.Source}).");
        return id;
    }

    /// <summary>The error for a plan that was shown: the next step is what mends it, and not to look at it once more.</summary>
    internal KrabAuthException NothingUsable(CredentialPlan plan)
    {
        AuthStore store = _agent.Read();
        return NothingUsable(store, plan, _agent.Workspace.Remedies.Mend(_agent, store, plan));
    }

    /// <summary>The error that tells why no profile can be used now, which comes back first, and which key could be allowed.</summary>
    internal KrabAuthException NothingUsable(AuthStore store, CredentialPlan plan, Remedy? otherwise = null)
    {
        ResolvedOrder order = plan.Order;
        long now = _agent.Workspace.NowMilliseconds;
        FailureReason? reason = Unavailability.Reason(CredentialPlanner.Waiting(order).Select(store.Stats), now);
        string detail = plan.IsPinned && order.Candidates.FirstOrDefault(candidate => candidate.ProfileId == plan.Pin!.ProfileId) is { } pinned
            ? $"session \"{plan.Pin!.Session}\" is pinned to {pinned.ProfileId}: {pinned.Explanation}"
            : CredentialPlanner.FirstBack(store, order, plan.Model) is { } next
            ? $"{next.ProfileId} comes back first, in {DurationText.Remaining(next.Until - now)}{WaitReason(order, next.ProfileId)}"
            : order.Candidates.Count == 0
            ? $"none is stored in {_agent.Paths.StorePath}"
            : Some(order.Candidates, candidate => $"{candidate.ProfileId}: {candidate.Explanation}");
        return NothingUsable(plan, detail, isBilling: reason == FailureReason.Billing, otherwise: otherwise);
    }

    /// <summary>The first few of a list, and how many more there are: a message is read by people.</summary>
    internal static string Some<T>(IReadOnlyList<T> items, Func<T, string> text)
        => string.Join("; ", items.Take(MostNamed).Select(text)) + (items.Count > MostNamed ? $"; and {items.Count - MostNamed} more" : string.Empty);

    private static string WaitReason(ResolvedOrder order, string id)
        => order.Candidates.FirstOrDefault(candidate => candidate.ProfileId == id)?.WaitReason is { } reason ? $" ({reason})" : string.Empty;

    /// <summary>The same with another account of what went wrong.</summary>
    internal KrabAuthException NothingUsable(CredentialPlan plan, string detail, Exception? inner = null, bool isBilling = false, Remedy? otherwise = null)
    {
        string provider = plan.Order.Provider;
        KeyCandidate? key = plan.Keys.FirstOrDefault(key => key.ReasonCode is KeyReasonCodes.NotAllowed or KeyReasonCodes.Ok);
        if (key is not null) detail += $"; {(key.Source.Kind == CredentialSourceKind.Shell ? "a key may stand" : "a key stands")} in {key.Source}{(key.ReasonCode == KeyReasonCodes.Ok ? string.Empty : ", which is not used in place of a profile unless it is allowed")}";
        Remedy remedy = key is { ReasonCode: KeyReasonCodes.NotAllowed } ? Remedies.AllowEnvironment(provider)
            : plan.IsPinned ? Remedies.ClearSession(plan.Pin!.Session)
            : plan.Order.Candidates.Count == 0 ? _agent.Workspace.Remedies.SignIn(provider)
            : isBilling ? Remedies.EndWaitsOfBilling(provider)
            : otherwise ?? Remedies.Explain(provider);
        return AuthErrors.NoUsableProfile(provider, detail, remedy, inner);
    }

    internal void WarnOfStale(AuthStore store, ResolvedOrder order)
    {
        if (ProviderId.TryFind(store.LostOrder, order.Provider, out KeyValuePair<string, IReadOnlyList<string>> lost))
        {
            _agent.Workspace.Log.Warning($"The order that is stored for {lost.Key} counts for nothing: {Some(lost.Value, id => id)} {(lost.Value.Count == 1 ? "does" : "do")} not exist.");
        }
        // A description of a profile is no order: it may be another agent's, and the doctor tells of one that nobody has.
        if (order.Source == OrderSource.ConfigProfiles) return;
        foreach (OrderCandidate stale in order.Candidates.Where(candidate => candidate.ReasonCode == ReasonCodes.ProfileMissing))
        {
            _agent.Workspace.Log.Warning($"The order for {order.Provider} names {stale.ProfileId}, which does not exist.");
        }
    }

    /// <summary>The providers that have profiles or an order, by name.</summary>
    public IReadOnlyList<string> Providers()
    {
        AuthStore store = _agent.Read();
        return [.. store.Profiles.Select(profile => profile.Credential.Provider).Concat(store.Order.Keys).Concat(_agent.Workspace.Config.Order.Keys)
            .Select(ProviderId.Canonical).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Stores an order. Running sessions follow it, unless a person pinned them. Blank and repeated ids are left out; each must exist and be of the provider.</summary>
    /// <returns>The order as stored.</returns>
    /// <exception cref="KrabAuthException"><c>OrderEmpty</c>, <c>ProfileNotFound</c>, <c>ProviderMismatch</c>.</exception>
    public async Task<IReadOnlyList<string>> SetAsync(string provider, IEnumerable<string> profileIds, CancellationToken cancellationToken = default)
    {
        List<string> ids = [.. profileIds.Select(id => id.Trim()).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal)];
        if (ids.Count == 0) throw AuthErrors.OrderEmpty(provider);
        await _agent.UpdateAsync(
            (own, editor) =>
            {
                // An agent may put profiles in order that it inherits.
                AuthStore seen = _agent.IsSecondary ? _agent.Read() : own;
                string? spelling = null;
                foreach (string id in ids)
                {
                    if (!seen.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
                    if (!ProviderId.Same(profile.Credential.Provider, provider)) throw AuthErrors.ProviderMismatch(id, profile.Credential.Provider, ProviderId.Normalize(provider));
                    spelling ??= profile.Credential.Provider;
                }
                editor.SetOrder(ProviderId.OrderKey(spelling!, _agent.IsTwoFiles), ids);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await ForgetAutomaticPinsAsync(provider).ConfigureAwait(false);
        return ids;
    }

    /// <summary>Removes the stored order. Running sessions follow the order that holds then.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> ClearAsync(string provider, CancellationToken cancellationToken = default)
    {
        bool removed = await _agent.UpdateAsync((_, editor) => editor.ClearOrder(provider), cancellationToken).ConfigureAwait(false);
        await ForgetAutomaticPinsAsync(provider).ConfigureAwait(false);
        return removed;
    }

    /// <summary>A new order is for the running sessions too: the agent's own, and those of agents that inherit the order.</summary>
    private async Task ForgetAutomaticPinsAsync(string provider)
    {
        await _agent.Sessions.ForgetAutomaticAsync(provider).ConfigureAwait(false);
        await _agent.ForHeirsAsync("Automatic pins were not lifted in the sessions", async heir =>
        {
            if (!ProviderId.TryFind(heir.Peek().Order, provider, out _)) await heir.Sessions.ForgetAutomaticAsync(provider).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
