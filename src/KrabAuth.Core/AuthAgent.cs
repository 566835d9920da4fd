using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth;

/// <summary>One agent's credentials: everything that a cmdlet or a command asks of Core goes through here.</summary>
public sealed class AuthAgent
{
    private readonly StoreFiles _files;
    private readonly AgentPaths _mainPaths;

    internal AuthAgent(AuthWorkspace workspace, AgentPaths paths, bool isNamed)
    {
        Workspace = workspace;
        Paths = paths;
        IsNamed = isNamed;
        _mainPaths = AgentPaths.MainOf(workspace.State);
        _files = Files(paths);
    }

    /// <summary>Begins a call that is made with one account after the other until it works.</summary>
    /// <param name="request">What the credentials are wanted for.</param>
    /// <param name="mostAttempts">How often it is tried at most.</param>
    public FailoverCall BeginCall(CredentialRequest request, int mostAttempts = FailoverCall.UsualAttempts) => new(this, request, mostAttempts);

    /// <summary>The state directory that the agent belongs to.</summary>
    public AuthWorkspace Workspace { get; }

    /// <summary>The agent's id.</summary>
    public string Id => Paths.Id;

    /// <summary>Where its files are.</summary>
    public AgentPaths Paths { get; }

    // Each is made when it is first asked for: a command needs two or three of them, and none has anything of its own to remember.

    /// <summary>Profiles: list, add, change, remove.</summary>
    public ProfileManager Profiles => field ??= new(this);

    /// <summary>The order in which profiles are tried.</summary>
    public OrderManager Orders => field ??= new(this);

    /// <summary>Which profile each session stays with.</summary>
    public SessionManager Sessions => field ??= new(this);

    /// <summary>The configured models and what a reference to one means.</summary>
    public ModelCatalog Models => field ??= new(this);

    /// <summary>Credentials for use: the only way to a secret.</summary>
    public CredentialManager Credentials => field ??= new(this);

    /// <summary>Failures, successes, and the waits that follow.</summary>
    public UsageManager Usage => field ??= new(this);

    /// <summary>Signs in and out.</summary>
    public SignInManager SignIns => field ??= new(this);

    /// <summary>The sign-ins of other programs on this machine.</summary>
    public ExternalLoginManager ExternalLogins => field ??= new(this);

    /// <summary>What could serve a provider, in order.</summary>
    internal Routing.CredentialPlanner Planner => field ??= new(this);

    /// <summary>Renews OAuth sign-ins.</summary>
    internal TokenRefresher Tokens => field ??= new(this);

    /// <summary>Status and checks.</summary>
    public HealthInspector Health => field ??= new(this);

    /// <summary>Profiles that come from elsewhere or go there.</summary>
    public TransferManager Transfers => field ??= new(this);

    /// <summary>The way from nothing to a first credential.</summary>
    public OnboardingManager Onboarding => field ??= new(this);

    /// <summary>Whether a user named the agent, rather than leaving it to the default.</summary>
    internal bool IsNamed { get; }

    /// <summary>Whether it inherits from another agent.</summary>
    internal bool IsSecondary => Paths.Directory != _mainPaths.Directory;

    /// <summary>Whether order and use live in <c>auth-state.json</c>.</summary>
    internal bool IsTwoFiles => _files.IsTwoFiles;

    /// <summary>
    /// What the agent sees now: its own store over main's. Legacy files are imported first where there is no store. A store
    /// that only inherits is never written by reading.
    /// </summary>
    /// <exception cref="KrabAuthException">A file cannot be read.</exception>
    public AuthStore Read()
    {
        AuthStore own = ReadOwn(Paths, _files);
        return (IsSecondary ? AuthStore.Merge(ReadOwn(_mainPaths, Files(_mainPaths)), own) : own).At(Workspace.NowMilliseconds);
    }

    /// <summary>The agent's own store as it is. What an earlier version kept elsewhere is neither seen nor imported.</summary>
    internal AuthStore Peek() => _files.Read();

    /// <summary>The same; <see langword="null"/> where it cannot be read, which is no concern of whoever only compares.</summary>
    internal AuthStore? TryPeek()
    {
        try
        {
            return Peek();
        }
        catch (KrabAuthException)
        {
            return null;
        }
    }

    /// <summary>Does work while the agent's own store is locked, whatever is in it: nothing is imported and nothing read.</summary>
    internal Task<T> HoldAsItIsAsync<T>(Func<StoreFiles.HeldStore, Task<T>> work, CancellationToken cancellationToken) => _files.HoldAsync(work, cancellationToken);

    /// <summary>Where the agent's files are and in what state.</summary>
    public AuthStoreInfo Describe()
    {
        AuthStore store = Read();
        return new AuthStoreInfo
        {
            Agent = Id,
            Product = Workspace.Product,
            StateDirectory = Workspace.State.Root,
            AgentDirectory = Paths.Directory,
            StorePath = Paths.StorePath,
            StatePath = IsTwoFiles ? Paths.StatePath : Paths.StorePath,
            ConfigPath = Workspace.State.ConfigPath,
            LinkTarget = new FileInfo(Paths.StorePath).LinkTarget is null ? null : FileGuard.ResolveTarget(Paths.StorePath),
            Format = IsTwoFiles ? StoreFormat.TwoFiles : _files.Exists ? StoreFormat.OneFile : StoreFormat.None,
            ProfileCount = store.Profiles.Count(profile => !profile.IsInherited),
            InheritedCount = store.Profiles.Count(profile => profile.IsInherited),
            RejectedCount = store.Rejected.Count,
            IsPrivate = !FileGuard.IsExposed(Paths.StorePath),
            LockedBy = PeerLock.Find(Paths.StorePath + ".lock")?.Describe(),
            LastWriteTime = _files.Exists ? File.GetLastWriteTime(Paths.StorePath) : null,
        };
    }

    /// <summary>Changes the agent's own store under its lock.</summary>
    internal async Task<T> UpdateAsync<T>(Func<AuthStore, AuthStoreEditor, T> change, CancellationToken cancellationToken, bool patiently = false)
    {
        if (Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
        await ImportLegacyAsync(Paths, _files, cancellationToken).ConfigureAwait(false);
        return await (patiently ? _files.Patiently() : _files).UpdateAsync(change, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells of entries that are no profiles: their owner believes them to be in use.</summary>
    internal void WarnOfRejected(AuthStore store)
    {
        foreach (RejectedProfile rejected in store.Rejected)
        {
            Workspace.Log.Warning($"\"{rejected.Id}\" in {Paths.StorePath} is not used [{rejected.Reason}]: {rejected.Hint}. It stays in the file.");
        }
    }

    /// <summary>A profile of this agent's own store, or the error that says why it is not there.</summary>
    internal StoredProfile RequireOwn(AuthStore own, string id)
    {
        if (own.TryGet(id, out StoredProfile? profile)) return profile;
        throw IsSecondary && ReadOwn(_mainPaths, Files(_mainPaths)).TryGet(id, out _)
            ? AuthErrors.ProfileInherited(id, Id)
            : AuthErrors.ProfileNotFound(id, Paths.StorePath);
    }

    /// <summary>
    /// The store that owns an OAuth sign-in, and so renews it: main's, if the agent only inherits it, or holds an older copy of
    /// the same account's.
    /// </summary>
    internal StoreFiles OwnerOf(string id, out bool isMain)
    {
        isMain = false;
        if (!IsSecondary) return _files;
        StoreFiles main = Files(_mainPaths);
        ReadOwn(_mainPaths, main).TryGet(id, out StoredProfile? inherited);
        if (!ReadOwn(Paths, _files).TryGet(id, out StoredProfile? own)) isMain = true;
        else isMain = inherited?.Credential is OAuthCredential theirs && own.Credential is OAuthCredential ours && (AccountIdentity.Matches(ours, theirs) || Equals(ours.Refresh, theirs.Refresh)) && (theirs.Expires ?? 0) >= (ours.Expires ?? 0);
        return isMain ? main : _files;
    }

    /// <summary>Whether both have one file of profiles, by whatever links.</summary>
    internal bool SharesStoreWith(AuthAgent other) => FileGuard.ResolveTarget(Paths.StorePath) == FileGuard.ResolveTarget(other.Paths.StorePath);

    /// <summary>The main agent, which this one inherits from.</summary>
    internal AuthAgent Main() => IsSecondary ? new AuthAgent(Workspace, _mainPaths, isNamed: true) : this;

    /// <summary>The agents that inherit from this one: all others that there are, if it is main.</summary>
    internal IEnumerable<AuthAgent> Heirs() => IsSecondary ? []
        : Workspace.AgentIds.Select(id => Workspace.OpenAgent(id))
            .Where(agent => agent.IsSecondary && Directory.Exists(agent.Paths.Directory))
            .DistinctBy(agent => agent.Paths.Directory);

    /// <summary>
    /// Does for each heir what follows there from a change that is made already: what goes wrong with one is a warning, and the others
    /// get theirs.
    /// </summary>
    /// <param name="what">What does not follow where it goes wrong: a sentence without its end.</param>
    /// <param name="work">The work.</param>
    internal async Task ForHeirsAsync(string what, Func<AuthAgent, Task> work)
    {
        List<AuthAgent> heirs;
        try
        {
            heirs = [.. Heirs()];
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            Workspace.Log.Warning($"{what} of other agents: {e.Message}");
            return;
        }
        foreach (AuthAgent heir in heirs)
        {
            try
            {
                await work(heir).ConfigureAwait(false);
            }
            catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
            {
                Workspace.Log.Warning($"{what} of agent {heir.Id}: {e.Message}");
            }
        }
    }

    /// <summary>The main agent's store, if this agent is another.</summary>
    internal StoreFiles? MainFiles => IsSecondary ? Files(_mainPaths) : null;

    /// <summary>The texts of the agent's own files. What an earlier version kept elsewhere is seen too, but not imported: looking changes nothing.</summary>
    internal (JsonObject? Store, JsonObject? State) ReadNodes()
    {
        if (_files.Exists) return _files.ReadNodes();
        return Legacy().Build() is { } content ? (StrictJson.Check(content.Store).Json!.ToNode() as JsonObject, null) : (null, null);
    }

    /// <summary>Does work while the agent's own store is locked, so that nobody renews what is in it.</summary>
    internal async Task<T> HoldAsync<T>(Func<StoreFiles.HeldStore, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
        await ImportLegacyAsync(Paths, _files, cancellationToken).ConfigureAwait(false);
        return await _files.HoldAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What an earlier version kept for the agent elsewhere.</summary>
    internal LegacyImport Legacy() => Legacy(Paths);

    private LegacyImport Legacy(AgentPaths paths) => new(Workspace, paths, paths.Directory == _mainPaths.Directory ? null : SeeMain);

    /// <summary>Main's store as it is, or will be when it is imported.</summary>
    private AuthStore SeeMain()
    {
        StoreFiles main = Files(_mainPaths);
        return !main.Exists && Legacy(_mainPaths).Build() is { } content ? StoreFiles.Parse(content.Store, _mainPaths) : main.Read();
    }

    private StoreFiles Files(AgentPaths paths) => new(paths, Workspace.Options.Locks, Workspace.Log, Workspace.Cache);

    private AuthStore ReadOwn(AgentPaths paths, StoreFiles files)
    {
        Workspace.Log.Verbose($"Reading {paths.StorePath}.");
        StoreWay.WarnIfOpen(paths.Directory, Workspace.State.Root, Workspace.Log);
        if (files.Exists) return files.Read();
        if (Legacy(paths).Build() is not { } content) return files.Read();
        if (Workspace.State.ReadOnlyVariable is not null) return StoreFiles.Parse(content.Store, paths);
        try
        {
            ImportLegacyAsync(paths, files, CancellationToken.None).GetAwaiter().GetResult();
            return files.Read();
        }
        catch (KrabAuthException e) when (e.Kind is AuthErrorKind.PermissionDenied or AuthErrorKind.Busy)
        {
            Workspace.Log.Warning($"Profiles of an earlier version are used but could not be imported: {e.Message}");
            return StoreFiles.Parse(content.Store, paths);
        }
    }

    private async Task ImportLegacyAsync(AgentPaths paths, StoreFiles files, CancellationToken cancellationToken)
    {
        if (files.Exists) return;
        LegacyImport import = Legacy(paths);
        if (import.Build() is not { } content) return;
        // Where another program was faster, its store stands and nothing of ours went into it.
        if (await files.CreateAsync(content.Store, cancellationToken).ConfigureAwait(false)) import.Retire(content);
    }
}
