using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>
/// How the profiles of a store stand, with what the store itself does not say: that a reference has no value, that the last renewals
/// failed, that the configuration refuses a reference. Asks nobody: a few small files and the environment are looked at.
/// </summary>
internal sealed class StoreHealth
{
    private readonly AuthAgent _agent;
    private readonly AuthStore _store;
    private readonly IReadOnlyDictionary<SecretReference, string> _unresolved;
    private readonly bool _hasFailures;

    /// <param name="agent">Whose.</param>
    /// <param name="store">What the agent sees.</param>
    /// <param name="profiles">The profiles that are looked at.</param>
    public StoreHealth(AuthAgent agent, AuthStore store, IEnumerable<StoredProfile> profiles)
    {
        _agent = agent;
        _store = store;
        _unresolved = agent.Workspace.References.KnownProblems(profiles.Select(profile => profile.Credential.Reference).OfType<SecretReference>());
        _hasFailures = agent.Tokens.HasFailures;
    }

    /// <summary>How a profile stands.</summary>
    public ProfileHealth Of(StoredProfile profile, TimeSpan? warnWithin = null)
    {
        Credential credential = profile.Credential;
        long now = _agent.Workspace.NowMilliseconds;
        var health = ProfileHealth.Of(credential, _store.Stats(profile.Id), now, warnWithin);
        if (ReferencePolicy.Refusal(credential, _agent.Workspace.Config.Profile(profile.Id)?.Mode) is { } refusal)
        {
            return health with { Status = AuthStatus.Missing, ReasonCode = ReasonCodes.RefusedReference, Detail = refusal, Remedy = _agent.Workspace.Remedies.TakeOutReference(credential, profile.Id) };
        }
        if (health.ReasonCode == ReasonCodes.Ok && credential.Reference is { } reference && _unresolved.TryGetValue(reference, out string? problem))
        {
            return health with { Status = AuthStatus.Missing, ReasonCode = ReasonCodes.UnresolvedReference, Detail = problem, Remedy = Remedies.SetReference(profile.Id) };
        }
        if (_hasFailures && health.ReasonCode is ReasonCodes.Ok or ReasonCodes.Expired && credential is OAuthCredential { IsRefreshable: true } oauth && _agent.Tokens.LastFailure(profile.Id, oauth) is { } failed && failed.Matters(oauth, now))
        {
            string error = Redactor.Redact(failed.Error.ToString(), oauth.Access, oauth.Refresh, oauth.IdToken);
            return health with
            {
                ReasonCode = ReasonCodes.RefreshFailing,
                IsRefreshable = !failed.Error.IsLasting,
                Detail = $"no new token since {DurationText.Expiry(ProfileHealth.FromMilliseconds(failed.Since))}: {error}",
                Remedy = _agent.Workspace.Remedies.Renew(oauth, profile.Id, failed.Error),
            };
        }
        return health;
    }
}
