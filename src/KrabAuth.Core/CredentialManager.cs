using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>A secret that is ready to be sent, and whose it is.</summary>
/// <param name="ProfileId">The profile it comes from; <see langword="null"/> for a key beside the profiles.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Type">What kind of credential it is.</param>
/// <param name="Secret">The secret.</param>
/// <param name="Expires">Its end; <see cref="DateTimeOffset.MaxValue"/> for never.</param>
public sealed record UsableCredential(string? ProfileId, string Provider, CredentialType Type, Secret Secret, DateTimeOffset Expires)
{
    /// <summary>Where it comes from: a profile, a variable, a file.</summary>
    public CredentialSource Source { get; init; } = new(CredentialSourceKind.Profile, ProfileId ?? Provider);

    internal string? AccountId { get; init; }
}

/// <summary>Gives out the credentials of one agent. What comes from here is a secret; nothing else in Core hands one out.</summary>
public sealed class CredentialManager
{
    private readonly AuthAgent _agent;

    internal CredentialManager(AuthAgent agent) => _agent = agent;

    /// <summary>
    /// The credential of the first usable profile of a provider, in order, renewed if it must be; where the provider has no profile,
    /// a key of the environment or the configuration. The choice is never widened to another provider.
    /// </summary>
    /// <exception cref="KrabAuthException">See <see cref="GetAsync"/>.</exception>
    public Task<UsableCredential> ForProviderAsync(string provider, string? model = null, CancellationToken cancellationToken = default)
        => GetAsync(new CredentialRequest(provider) { Model = model }, cancellationToken);

    /// <summary>
    /// The credential that serves a request, by the whole precedence. A profile that turns out to be unusable is told as a warning,
    /// and the next is taken; a key takes the place of profiles only where the request allows it.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>NoUsableProfile</c>, and what <see cref="ForProfileAsync"/> throws where one profile was all there was.</exception>
    public async Task<UsableCredential> GetAsync(CredentialRequest request, CancellationToken cancellationToken = default)
    {
        AuthStore store = _agent.Read();
        ResolvedOrder order = _agent.Planner.Resolve(store, request, preferred: null);
        _agent.Orders.WarnOfStale(store, order);
        SessionPin? pin = request.Session is { } turn ? await _agent.Sessions.TakeAsync(store, order, turn, cancellationToken).ConfigureAwait(false) : null;
        CredentialPlan plan = _agent.Planner.Plan(store, request, order, pin);
        if (await KeyAsync(plan, request, isFirst: true, cancellationToken).ConfigureAwait(false) is { } first) return first;
        var failures = new List<KrabAuthException>();
        foreach (string id in plan.Tries.Where(id => !request.Except.Contains(id)))
        {
            try
            {
                UsableCredential credential = await OfProfileAsync(store, id, cancellationToken).ConfigureAwait(false);
                _agent.Workspace.Log.Verbose($"Using {credential.Source} ({order.Source}).");
                return credential;
            }
            catch (KrabAuthException e) when (e.Kind is AuthErrorKind.Unauthenticated or AuthErrorKind.Unsafe or AuthErrorKind.NotFound)
            {
                failures.Add(e);
                _agent.Workspace.Log.Warning($"{id} cannot be used: {e.Message}");
            }
        }
        bool mayUseKey = !plan.IsPinned && CredentialPlanner.IsAllowed(store, request);
        if (mayUseKey && await KeyAsync(plan, request, isFirst: false, cancellationToken).ConfigureAwait(false) is { } key) return key;
        if (failures.Count == 0 && !plan.IsPinned && await TakeHalfOpenAsync(request, cancellationToken).ConfigureAwait(false) is { } tried) return tried;
        if (failures.Count == 0) throw _agent.Orders.NothingUsable(store, plan, tried: request.Except);
        if (failures.Count == 1 && plan.Keys.Count == 0) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures[0]);
        throw _agent.Orders.NothingUsable(plan, OrderManager.Some(failures, failure => failure.Message.TrimEnd('.')), failures[0]);
    }

    /// <summary>The credential of one profile, whatever the order says and even while it waits; an OAuth sign-in is renewed if it must be.</summary>
    /// <exception cref="KrabAuthException">
    /// <c>ProfileNotFound</c>, <c>CredentialUnusable</c>, <c>SecretReferenceUnresolved</c>, <c>SecretReferenceRefused</c>,
    /// <c>VaultNeedsPowerShell</c>, <c>SignInNeeded</c>, <c>RefreshFailed</c>.
    /// </exception>
    public Task<UsableCredential> ForProfileAsync(string id, CancellationToken cancellationToken = default) => OfProfileAsync(_agent.Read(), id, cancellationToken);

    private async Task<UsableCredential> OfProfileAsync(AuthStore store, string id, CancellationToken cancellationToken)
    {
        if (!store.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        Credential credential = profile.Credential;
        if (ReferencePolicy.Refusal(credential, _agent.Workspace.Config.Profile(id)?.Mode) is { } refusal) throw AuthErrors.OAuthReferenceRefused(id, refusal);
        long now = _agent.Workspace.NowMilliseconds;
        string code = Eligibility.Check(store, _agent.Workspace.Config, credential.Provider, id, now);
        // That signing in is needed is an error of its own, which the refresh raises.
        if (code is not (ReasonCodes.Ok or ReasonCodes.SignInNeeded)) throw AuthErrors.CredentialUnusable(id, credential.Provider, code, ReasonCodes.Describe(code), _agent.Workspace.Remedies.SignIn(credential, id));
        if (credential is OAuthCredential) credential = await _agent.Tokens.GetAsync(id, force: false, cancellationToken).ConfigureAwait(false);
        return new UsableCredential(id, credential.Provider, credential.Type, await RevealAsync(id, credential, cancellationToken).ConfigureAwait(false), ProfileHealth.Of(credential, UsageStats.None, now).Expires)
        {
            AccountId = (credential as OAuthCredential)?.AccountId,
        };
    }

    /// <summary>Nothing else is left: an account that was disabled for hours may have been topped up since, and is tried once.</summary>
    private async Task<UsableCredential?> TakeHalfOpenAsync(CredentialRequest request, CancellationToken cancellationToken)
    {
        // Where nothing can be written, nobody could know that the one try was made.
        if (_agent.Workspace.State.ReadOnlyVariable is not null) return null;
        if (await _agent.Usage.TakeHalfOpenAsync(request.Provider, request.Model, request.Except, cancellationToken).ConfigureAwait(false) is not { } id) return null;
        _agent.Workspace.Log.Warning($"Every profile of {request.Provider} waits; {id} is tried once before its time.");
        return await ForProfileAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The key that comes before or behind the profiles. The login shell is asked here, and nowhere else.</summary>
    private async Task<UsableCredential?> KeyAsync(CredentialPlan plan, CredentialRequest request, bool isFirst, CancellationToken cancellationToken)
    {
        foreach (KeyCandidate candidate in plan.Keys.Where(key => key.IsFirst == isFirst && key.MayBeTried))
        {
            if (request.Except.Contains(candidate.Source.Name)) continue;
            (Secret? key, CredentialSource source) = (candidate.Key, candidate.Source);
            if (candidate.ReasonCode == KeyReasonCodes.NotAsked)
            {
                if (await _agent.Workspace.Environment.FindKeyInShellAsync(plan.Order.Provider, cancellationToken).ConfigureAwait(false) is not { } found) continue;
                (key, source) = (found.Value, found.Source);
                if (request.Except.Contains(source.Name)) continue;
            }
            key ??= await _agent.Workspace.References.RequireAsync(source.Name, candidate.Reference!, cancellationToken).ConfigureAwait(false);
            if (!isFirst && plan.Order.Candidates.Count > 0) _agent.Workspace.Log.Warning($"No profile of {plan.Order.Provider} can be used; the key of {source} is used instead.");
            else _agent.Workspace.Log.Verbose($"Using {source}.");
            return OfKey(plan.Order.Provider, source, key);
        }
        return null;
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

    /// <summary>The credential of a profile, or without one the key beside the profiles: what a target of a request names.</summary>
    /// <exception cref="KrabAuthException">What <see cref="ForProfileAsync"/> throws.</exception>
    internal async Task<UsableCredential> ForTargetAsync(ProviderTarget target, CancellationToken cancellationToken)
    {
        if (target.Key is not { } key) return await ForProfileAsync(target.ProfileId!, cancellationToken).ConfigureAwait(false);
        Secret secret = key.Key ?? await _agent.Workspace.References.RequireAsync(key.Source.Name, key.Reference!, cancellationToken).ConfigureAwait(false);
        return OfKey(target.Provider, key.Source, secret);
    }

    private static UsableCredential OfKey(string provider, CredentialSource source, Secret key)
        => new(null, provider, source.Type, Secret.Of(SecretText.Normalize(key.Reveal())), DateTimeOffset.MaxValue) { Source = source };

    /// <summary>
    /// The environment in which a program uses a credential and no other of its provider: the provider's variable of the credential's kind
    /// holds it, the provider's other variables are taken away. Those of other providers are the caller's, who may have set them for
    /// the program.
    /// </summary>
    /// <param name="credential">The credential.</param>
    /// <param name="variable">The variable, where it is another than the provider's own.</param>
    /// <returns>Variables by name; null for one that is taken away. They hold the secret.</returns>
    /// <exception cref="KrabAuthException"><c>VariableUnknown</c>, <c>OptionInvalid</c>.</exception>
    public IReadOnlyDictionary<string, string?> Variables(UsableCredential credential, string? variable = null)
    {
        IReadOnlyList<string> known = _agent.Workspace.Registry.Find(credential.Provider)?.EnvironmentVariables ?? [];
        // OAUTH_TOKEN and API_KEY of one provider are read in different ways by the programs that know both.
        string[] words = credential.Type == CredentialType.ApiKey ? ["API_KEY", "KEY"] : ["OAUTH_TOKEN", "TOKEN"];
        if (variable is not null && (variable.Length == 0 || variable.AsSpan().IndexOfAny('=', '\0') >= 0)) throw AuthErrors.OptionInvalid($"\"{variable.Replace('\0', ' ')}\" cannot be the name of an environment variable.", "Give a name such as OPENAI_API_KEY.");
        string name = variable
            ?? words.Select(word => known.FirstOrDefault(candidate => candidate.EndsWith(word, StringComparison.Ordinal))).FirstOrDefault(found => found is not null)
            ?? (known.Count > 0 ? known[0] : null)
            ?? throw AuthErrors.VariableUnknown(credential.Provider);
        IEnumerable<string> set = Environment.GetEnvironmentVariables().Keys.Cast<string>();
        var variables = known.Union(KeyVariables.Derived(known, set)).ToDictionary(other => other, _ => (string?)null, StringComparer.Ordinal);
        variables[name] = credential.Secret.Reveal();
        return variables;
    }

    private async Task<Secret> RevealAsync(string id, Credential credential, CancellationToken cancellationToken) => credential.Reference is { } reference
        ? await _agent.Workspace.References.RequireAsync(id, reference, cancellationToken).ConfigureAwait(false)
        : Secret.Of(SecretText.Normalize(credential.Secret!.Reveal()));
}
