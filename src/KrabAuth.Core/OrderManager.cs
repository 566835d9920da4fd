using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>The orders of one agent.</summary>
public sealed class OrderManager
{
    private readonly AuthAgent _agent;

    internal OrderManager(AuthAgent agent) => _agent = agent;

    /// <summary>The order stored for a provider, or <see langword="null"/>: the override alone, not what follows from it.</summary>
    public IReadOnlyList<string>? GetStored(string provider)
        => ProviderId.TryFind(_agent.Read().Order, provider, out KeyValuePair<string, IReadOnlyList<string>> entry) ? entry.Value : null;

    /// <summary>The order in which the provider's profiles are tried now, and why.</summary>
    /// <param name="provider">The provider, under any of its names.</param>
    /// <param name="model">The model it is for: a wait for another model alone does not count.</param>
    public ResolvedOrder Resolve(string provider, string? model = null)
    {
        AuthStore store = _agent.Read();
        ResolvedOrder order = ProfileOrder.Resolve(store, _agent.Workspace.Config, provider, _agent.Workspace.NowMilliseconds, preferred: null, model);
        foreach (OrderCandidate stale in order.Candidates.Where(candidate => candidate.ReasonCode == ReasonCodes.ProfileMissing))
        {
            _agent.Workspace.Log.Warning($"The order for {order.Provider} names {stale.ProfileId}, which does not exist.");
        }
        return order;
    }

    /// <summary>The profile that is used for a provider now.</summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, with what comes back first and when.</exception>
    public string Select(string provider, string? model = null)
    {
        ResolvedOrder order = Resolve(provider, model);
        if (order.Selected is { } id)
        {
            _agent.Workspace.Log.Verbose($"{id} is first in the order for {order.Provider} ({order.Source}).");
            return id;
        }
        throw NothingUsable(order, model);
    }

    /// <summary>The error that tells why no profile of an order can be used now, and which comes back first.</summary>
    internal KrabAuthException NothingUsable(ResolvedOrder order, string? model = null)
    {
        AuthStore store = _agent.Read();
        long now = _agent.Workspace.NowMilliseconds;
        List<string> waiting = [.. order.Candidates.Where(candidate => candidate is { Rank: not null, Kind: not null }).Select(candidate => candidate.ProfileId)];
        FailureReason? reason = Unavailability.Reason(waiting.Select(store.Stats), now);
        string why = reason is null or FailureReason.Unknown ? string.Empty : $" ({reason.Value.StoredName()})";
        string detail = Unavailability.Soonest(waiting.Select(id => (id, store.Stats(id))), model) is { } next
            ? $"{next.ProfileId} comes back first, in {DurationText.Remaining(next.Until - now)}{why}"
            : order.Candidates.Count == 0
                ? $"none is stored in {_agent.Paths.StorePath}"
                : string.Join("; ", order.Candidates.Select(candidate => $"{candidate.ProfileId}: {candidate.Explanation}"));
        Remedy remedy = order.Candidates.Count == 0 ? _agent.Workspace.Remedies.SignIn(order.Provider)
            : reason == FailureReason.Billing ? Remedies.EndWaits(order.Provider)
            : Remedies.Explain(order.Provider);
        return AuthErrors.NoUsableProfile(order.Provider, detail, remedy);
    }

    /// <summary>The providers that have profiles or an order, by name.</summary>
    public IReadOnlyList<string> Providers()
    {
        AuthStore store = _agent.Read();
        return [.. store.Profiles.Select(profile => profile.Credential.Provider).Concat(store.Order.Keys).Concat(_agent.Workspace.Config.Order.Keys)
            .Select(ProviderId.Canonical).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Stores an order. Blank and repeated ids are left out; each must exist and be of the provider.</summary>
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
        return ids;
    }

    /// <summary>Removes the stored order.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> ClearAsync(string provider, CancellationToken cancellationToken = default)
        => _agent.UpdateAsync((_, editor) => editor.ClearOrder(provider), cancellationToken);
}
