using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>
/// The whole precedence of a provider, in one place: a key that the configuration puts first, the session's pin, the order, and
/// then, where the provider has no profile or it was allowed, the variables and the key of the configuration.
/// </summary>
internal sealed class CredentialPlanner(AuthAgent agent)
{
    /// <summary>What a request comes to now. Starts no program and keeps nothing. A profile whose secret is known not to be there is passed over, as it will be when it is tried.</summary>
    /// <param name="store">The store.</param>
    /// <param name="request">What is asked for.</param>
    public CredentialPlan Plan(AuthStore store, CredentialRequest request)
    {
        ResolvedOrder order = Resolve(store, request, preferred: null);
        SessionPin? pin = request.Session is { } turn ? agent.Sessions.Preview(store, order, turn) : null;
        if (pin is not null) order = Resolve(store, request, pin.ProfileId);
        return Complete(store, request, WithoutUnresolved(store, order), pin);
    }

    /// <summary>What a request comes to with the pin that holds for its session: what is tried, in turn. References are followed when it is.</summary>
    public CredentialPlan Plan(AuthStore store, CredentialRequest request, ResolvedOrder order, SessionPin? pin)
        => Complete(store, request, pin is null ? order : Resolve(store, request, pin.ProfileId), pin);

    private CredentialPlan Complete(AuthStore store, CredentialRequest request, ResolvedOrder order, SessionPin? pin)
    {
        var plan = new CredentialPlan(order, Keys(store, request), pin) { Model = request.Model };
        return plan with { IfItFails = WhatFollows(store, request, plan) };
    }

    /// <summary>The order without the profiles whose secret is kept elsewhere and is not there.</summary>
    private ResolvedOrder WithoutUnresolved(AuthStore store, ResolvedOrder order)
    {
        var kept = new Dictionary<string, SecretReference>(StringComparer.Ordinal);
        foreach (OrderCandidate candidate in order.Candidates)
        {
            if (candidate.Rank is not null && store.TryGet(candidate.ProfileId, out StoredProfile? profile) && profile.Credential.Reference is { } reference) kept[profile.Id] = reference;
        }
        if (kept.Count == 0) return order;
        IReadOnlyDictionary<SecretReference, string> problems = agent.Workspace.References.KnownProblems(kept.Values);
        return problems.Count == 0 ? order : order.Without(ReasonCodes.UnresolvedReference, id => kept.TryGetValue(id, out SecretReference? reference) && problems.TryGetValue(reference, out string? problem) ? problem : null);
    }

    /// <summary>The order of the profiles alone.</summary>
    public ResolvedOrder Resolve(AuthStore store, CredentialRequest request, string? preferred)
        => ProfileOrder.Resolve(store, agent.Workspace.Config, request.Provider, agent.Workspace.NowMilliseconds, preferred, request.Model);

    /// <summary>A key of the configuration, told by the member that has it.</summary>
    public static KeyCandidate? ConfigKey(AuthConfig config, string provider)
    {
        ConfiguredProvider? configured = config.Providers.FirstOrDefault(entry => entry.HasApiKey && ProviderId.Same(entry.Id, provider));
        if (configured is null || SecretMarker.IsMarker(configured.ApiKey?.Reveal())) return null;
        var source = new CredentialSource(CredentialSourceKind.ConfigKey, $"models.providers.{configured.Id}.apiKey");
        return new KeyCandidate(source, KeyReasonCodes.Ok, configured.Auth == "api-key") { Key = configured.ApiKey, Reference = configured.ApiKeyReference };
    }

    private List<KeyCandidate> Keys(AuthStore store, CredentialRequest request)
    {
        AuthConfig config = agent.Workspace.Config;
        var keys = new List<KeyCandidate>();
        KeyCandidate? configured = ConfigKey(config, request.Provider);
        if (configured is { IsFirst: true }) keys.Add(configured);
        FoundKey? found = agent.Workspace.Environment.FindKey(request.Provider);
        if (found is not null) keys.Add(new KeyCandidate(found.Source, KeyReasonCodes.Ok, config.Selection.EnvironmentFirst) { Key = found.Value });
        else if (agent.Workspace.Environment.ShellEnabled) keys.Add(new KeyCandidate(new(CredentialSourceKind.Shell, "login shell"), KeyReasonCodes.NotAsked, config.Selection.EnvironmentFirst));
        if (configured is { IsFirst: false }) keys.Add(configured);
        bool isAllowed = IsAllowed(store, request);
        bool isTaken = false;
        for (int i = 0; i < keys.Count; i++)
        {
            bool isKnown = keys[i].ReasonCode == KeyReasonCodes.Ok;
            string code = !keys[i].IsFirst && !isAllowed ? KeyReasonCodes.NotAllowed : !isKnown ? keys[i].ReasonCode : isTaken ? KeyReasonCodes.Outranked : KeyReasonCodes.Ok;
            if (code == KeyReasonCodes.Ok) isTaken = true;
            keys[i] = keys[i] with { ReasonCode = code };
        }
        return keys;
    }

    /// <summary>Whether a key may stand in for profiles: there are none, or somebody who pays for it said so.</summary>
    public static bool IsAllowed(AuthStore store, CredentialRequest request) => request.AllowEnvironment || !store.OfProvider(request.Provider).Any();

    private string WhatFollows(AuthStore store, CredentialRequest request, CredentialPlan plan)
    {
        // A key behind the profiles is out of the question for a session that is pinned to one of them.
        string? next = KeyAfter(isFirst: true) ?? plan.Tries.Skip(plan.SelectedProfile is null ? 0 : 1).Select(id => $"{id} is next").FirstOrDefault() ?? (plan.IsPinned ? null : KeyAfter(isFirst: false));
        if (next is not null) return next;
        if (plan.Selected is null) return !plan.IsPinned && agent.Usage.HalfOpen(store, plan.Order.Provider, plan.Model, []) is { } early ? $"nothing can be used now; {early} would be tried once before its time" : "nothing can be used now";
        if (plan.IsPinned) return "nothing stands in for the profile that the session is pinned to";
        string waiting = FirstBack(store, plan.Order, plan.Model) is { } back ? $"{back.ProfileId} comes back first, in {DurationText.Remaining(back.Until - agent.Workspace.NowMilliseconds)}" : "nothing is left";
        return plan.Keys.FirstOrDefault(key => key.ReasonCode == KeyReasonCodes.NotAllowed) is { } kept ? $"{waiting}; {kept.Source} is used only if allowed" : waiting;

        // The places are asked in turn: those before the selected key have been, those behind it come after it all the same.
        string? KeyAfter(bool isFirst)
        {
            IEnumerable<KeyCandidate> left = plan.SelectedKey is { } selected ? plan.Keys.SkipWhile(key => key != selected).Skip(1) : plan.Keys.Where(key => plan.Selected is null || !key.IsFirst);
            return left.FirstOrDefault(key => key.IsFirst == isFirst && key.MayBeTried) is not { } next ? null
                : next.ReasonCode == KeyReasonCodes.NotAsked ? $"{next.Source} is asked next" : $"{next.Source} is next";
        }
    }

    /// <summary>The profile of an order that comes back first, and when.</summary>
    public static (string ProfileId, long Until)? FirstBack(AuthStore store, ResolvedOrder order, string? model)
        => Unavailability.Soonest(Waiting(order).Select(id => (id, store.Stats(id))), model);

    /// <summary>The profiles of an order that have to wait.</summary>
    public static IEnumerable<string> Waiting(ResolvedOrder order)
        => order.Candidates.Where(candidate => candidate is { Rank: not null, Kind: not null }).Select(candidate => candidate.ProfileId);
}
