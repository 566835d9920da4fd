using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
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
}

/// <summary>Gives out the credentials of one agent. What comes from here is a secret; nothing else in Core hands one out.</summary>
public sealed class CredentialManager
{
    private readonly AuthAgent _agent;

    internal CredentialManager(AuthAgent agent) => _agent = agent;

    /// <summary>
    /// The credential of the first usable profile of a provider, in order, renewed if it must be. The choice is never widened to
    /// another provider or to the environment.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, and what <see cref="ForProfileAsync"/> throws.</exception>
    public Task<UsableCredential> ForProviderAsync(string provider, string? model = null, CancellationToken cancellationToken = default)
        => ForProfileAsync(_agent.Orders.Select(provider, model), cancellationToken);

    /// <summary>The credential of one profile, whatever the order says and even while it waits; an OAuth sign-in is renewed if it must be.</summary>
    /// <exception cref="KrabAuthException">
    /// <c>ProfileNotFound</c>, <c>CredentialUnusable</c>, <c>SecretReferenceUnresolved</c>, <c>SecretReferenceRefused</c>,
    /// <c>VaultNeedsPowerShell</c>, <c>SignInNeeded</c>, <c>RefreshFailed</c>.
    /// </exception>
    public async Task<UsableCredential> ForProfileAsync(string id, CancellationToken cancellationToken = default)
    {
        AuthStore store = _agent.Read();
        if (!store.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        Credential credential = profile.Credential;
        if (credential is OAuthCredential { ReferenceMember: { } member }) throw AuthErrors.OAuthReferenceRefused(id, $"{member} is a reference, and the tokens of a sign-in are replaced at each refresh");
        long now = _agent.Workspace.NowMilliseconds;
        string code = Eligibility.Check(store, _agent.Workspace.Config, credential.Provider, id, now);
        // That signing in is needed is an error of its own, which the refresh raises.
        if (code is not (ReasonCodes.Ok or ReasonCodes.SignInNeeded)) throw AuthErrors.CredentialUnusable(id, credential.Provider, code, ReasonCodes.Describe(code), Remedies.SignIn(credential, id));
        if (credential is OAuthCredential) credential = await _agent.Tokens.GetAsync(id, force: false, cancellationToken).ConfigureAwait(false);
        return new UsableCredential(id, credential.Provider, credential.Type, await RevealAsync(id, credential, cancellationToken).ConfigureAwait(false), ProfileHealth.Of(credential, UsageStats.None, now).Expires)
        {
            AccountId = (credential as OAuthCredential)?.AccountId,
        };
    }

    /// <summary>Asks the provider for a new token now, even if the old one could still be used.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, <c>NotRefreshable</c>, <c>SignInNeeded</c>, <c>RefreshFailed</c>.</exception>
    public async Task<AuthProfile> RenewAsync(string id, CancellationToken cancellationToken = default)
    {
        await _agent.Tokens.GetAsync(id, force: true, cancellationToken).ConfigureAwait(false);
        return _agent.Profiles.Get(id);
    }

    /// <summary>The HTTP headers that the provider expects with a credential (RFC 6750 §2.1 unless the provider has its own). They hold the secret.</summary>
    public IReadOnlyDictionary<string, string> Headers(UsableCredential credential)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string template) in ProviderCatalog.HeaderTemplate(_agent.Workspace.Registry.Find(credential.Provider), credential.Type))
        {
            if (template.Contains("{accountId}", StringComparison.Ordinal) && credential.AccountId is null) continue;
            headers[name] = template.Replace("{accountId}", credential.AccountId, StringComparison.Ordinal)
                .Replace("{secret}", credential.Secret.Reveal(), StringComparison.Ordinal);
        }
        return headers;
    }

    private async Task<Secret> RevealAsync(string id, Credential credential, CancellationToken cancellationToken) => credential.Reference is { } reference
        ? await _agent.Workspace.References.RequireAsync(id, reference, cancellationToken).ConfigureAwait(false)
        : Secret.Of(SecretText.Normalize(credential.Secret!.Reveal()));
}
