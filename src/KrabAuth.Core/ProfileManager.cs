using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth;

/// <summary>The profiles of one agent.</summary>
public sealed class ProfileManager
{
    private readonly AuthAgent _agent;

    internal ProfileManager(AuthAgent agent) => _agent = agent;

    /// <summary>All profiles, inherited ones included, by provider and id. Entries that are no profiles are warned about.</summary>
    public IReadOnlyList<AuthProfile> List()
    {
        AuthStore store = _agent.Read();
        _agent.WarnOfRejected(store);
        List<AuthProfile> profiles = [.. store.Profiles.Select(profile => new AuthProfile(_agent, profile, store))];
        profiles.Sort(AuthProfile.Compare);
        return profiles;
    }

    /// <summary>One profile.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>.</exception>
    public AuthProfile Get(string id)
    {
        AuthStore store = _agent.Read();
        return store.TryGet(id, out StoredProfile? profile) ? new AuthProfile(_agent, profile, store) : throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
    }

    /// <summary>Checks an id, or its name part, before a person is asked for the secret that goes with it.</summary>
    /// <returns>The whole id; <c>&lt;provider&gt;:manual</c> for none.</returns>
    /// <exception cref="KrabAuthException"><c>ProfileIdInvalid</c>.</exception>
    public string RequireId(string? id, string provider)
    {
        // An id that is there is good, whoever made it; the rules are for new ones.
        string? given = id?.Trim();
        return given is not null && _agent.Read().TryGet(given, out _) ? given : ProfileId.RequireValid(given ?? ProfileId.ManualName, ProviderId.Normalize(provider));
    }

    /// <summary>
    /// Stores a pasted secret under a new id, or in place of the one there. Waits of that profile end; a stored order of
    /// the provider that does not name it gets it in front.
    /// </summary>
    public async Task<AuthProfile> AddAsync(NewSecret secret, CancellationToken cancellationToken = default)
    {
        ProviderDefinition? definition = _agent.Workspace.Registry.Find(secret.Provider);
        string provider = definition?.Id ?? ProviderId.Normalize(secret.Provider);
        string id = RequireId(secret.ProfileId, provider);
        ProvenReference? proven = secret.Reference is { } text ? await ProvenReference.ProveAsync(_agent, id, text, cancellationToken).ConfigureAwait(false) : null;
        Credential credential = SecretInput.ToCredential(provider, definition, secret.Method, proven?.Value.Reveal() ?? secret.SecretText, secret.ExpiresIn, _agent.Workspace.Now);
        if (proven is not null) credential = proven.PutInto(credential);
        id = OwnId(id, secret.ProfileId is null, credential);
        await _agent.UpdateAsync(
            (own, editor) =>
            {
                own.TryGet(id, out StoredProfile? existing);
                if (existing is not null)
                {
                    if (!ProviderId.Same(existing.Credential.Provider, provider)) throw AuthErrors.ProviderMismatch(id, existing.Credential.Provider, provider);
                    if (existing.Credential.Type == CredentialType.OAuth && !secret.Force) throw AuthErrors.ProfileExists(id, _agent.Paths.StorePath);
                }
                editor.Put(id, credential with
                {
                    // A program that knows the provider under the other spelling goes on finding the profile.
                    Provider = existing?.Credential.Provider ?? provider,
                    Email = secret.Email ?? existing?.Credential.Email,
                    DisplayName = secret.DisplayName ?? existing?.Credential.DisplayName,
                    CopyToAgents = existing?.Credential.CopyToAgents,
                });
                editor.EndWaits(id);
                if (ProviderId.TryFind(own.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> order) && !order.Value.Contains(id))
                {
                    editor.SetOrder(order.Key, order.Value.Prepend(id));
                }
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await _agent.Usage.EndOfHeirsAsync([id], CancellationToken.None).ConfigureAwait(false);
        await _agent.Workspace.Descriptions.AddAsync(_agent.Read(), id, CancellationToken.None).ConfigureAwait(false);
        WarnIfUnused(id, provider);
        return Get(id);
    }

    /// <summary>Changes a profile. A new secret ends its waits. A reference is followed first: the secret leaves the store only for one that has a value.</summary>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, <c>ProfileInherited</c>, <c>SecretRefused</c>, <c>SecretReferenceInvalid</c>, <c>SecretReferenceUnresolved</c>.</exception>
    public async Task<AuthProfile> SetAsync(string id, ProfileChanges changes, CancellationToken cancellationToken = default)
    {
        if (changes is { SecretText: not null, Reference: not null }) throw AuthErrors.OptionConflict("Choose either a new secret or a reference to one, not both.");
        ProvenReference? proven = changes.Reference is { } reference ? await ProveForAsync(id, reference, cancellationToken).ConfigureAwait(false) : null;
        bool isNewSecret = (changes.SecretText ?? changes.Reference) is not null;
        await _agent.UpdateAsync(
            (own, editor) =>
            {
                Credential credential = _agent.RequireOwn(own, id).Credential;
                if (changes.SecretText is { } text) credential = WithSecret(id, credential, text);
                if (proven is not null) credential = proven.PutInto(WithSecret(id, credential, proven.Value.Reveal()));
                if (changes.Expires is { } expires) credential = WithExpiry(id, credential, expires);
                editor.Put(id, credential with
                {
                    Email = Changed(changes.Email, credential.Email),
                    DisplayName = Changed(changes.DisplayName, credential.DisplayName),
                });
                if (isNewSecret) editor.EndWaits(id);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (isNewSecret) await _agent.Usage.EndOfHeirsAsync([id], CancellationToken.None).ConfigureAwait(false);
        return Get(id);
    }

    /// <summary>Removes a profile with every reference to it.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken = default)
    {
        await _agent.UpdateAsync(
            (own, editor) =>
            {
                // An entry that is no profile can be removed too: it is what the warning is about.
                if (!own.Rejected.Any(rejected => rejected.Id == id)) _agent.RequireOwn(own, id);
                editor.Remove(id);
                // Another program still holds that sign-in; it comes back when somebody asks for it, and not before.
                if (ExternalTool.OfProfile(id) is not null) editor.ChangeUsage(id, stats => stats[UsageStats.RemovedLoginMember] = true);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await _agent.Workspace.Descriptions.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
        await _agent.Sessions.ForgetProfileAsync(id).ConfigureAwait(false);
    }

    /// <summary>Gives a profile another id, in its place and wherever it is named: in orders, sessions, the configuration, and agents that inherit it.</summary>
    public async Task<AuthProfile> RenameAsync(string id, string newId, CancellationToken cancellationToken = default)
    {
        string final = await _agent.UpdateAsync(
            (own, editor) =>
            {
                StoredProfile profile = _agent.RequireOwn(own, id);
                string valid = ProfileId.RequireValid(newId, profile.Credential.Provider);
                if (valid == id) return valid;
                RequireFree(own, valid, _agent);
                _agent.Workspace.Descriptions.RequireKind(_agent, valid, profile.Credential.Type);
                editor.Rename(profile.Id, valid);
                return valid;
            },
            cancellationToken).ConfigureAwait(false);
        if (final == id) return Get(id);
        await _agent.Workspace.Descriptions.RenameAsync(_agent.Read(), id, final, CancellationToken.None).ConfigureAwait(false);
        await _agent.Sessions.RenameProfileAsync(id, final).ConfigureAwait(false);
        await _agent.ForHeirsAsync($"{id} was not renamed in the store", heir => FollowRenameAsync(heir, id, final)).ConfigureAwait(false);
        return Get(final);
    }

    /// <summary>Lets an agent that inherits a profile know it by its new id: its order, its records of use and its sessions name it too.</summary>
    private async Task FollowRenameAsync(AuthAgent heir, string id, string newId)
    {
        AuthStore own = heir.Peek();
        // What it has itself under the old id is another credential.
        if (own.TryGet(id, out _)) return;
        if (own.TryGet(newId, out _) && !heir.SharesStoreWith(_agent))
        {
            _agent.Workspace.Log.Warning($"Agent {heir.Id} has a profile {newId} of its own and does not see the renamed one: what its order, its waits and its sessions say of {id} no longer counts.");
            return;
        }
        // Looked at first: a store that does not name it is not locked.
        if (Names(own, id))
        {
            await heir.UpdateAsync(
                (now, editor) =>
                {
                    if (!now.TryGet(id, out _)) editor.RenameReferences(id, newId);
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        await heir.Sessions.RenameProfileAsync(id, newId).ConfigureAwait(false);

        static bool Names(AuthStore store, string id)
            => store.UsageStats.ContainsKey(id) || store.LastGood.Values.Contains(id) || store.Order.Values.Any(order => order.Contains(id));
    }

    /// <summary>Copies a key or a static token to another id, or to another agent under the same or another id.</summary>
    /// <exception cref="KrabAuthException"><c>CopyRefused</c> for an OAuth sign-in, whose refresh token works once.</exception>
    public async Task<AuthProfile> CopyAsync(string id, string? newId, AuthAgent? target, CancellationToken cancellationToken = default)
    {
        if (!_agent.Read().TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        AuthAgent owner = profile.IsInherited ? _agent.Main() : _agent;
        // As it is written there: what KrabAuth does not know goes along.
        TransferEntry source = TransferEntry.Read(id, owner.ReadNodes().Store?["profiles"]?[id]);
        if (source.Credential is not { } credential) throw AuthErrors.ProfileNotFound(id, owner.Paths.StorePath);
        if (credential is OAuthCredential) throw AuthErrors.CopyRefused(id);
        AuthAgent destination = target ?? _agent;
        string valid = newId is null ? id : ProfileId.RequireValid(newId, credential.Provider);
        _agent.Workspace.Descriptions.RequireKind(destination, valid, credential.Type);
        bool sameStore = destination.Paths.Directory == _agent.Paths.Directory;
        await destination.UpdateAsync(
            (own, editor) =>
            {
                RequireFree(own, valid, destination);
                if (sameStore && own.TryGet(id, out _)) editor.Duplicate(id, valid);
                else editor.Adopt(valid, source.Entry!);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        destination.Profiles.WarnIfUnused(valid, credential.Provider);
        return destination.Profiles.Get(valid);
    }

    /// <summary>
    /// Holds a profile out of use, in a form that every peer honours but for providers that balance their accounts themselves, which
    /// is warned of; or lets it in again with all its waits ended.
    /// </summary>
    public async Task<AuthProfile> SetEnabledAsync(string id, bool enabled, CancellationToken cancellationToken = default)
    {
        await _agent.UpdateAsync(
            (own, editor) =>
            {
                _agent.RequireOwn(own, id);
                if (enabled ? !own.UsageStats.ContainsKey(id) : own.Stats(id).IsDisabledByUser) return false;
                if (enabled) editor.EndWaits(id);
                else editor.SetUsage(id, own.Stats(id) with { DisabledUntil = UsageStats.DisabledForGood, DisabledReason = UsageStats.ManualReason });
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        if (enabled) await _agent.Usage.EndOfHeirsAsync([id], CancellationToken.None).ConfigureAwait(false);
        AuthProfile profile = Get(id);
        if (!enabled && ProfileOrder.NeverWaits(profile.Provider)) _agent.Workspace.Log.Warning($"The gateways set no profile of {profile.Provider} aside, whatever is noted of it. To keep {id} from them too, store an order without it.");
        return profile;
    }

    /// <summary>The id for a new credential; another one where the usual one is described as another agent's of another kind.</summary>
    private string OwnId(string id, bool isUsual, Credential credential)
    {
        if (_agent.Workspace.Descriptions.Conflict(_agent, id, credential.Type) is not { } other) return id;
        // Not a name that onboarding gives: pasted again, the key takes the place of the one that was pasted here, and of no other.
        string otherwise = ProfileId.Of(credential.Provider, credential.Type == CredentialType.ApiKey ? "manual-api-key" : "manual-token");
        if (!isUsual || _agent.Workspace.Descriptions.Conflict(_agent, otherwise, credential.Type) is not null) throw AuthErrors.ProfileKindConflict(id, other.Agent, other.Type.StoredName());
        _agent.Workspace.Log.Warning($"Agent {other.Agent} has another kind of credential ({other.Type.StoredName()}) under {id}, so that this one becomes {otherwise}.{(_agent.IsSecondary ? " What the agent inherits may come before it; an order of its own decides." : string.Empty)}");
        return otherwise;
    }

    /// <summary>Follows a reference for a profile that can have one, and says if it leads to another secret than the one there.</summary>
    private async Task<ProvenReference> ProveForAsync(string id, string reference, CancellationToken cancellationToken)
    {
        AuthStore store = _agent.Read();
        if (!store.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);
        Credential credential = profile.Credential;
        if (credential is OAuthCredential) throw AuthErrors.SecretRefused(id, _agent.Workspace.Remedies.SignIn(credential, id));
        ProvenReference proven = await ProvenReference.ProveAsync(_agent, id, reference, cancellationToken).ConfigureAwait(false);
        if (credential.Reference is null && credential.Secret is { } stored && SecretText.Normalize(stored.Reveal()) != proven.Value.Reveal())
        {
            _agent.Workspace.Log.Warning($"{proven.Reference} leads to another secret than the one that {id} has, which leaves the store.");
        }
        return proven;
    }

    private Credential WithSecret(string id, Credential credential, string text)
    {
        if (credential is OAuthCredential) throw AuthErrors.SecretRefused(id, _agent.Workspace.Remedies.SignIn(credential, id));
        SignInMethod method = credential is ApiKeyCredential ? SignInMethod.ApiKey : SignInMethod.Token;
        Secret secret = SecretInput.ToCredential(credential.Provider, _agent.Workspace.Registry.Find(credential.Provider), method, text, null, _agent.Workspace.Now).Secret!;
        return credential switch
        {
            ApiKeyCredential key => key with { Key = secret, KeyReference = null },
            TokenCredential token => token with { Token = secret, TokenReference = null },
            _ => credential,
        };
    }

    private static Credential WithExpiry(string id, Credential credential, DateTimeOffset expires) => credential is TokenCredential token
        ? token with { Expires = expires == DateTimeOffset.MaxValue ? null : expires.ToUnixTimeMilliseconds() }
        : throw AuthErrors.ExpiryRefused(id, credential.Type.StoredName());

    private static string? Changed(string? change, string? current) => change is null ? current : change.Trim().Length == 0 ? null : change.Trim();

    private static void RequireFree(AuthStore own, string id, AuthAgent agent)
    {
        if (own.TryGet(id, out _) || own.Rejected.Any(rejected => rejected.Id == id)) throw AuthErrors.ProfileExists(id, agent.Paths.StorePath);
    }

    internal void WarnIfUnused(string id, string provider)
    {
        ResolvedOrder order = _agent.Orders.Resolve(provider);
        OrderCandidate? candidate = order.Candidates.FirstOrDefault(entry => entry.ProfileId == id);
        if (candidate?.Rank is not null) return;
        _agent.Workspace.Log.Warning(
            $"{id} is stored, but will not be used: {ReasonCodes.Describe(candidate?.ReasonCode ?? ReasonCodes.ExcludedByOrder)} ({order.Source}, {_agent.Workspace.State.ConfigPath}).");
    }
}
