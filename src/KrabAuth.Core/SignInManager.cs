using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>How to sign in.</summary>
/// <param name="Provider">The provider, under any of its names.</param>
public sealed record SignInRequest(string Provider)
{
    /// <summary>The id, or its name part; without it the account decides.</summary>
    public string? ProfileId { get; init; }

    /// <summary>Whether to sign in on another device (RFC 8628).</summary>
    public bool UseDeviceCode { get; init; }

    /// <summary>Whether to leave the browser to the user.</summary>
    public bool NoBrowser { get; init; }

    /// <summary>Whether another account under the same id may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// How long to wait for the person; without it five minutes at the browser, and for a device code or a program as long as the
    /// server or the definition says.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }
}

/// <summary>How a sign-out ended.</summary>
/// <param name="ProfileId">The profile that was removed.</param>
/// <param name="Revoked">Whether the server confirmed that its tokens are dead.</param>
/// <param name="Detail">Why they may still live; empty if revoked.</param>
public sealed record SignOutResult(string ProfileId, bool Revoked, string Detail);

/// <summary>Signs in and out with OAuth.</summary>
public sealed class SignInManager
{
    private readonly AuthAgent _agent;

    internal SignInManager(AuthAgent agent) => _agent = agent;

    /// <summary>Signs in, stores the account, and puts it first in a stored order.</summary>
    /// <param name="request">What to sign in to, and how.</param>
    /// <param name="prompt">The person.</param>
    /// <param name="browser">The browser.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then, and the port is free at once.</param>
    /// <exception cref="KrabAuthException"><c>MethodUnsupported</c>, <c>SignInFailed</c>, <c>ProfileExists</c>, <c>ClientUnknown</c>.</exception>
    public async Task<AuthProfile> SignInAsync(SignInRequest request, ISignInPrompt prompt, IBrowser browser, CancellationToken cancellationToken = default)
    {
        AuthWorkspace workspace = _agent.Workspace;
        ProviderDefinition? definition = workspace.Registry.Find(request.Provider);
        if (definition is null) throw AuthErrors.ProviderUnknown(request.Provider, workspace.Registry.List().Where(known => known.CanSignIn).Select(known => known.Id));
        string provider = definition.Id;
        // Before a person is asked for anything: what is wrong with the store or the id now is wrong with it afterwards.
        RequireWritable();
        RequireFree(_agent.Read(), RequireId(request, provider), request);
        if (definition is { Command.Count: > 0 })
        {
            var plugin = new ProviderPlugin(definition, workspace.Log, workspace.Options.Clock);
            OAuthResult<OAuthCredential> answered = await WithinAsync(request, token => plugin.LoginAsync(prompt.ShowProgramLine, token), cancellationToken).ConfigureAwait(false);
            if (answered.Value is not { } found) throw Failed(provider, answered.Error!);
            return await FinishAsync(await SaveAsync(request, provider, new OAuthSettings(), found, cancellationToken).ConfigureAwait(false), provider).ConfigureAwait(false);
        }
        if (definition.OAuth is not { } known) throw AuthErrors.MethodUnsupported(provider, nameof(SignInMethod.OAuth), definition.Methods.Select(method => method.ToString()));
        HttpMessageHandler handler = workspace.Options.Http ?? OAuthHttp.CreateHandler();
        try
        {
            using var http = new OAuthHttp(handler, workspace.Options.Clock);
            OAuthResult<OAuthSettings> complete = await ServerMetadata.CompleteAsync(known, http, cancellationToken).ConfigureAwait(false);
            if (complete.Value is not { } settings) throw Failed(provider, complete.Error!);
            return await FinishAsync(await RunFlowAsync(request, definition, settings, http, prompt, browser, cancellationToken).ConfigureAwait(false), provider).ConfigureAwait(false);
        }
        finally
        {
            if (workspace.Options.Http is null) handler.Dispose();
        }
    }

    /// <summary>Stores an account that something else signed in to, such as a script of the user's.</summary>
    /// <param name="request">The provider, and the id where the user wants one.</param>
    /// <param name="credential">The account's tokens.</param>
    /// <param name="cancellationToken">Ends the waiting for the store.</param>
    public async Task<AuthProfile> StoreAsync(SignInRequest request, OAuthCredential credential, CancellationToken cancellationToken = default)
    {
        string provider = ProviderId.Canonical(request.Provider);
        return await FinishAsync(await SaveAsync(request, provider, new OAuthSettings(), credential with { Provider = provider }, cancellationToken).ConfigureAwait(false), provider).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes a profile. With <paramref name="revoke"/> the server is asked first to forget its tokens (RFC 7009); whatever it
    /// answers, the profile is removed, and the result says which of the two happened.
    /// </summary>
    public async Task<SignOutResult> SignOutAsync(string id, bool revoke, CancellationToken cancellationToken = default)
    {
        string detail = "not asked for";
        bool revoked = false;
        // While it is revoked nobody may renew it: the new tokens would live on.
        using StoreLock? held = revoke && _agent.Read().TryGet(id, out StoredProfile? seen) && seen is { IsInherited: false, Credential: OAuthCredential }
            ? await _agent.Tokens.LockProfileAsync(id, seen.Credential.Provider, cancellationToken).ConfigureAwait(false)
            : null;
        if (revoke && _agent.Read().TryGet(id, out StoredProfile? profile))
        {
            // What cannot be removed here is not revoked either: whoever it is inherited from goes on using it.
            if (profile.IsInherited) throw AuthErrors.ProfileInherited(id, _agent.Id);
            RequireWritable();
            (revoked, detail) = profile.Credential is OAuthCredential credential
                ? await TryRevokeAsync(credential, cancellationToken).ConfigureAwait(false)
                : (false, "only the provider's console can revoke a key or a static token");
        }
        await _agent.Profiles.RemoveAsync(id, cancellationToken).ConfigureAwait(false);
        return new SignOutResult(id, revoked, revoked ? string.Empty : detail);
    }

    private async Task<string> RunFlowAsync(
        SignInRequest request, ProviderDefinition definition, OAuthSettings settings, OAuthHttp http, ISignInPrompt prompt, IBrowser browser, CancellationToken cancellationToken)
    {
        AuthWorkspace workspace = _agent.Workspace;
        var client = new OAuthClient(definition.Id, settings, http, workspace.Options.Clock, workspace.Options.Host);
        string stored = string.Empty;
        OAuthResult<OAuthCredential> result;
        if (request.UseDeviceCode || settings.AuthorizationEndpoint is null)
        {
            if (settings.DeviceAuthorizationEndpoint is null) throw AuthErrors.EndpointUnknown(definition.Id, "device authorization");
            result = await WithinAsync(request, token => new DeviceFlow(client, settings, workspace.Options.Clock).RunAsync(prompt, token), cancellationToken).ConfigureAwait(false);
            if (result.Value is { } credential) await StoreAsync(credential).ConfigureAwait(false);
        }
        else
        {
            var flow = new BrowserFlow(client, settings, browser, prompt, workspace.Options.Host, workspace.Options.Clock);
            result = await flow.RunAsync(definition.Label, new BrowserFlowOptions(!request.NoBrowser, request.TimeLimit ?? BrowserFlow.UsualLimit), StoreAsync, cancellationToken).ConfigureAwait(false);
        }
        return result.Error is { } error ? throw Failed(definition.Id, error) : stored;

        async Task StoreAsync(OAuthCredential credential)
        {
            OAuthCredential identified = await client.IdentifyAsync(credential, cancellationToken).ConfigureAwait(false);
            stored = await SaveAsync(request, definition.Id, settings, identified, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a person no longer than the request allows.</summary>
    private async Task<OAuthResult<OAuthCredential>> WithinAsync(SignInRequest request, Func<CancellationToken, Task<OAuthResult<OAuthCredential>>> flow, CancellationToken cancellationToken)
    {
        if (request.TimeLimit is not { } time) return await flow(cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(time, _agent.Workspace.Options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await flow(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return BrowserFlow.Expired(time);
        }
    }

    /// <summary>Tells before anybody signs in that nothing could be stored.</summary>
    /// <exception cref="KrabAuthException"><c>StoreReadOnly</c>.</exception>
    public void RequireWritable()
    {
        if (_agent.Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
    }

    /// <summary>What follows once the account is stored, and is not given up when the person gives up.</summary>
    private async Task<AuthProfile> FinishAsync(string id, string provider)
    {
        await _agent.Usage.EndOfHeirsAsync([id], CancellationToken.None).ConfigureAwait(false);
        await _agent.Workspace.Descriptions.AddAsync(_agent.Read(), id, CancellationToken.None).ConfigureAwait(false);
        _agent.Profiles.WarnIfUnused(id, provider);
        return _agent.Profiles.Get(id);
    }

    private async Task<(bool Revoked, string Detail)> TryRevokeAsync(OAuthCredential credential, CancellationToken cancellationToken)
    {
        try
        {
            return await RevokeAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e)
        {
            // A client secret, an endpoint or a definition that is not known here must not keep the profile from going.
            return (false, e.Message);
        }
    }

    private async Task<(bool Revoked, string Detail)> RevokeAsync(OAuthCredential credential, CancellationToken cancellationToken)
    {
        AuthWorkspace workspace = _agent.Workspace;
        if (workspace.Registry.Find(credential.Provider)?.OAuth is not { } known) return (false, "the provider's endpoints are not known");
        HttpMessageHandler handler = workspace.Options.Http ?? OAuthHttp.CreateHandler();
        try
        {
            using var http = new OAuthHttp(handler, workspace.Options.Clock);
            OAuthResult<OAuthSettings> complete = await ServerMetadata.CompleteAsync(known, http, cancellationToken).ConfigureAwait(false);
            if (complete.Value is not { } settings) return (false, complete.Error!.ToString());
            if (settings.RevocationEndpoint is null) return (false, "the provider has no way to revoke");
            var client = new OAuthClient(credential.Provider, settings, http, workspace.Options.Clock, workspace.Options.Host, credential.ClientId);
            // The refresh token takes the access tokens made of it along (RFC 7009 §2.1).
            (Secret? token, string hint) = credential.IsRefreshable ? (credential.Refresh, "refresh_token") : (credential.Access, "access_token");
            if (token is null) return (false, "there is no token");
            OAuthError? error = await client.RevokeAsync(token, hint, cancellationToken).ConfigureAwait(false);
            return (error is null, error is null ? string.Empty : Redactor.Redact(error.ToString(), credential.Access, credential.Refresh));
        }
        finally
        {
            if (workspace.Options.Http is null) handler.Dispose();
        }
    }

    private async Task<string> SaveAsync(SignInRequest request, string provider, OAuthSettings settings, OAuthCredential credential, CancellationToken cancellationToken)
    {
        string? given = RequireId(request, provider);
        return await _agent.UpdateAsync(
            (own, editor) =>
            {
                string id = given ?? AccountProfileId.Choose(own, provider, settings, credential);
                RequireFree(own, id, request);
                own.TryGet(id, out StoredProfile? existing);
                if (existing is not null && !request.Force && !AccountProfileId.MayReplace(existing.Credential, settings, credential)) throw AuthErrors.ProfileExists(id, _agent.Paths.StorePath);
                editor.Put(id, ToStored(settings, credential) with
                {
                    // A program that knows the provider under the other spelling goes on finding the profile.
                    Provider = existing?.Credential.Provider ?? provider,
                    DisplayName = existing?.Credential.DisplayName,
                });
                editor.EndWaits(id);
                if (own.Stats(id).RefusedFingerprint is not null) editor.ChangeUsage(id, stats => stats.Remove(UsageStats.RefusedMember));
                if (ProviderId.TryFind(own.Order, provider, out KeyValuePair<string, IReadOnlyList<string>> order))
                {
                    editor.SetOrder(order.Key, order.Value.Where(other => other != id).Prepend(id));
                }
                return id;
            },
            cancellationToken,
            patiently: true).ConfigureAwait(false);
    }

    private static Credential ToStored(OAuthSettings settings, OAuthCredential credential)
        => settings.StoresStaticToken ? new TokenCredential(credential.Provider, credential.Access) { Email = credential.Email } : credential;

    private string? RequireId(SignInRequest request, string provider) => request.ProfileId is null ? null : _agent.Profiles.RequireId(request.ProfileId, provider);

    /// <summary>An id that another provider, or a key, has already.</summary>
    private void RequireFree(AuthStore store, string? id, SignInRequest request)
    {
        if (id is null || !store.TryGet(id, out StoredProfile? existing) || existing.IsInherited) return;
        if (!ProviderId.Same(existing.Credential.Provider, request.Provider)) throw AuthErrors.ProviderMismatch(id, existing.Credential.Provider, ProviderId.Canonical(request.Provider));
        if (existing.Credential is ApiKeyCredential && !request.Force) throw AuthErrors.ProfileExists(id, _agent.Paths.StorePath);
    }

    private static KrabAuthException Failed(string provider, OAuthError error) => AuthErrors.SignInFailed(provider, Redactor.Redact(error.ToString()));
}
