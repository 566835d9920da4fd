using System.Security.Cryptography;
using System.Text;
using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// Renews OAuth sign-ins so that no program signs another out. Everything happens under the lock that is named after the profile and
/// the lock of the store that owns it: read again, take what another program renewed meanwhile, else ask once, save, then use. A
/// successful answer is never thrown away, and a token that the server refused for good is never sent again.
/// </summary>
internal sealed class TokenRefresher(AuthAgent agent)
{
    /// <summary>A token with more than this left is used as it is. The one margin for every decision.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>The peers' own time for this lock: longer than a request can last.</summary>
    private static readonly TimeSpan LockStale = TimeSpan.FromSeconds(180);

    /// <summary>Whether a credential can be used without asking anybody.</summary>
    public static bool IsUsable(OAuthCredential credential, long now)
        => credential.Access is { IsBlank: false } && credential.Expires - now is { } left && (left > (long)Margin.TotalMilliseconds || left > HalfLife(credential));

    /// <summary>
    /// Half of a token's life, where the token or the ID token beside it tells when it was issued: the margin of a token that never
    /// had two minutes. With a whole one, each process in turn would renew what the one before it has just got.
    /// </summary>
    private static double HalfLife(OAuthCredential credential)
        => (JwtClaims.IssuedAt(credential.Access) ?? JwtClaims.IssuedAt(credential.IdToken)) is { } issued && credential.Expires > issued.ToUnixTimeMilliseconds()
            ? (credential.Expires.Value - issued.ToUnixTimeMilliseconds()) / 2.0
            : double.PositiveInfinity;

    /// <summary>The fingerprint under which a refused refresh token is remembered: enough to know it again, useless to anybody else.</summary>
    public static string Fingerprint(Secret refresh) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(refresh.Reveal())))[..16];

    /// <summary>Gives a usable credential of a profile, renewing it if it must be.</summary>
    /// <param name="id">The profile.</param>
    /// <param name="force">Asks the server even if the token could still be used; what another program renewed since is taken all the same.</param>
    /// <param name="cancellationToken">Ends the waiting. A request that was sent goes on, so that its answer is saved.</param>
    /// <exception cref="KrabAuthException"><c>SignInNeeded</c>, <c>RefreshFailed</c>, <c>NotRefreshable</c>.</exception>
    public async Task<OAuthCredential> GetAsync(string id, bool force, CancellationToken cancellationToken)
    {
        long since = Now;
        OAuthCredential seen = Require(agent.Read(), id);
        if (!force && IsUsable(seen, Now)) return seen;
        try
        {
            if (agent.Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
            Task<OAuthCredential> work = UnfinishedRequests.OfProcess.Track(Task.Run(() => RefreshAsync(id, seen, force, since, cancellationToken), CancellationToken.None));
            return await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KrabAuthException e) when (!force && IsAlive(seen) && e.ErrorId is "StoreLocked" or "StoreReadOnly" or "StoreUnwritable" or "StorePartlyWritten" or "OwnerUnreadable" or "OwnerUnwritable" or "OwnerUnknown")
        {
            // A token that still lives needs neither a lock nor a place to be written to.
            WarnOfOldToken(id, seen, e.Message);
            return seen;
        }
    }

    private bool IsAlive(OAuthCredential credential) => credential.Access is { IsBlank: false } && credential.Expires > Now;

    private void WarnOfOldToken(string id, OAuthCredential credential, string reason) => agent.Workspace.Log.Warning(
        $"{id} could not be renewed ({reason.TrimEnd('.')}). Its token is used until it expires, {DurationText.Expiry(ProfileHealth.FromMilliseconds(credential.Expires!.Value))}.");

    private long Now => agent.Workspace.NowMilliseconds;

    private async Task<OAuthCredential> RefreshAsync(string id, OAuthCredential seen, bool force, long since, CancellationToken waiting)
    {
        using StoreLock refreshLock = await LockProfileAsync(id, seen.Provider, waiting).ConfigureAwait(false);
        // Another program's locks come before that of the store, which the gateways wait for with less patience.
        using SharedSignIn? shared = await SharedSignIn.HoldAsync(agent, id, seen, waiting).ConfigureAwait(false);
        StoreFiles owner = agent.OwnerOf(id, out bool ownerIsMain).Patiently();
        Renewal? renewal = null;
        OAuthCredential credential;
        try
        {
            credential = await owner.HoldAsync(held => AskAsync(held, shared, id, seen, force, since, done => renewal = done), waiting).ConfigureAwait(false);
        }
        catch (Exception e) when (renewal is not null)
        {
            agent.Workspace.Log.Verbose($"The new token of {id} is saved again: {e.Message}");
            credential = await SaveAgainAsync(owner, id, renewal).ConfigureAwait(false);
        }
        if (renewal is not null && !ownerIsMain && agent.MainFiles is { } main) await TryMirrorAsync(main, id, renewal.Fresh).ConfigureAwait(false);
        // A server may send the same access token again, with a later end. One that has ended at once came without any.
        bool isHalf = renewal is not null && Equals(renewal.Fresh.Access, renewal.Used.Access) && renewal.Fresh.Expires <= Now;
        if (isHalf) throw AuthErrors.RefreshFailed(id, renewal!.Used.Provider, "the answer has no access_token; the refresh token that came is kept");
        return credential;
    }

    /// <summary>The renewal is saved where it belongs; that main's copy is old is worth a warning, not a failure.</summary>
    private async Task TryMirrorAsync(StoreFiles main, string id, OAuthCredential fresh)
    {
        try
        {
            await MirrorAsync(main, id, fresh).ConfigureAwait(false);
        }
        catch (KrabAuthException e)
        {
            agent.Workspace.Log.Warning($"The main agent's older copy of {id} could not be renewed with it: {e.Message}");
        }
    }

    /// <summary>An answer of the server: what was sent, and what came for it.</summary>
    private sealed record Renewal(OAuthCredential Used, OAuthCredential Fresh);

    /// <summary>The answer is the only copy of the account's new token: it is saved under a new lock, whoever had it meanwhile.</summary>
    private async Task<OAuthCredential> SaveAgainAsync(StoreFiles owner, string id, Renewal renewal)
    {
        try
        {
            await owner.UpdateAsync((store, editor) => Save(store, editor, id, renewal), CancellationToken.None).ConfigureAwait(false);
            return renewal.Fresh;
        }
        catch (KrabAuthException e)
        {
            throw AuthErrors.RefreshUnsaved(id, renewal.Used.Provider, e, agent.Workspace.Remedies.SignIn(renewal.Used, id));
        }
    }

    /// <summary>With both locks held: what is stored now decides.</summary>
    private async Task<OAuthCredential> AskAsync(StoreFiles.HeldStore held, SharedSignIn? shared, string id, OAuthCredential seen, bool force, long since, Action<Renewal> onRenewed)
    {
        AuthStore store = held.Read();
        OAuthCredential credential = Require(store, id);
        bool changed = !Equals(credential.Access, seen.Access) || !Equals(credential.Refresh, seen.Refresh);
        if (changed ? IsAlive(credential) || credential.Expires >= since : IsUsable(credential, Now) && !force)
        {
            agent.Workspace.Log.Verbose($"{id} was renewed by another program meanwhile; its token is used.");
            return credential;
        }
        if (MainCredential(id, credential) is { } inherited && !Equals(inherited.Access, credential.Access))
        {
            // An agent that still holds an old copy: main has renewed it, and the copy's refresh token is used up.
            agent.Workspace.Log.Verbose($"{id} was renewed by the main agent; its token is used.");
            return inherited;
        }
        if (shared?.Newest(credential) is { } newest && newest != credential)
        {
            held.Change((now, editor) => Save(now, editor, id, new Renewal(credential, newest)));
            credential = newest;
            if (Equals(newest.Access, seen.Access) ? IsUsable(newest, Now) && !force : IsAlive(newest))
            {
                agent.Workspace.Log.Verbose($"{id} was renewed by the program that shares it; its token is used.");
                return newest;
            }
        }
        if (!credential.IsRefreshable) throw AuthErrors.NotRefreshable(id, credential.Provider, agent.Workspace.Remedies.SignIn(credential, id));
        if (store.Stats(id).IsRefused(credential)) throw AuthErrors.SignInNeeded(id, credential.Provider, "the server refused its refresh token before", agent.Workspace.Remedies.SignIn(credential, id));
        string failurePath = LockPath(id, credential.Provider) + ".failed";
        if (FailedRefresh.Read(failurePath) is { } failed && failed.Answers(since, Now, credential.Refresh!))
        {
            agent.Workspace.Log.Verbose($"The server gave no new token of {id} to the program before this one; it is not asked again at once.");
            return Recover(held, id, credential, failed.Error, force);
        }
        OAuthResult<OAuthCredential> result = await RefreshRequest.SendAsync(agent.Workspace, id, credential).ConfigureAwait(false);
        if (result.Error is { NeedsSignIn: true } or { IsReuse: true } && Replacement(held, shared, id, credential) is { } replaced)
        {
            // A program that honours no lock was faster: what it left is used, or tried if it has ended too, once.
            if (IsUsable(replaced, Now)) return replaced;
            credential = replaced;
            result = await RefreshRequest.SendAsync(agent.Workspace, id, credential).ConfigureAwait(false);
        }
        if (result.Value is { } fresh)
        {
            if (shared is not null) fresh = SharedSignIn.WithAccountOf(credential, fresh);
            var renewal = new Renewal(credential, fresh);
            onRenewed(renewal);
            // The other owner first: if this process dies here, its copy is found to be newer than the store's.
            if (shared is not null) await shared.ReturnAsync(credential, fresh).ConfigureAwait(false);
            held.Change((now, editor) => Save(now, editor, id, renewal));
            agent.Workspace.Log.Verbose($"{id} was renewed; it expires {DurationText.Expiry(ProfileHealth.FromMilliseconds(fresh.Expires!.Value))}.");
            return fresh;
        }
        if (!result.Error!.NeedsSignIn && !result.Error.IsReuse) TryRemember(failurePath, new FailedRefresh(Now, Fingerprint(credential.Refresh!), result.Error));
        return Recover(held, id, credential, result.Error, force);
    }

    /// <summary>Without it those who wait ask for themselves; the server's error is what the caller has to hear of.</summary>
    private void TryRemember(string path, FailedRefresh failed)
    {
        try
        {
            failed.Write(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            agent.Workspace.Log.Verbose($"{path} cannot be written: {e.Message}");
        }
    }

    /// <summary>What stands in the place of a refresh token that the server refused: in the store, or with the program that shares it.</summary>
    private OAuthCredential? Replacement(StoreFiles.HeldStore held, SharedSignIn? shared, string id, OAuthCredential refused)
    {
        OAuthCredential stored = Require(held.Read(), id);
        OAuthCredential newest = shared?.Newest(stored) ?? stored;
        if (!newest.IsRefreshable || Equals(newest.Refresh, refused.Refresh)) return null;
        if (newest != stored) held.Change((now, editor) => Save(now, editor, id, new Renewal(stored, newest)));
        return newest;
    }

    /// <summary>The server did not give a token. What is stored may still do; else the error says whether signing in again is the only way.</summary>
    private OAuthCredential Recover(StoreFiles.HeldStore held, string id, OAuthCredential credential, OAuthError error, bool force)
    {
        // A program that honours no lock may have renewed it while the server was asked.
        OAuthCredential stored = Require(held.Read(), id);
        if (!Equals(stored.Refresh, credential.Refresh) && IsUsable(stored, Now)) return stored;
        if (error.NeedsSignIn || error.IsReuse)
        {
            held.Change((_, editor) =>
            {
                editor.ChangeUsage(id, stats => stats[UsageStats.RefusedMember] = Fingerprint(credential.Refresh!));
                editor.ForgetLastGood(id);
                return true;
            });
        }
        if (MainCredential(id, credential) is { } fromMain) return fromMain;
        string detail = Redactor.Redact(error.ToString(), credential.Access, credential.Refresh, credential.IdToken);
        if (!force && IsAlive(credential))
        {
            WarnOfOldToken(id, credential, detail);
            return credential;
        }
        throw error.NeedsSignIn || error.IsReuse
            ? AuthErrors.SignInNeeded(id, credential.Provider, detail, agent.Workspace.Remedies.SignIn(credential, id))
            : AuthErrors.RefreshFailed(id, credential.Provider, detail);
    }

    private OAuthCredential? MainCredential(string id, OAuthCredential credential)
        => agent.MainFiles is { } main && main.Read().TryGet(id, out StoredProfile? profile) && profile.Credential is OAuthCredential theirs
            && IsUsable(theirs, Now) && AccountIdentity.IsSafeToAdopt(credential, theirs)
            ? theirs
            : null;

    /// <summary>Saves an answer, unless the store holds something newer of the same account by now.</summary>
    private static bool Save(AuthStore store, AuthStoreEditor editor, string id, Renewal renewal)
    {
        if (!store.TryGet(id, out StoredProfile? profile) || profile.Credential is not OAuthCredential stored) return false;
        bool isReplaced = !Equals(stored.Refresh, renewal.Used.Refresh);
        // Somebody signed in meanwhile: to another account, or later than this answer.
        if (isReplaced && (stored.Expires > renewal.Fresh.Expires || !AccountIdentity.IsSafeToAdopt(stored, renewal.Fresh))) return false;
        editor.Put(id, renewal.Fresh);
        if (store.Stats(id).RefusedFingerprint is not null) editor.ChangeUsage(id, stats => stats.Remove(UsageStats.RefusedMember));
        return true;
    }

    /// <summary>An older copy of the same account in the main store would be refused at its next refresh: it gets the new token too. None is made there.</summary>
    private static Task<bool> MirrorAsync(StoreFiles main, string id, OAuthCredential fresh) => main.UpdateAsync(
        (store, editor) =>
        {
            bool isOlder = store.TryGet(id, out StoredProfile? profile) && IsOlderCopy(profile.Credential, fresh);
            if (isOlder) editor.Put(id, fresh);
            return isOlder;
        },
        CancellationToken.None);

    /// <summary>Whether a credential is an earlier state of the same account's sign-in.</summary>
    internal static bool IsOlderCopy(Credential? existing, OAuthCredential fresh)
        => existing is OAuthCredential theirs && AccountIdentity.Matches(theirs, fresh) && (theirs.Expires ?? 0) < (fresh.Expires ?? 0);

    internal async Task<StoreLock> LockProfileAsync(string id, string provider, CancellationToken cancellationToken)
    {
        string path = LockPath(id, provider);
        LockOptions options = agent.Workspace.Options.Locks with { Stale = LockStale, Timeout = LockStale + TimeSpan.FromSeconds(30) };
        try
        {
            PrivateDirectory.Ensure(Path.GetDirectoryName(path)!);
            return await StoreLock.AcquireAsync(path, PeerLockForm.File, options, agent.Workspace.Log, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(path, e);
        }
    }

    /// <summary>The lock that newer gateways take too, named by the hash of provider and profile.</summary>
    private string LockPath(string id, string provider)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider}\0{id}")));
        return Path.Combine(agent.Workspace.State.Root, "locks", "oauth-refresh", $"sha256-{hash}");
    }

    private OAuthCredential Require(AuthStore store, string id)
    {
        if (!store.TryGet(id, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(id, agent.Paths.StorePath);
        return profile.Credential as OAuthCredential ?? throw AuthErrors.NotRefreshable(id, profile.Credential.Provider, agent.Workspace.Remedies.SignIn(profile.Credential, id));
    }
}
