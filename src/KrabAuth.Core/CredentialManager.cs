using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>A secret that is ready to be sent, and whose it is.</summary>
/// <param name="ProfileId">The profile it comes from.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Type">What kind of credential it is.</param>
/// <param name="Secret">The secret.</param>
/// <param name="Expires">Its end; <see cref="DateTimeOffset.MaxValue"/> for never.</param>
public sealed record UsableCredential(string ProfileId, string Provider, CredentialType Type, Secret Secret, DateTimeOffset Expires)
{
    internal string? AccountId { get; init; }

    internal string? ProjectId { get; init; }
}

/// <summary>Gives out the credentials of one agent. What comes from here is a secret; nothing else in Core hands one out.</summary>
public sealed class CredentialManager
{
    private readonly AuthAgent _agent;

    internal CredentialManager(AuthAgent agent) => _agent = agent;

    /// <summary>The credential of the first usable profile of a provider, in order. The choice is never widened to another provider or to the environment.</summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, <c>CredentialUnusable</c>.</exception>
    public UsableCredential ForProvider(string provider, string? model = null)
    {
        ResolvedOrder order = _agent.Orders.Resolve(provider, model);
        if (order.Selected is not { } id) throw NothingUsable(order);
        _agent.Workspace.Log.Verbose($"{id} is first in the order for {order.Provider} ({order.Source}).");
        return ForProfile(id);
    }

    /// <summary>The credential of one profile, whatever the order says and even while it waits.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, <c>CredentialUnusable</c>, <c>SecretReferenceUnresolved</c>.</exception>
    public UsableCredential ForProfile(string id)
    {
        AuthStore store = _agent.Read();
        if (!store.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        Credential credential = profile.Credential;
        long now = _agent.Workspace.NowMilliseconds;
        string code = Eligibility.Check(store, _agent.Workspace.Config, credential.Provider, id, now);
        if (code == ReasonCodes.Ok && credential is OAuthCredential oauth && (oauth.Access is null or { IsBlank: true } || oauth.Expires <= now))
        {
            code = ReasonCodes.Expired;
        }
        if (code != ReasonCodes.Ok) throw AuthErrors.CredentialUnusable(id, credential.Provider, code, ReasonCodes.Describe(code), Remedies.SignIn(credential, id));
        return new UsableCredential(id, credential.Provider, credential.Type, Reveal(id, credential), ProfileHealth.Of(credential, now).Expires)
        {
            AccountId = (credential as OAuthCredential)?.AccountId,
            ProjectId = (credential as OAuthCredential)?.ProjectId,
        };
    }

    /// <summary>The HTTP headers that the provider expects with a credential (RFC 6750 §2.1 unless the provider has its own). They hold the secret.</summary>
    public IReadOnlyDictionary<string, string> Headers(UsableCredential credential)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string template) in _agent.Workspace.Catalog.HeaderTemplate(credential.Provider, credential.Type))
        {
            if (template.Contains("{accountId}", StringComparison.Ordinal) && credential.AccountId is null) continue;
            headers[name] = template.Replace("{accountId}", credential.AccountId, StringComparison.Ordinal)
                .Replace("{secret}", credential.Secret.Reveal(), StringComparison.Ordinal);
        }
        return headers;
    }

    private Secret Reveal(string id, Credential credential)
    {
        if (credential.Reference is not { } reference) return Secret.Of(SecretText.Normalize(credential.Secret!.Reveal()));
        if (_agent.Workspace.Config.Profile(id)?.Mode == "oauth") throw AuthErrors.OAuthReferenceRefused(id);
        if (reference.Source != SecretReferenceSource.Env)
        {
            throw AuthErrors.ReferenceUnresolved(id, reference.ToString(), "only references to environment variables can be resolved");
        }
        string value = SecretText.Normalize(_agent.Workspace.Options.Host.GetVariable(reference.Id));
        return value.Length > 0 ? Secret.Of(value) : throw AuthErrors.ReferenceUnresolved(id, reference.ToString(), $"the environment variable {reference.Id} is not set");
    }

    /// <summary>The error that tells why no profile of an order can be used now, and which comes back first.</summary>
    internal KrabAuthException NothingUsable(ResolvedOrder order)
    {
        string provider = order.Provider;
        OrderCandidate? next = order.Candidates.Where(candidate => candidate is { Rank: not null, UnusableUntil: < UsageStats.DisabledForGood })
            .MinBy(candidate => candidate.UnusableUntil);
        string detail = next is not null
            ? $"{next.ProfileId} comes back first, in {DurationText.Remaining(next.UnusableUntil - _agent.Workspace.NowMilliseconds)}"
            : order.Candidates.Count == 0
                ? $"none is stored in {_agent.Paths.StorePath}"
                : string.Join("; ", order.Candidates.Select(candidate => $"{candidate.ProfileId}: {Why(candidate)}"));
        return AuthErrors.NoUsableProfile(provider, detail, order.Candidates.Count == 0 ? Remedies.SignIn(provider) : Remedies.Explain(provider));
    }

    private static string Why(OrderCandidate candidate)
        => candidate.UnusableUntil >= UsageStats.DisabledForGood ? "disabled by the user" : ReasonCodes.Describe(candidate.ReasonCode);
}
