using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>The one or two files of an agent's own store: read without a lock, changed under it.</summary>
internal sealed class StoreFiles(AgentPaths paths, LockOptions lockOptions, IAuthLog log, RuntimeCache cache)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>What this process has warned of already: a store is read many times in a session, and one word is enough.</summary>
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    /// <summary>Whether the agent has a store of its own.</summary>
    public bool Exists => Path.Exists(paths.StorePath);

    /// <summary>Whether order and use live in a file of their own.</summary>
    public bool IsTwoFiles => File.Exists(paths.StatePath);

    /// <summary>The agent's own store; an empty one where there is none.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>, <c>UnsafePath</c>.</exception>
    public AuthStore Read()
    {
        Targets targets = Resolve();
        if (FileGuard.IsExposed(targets.Store) && Warned.TryAdd(targets.Store, true)) log.Warning($"{targets.Store} can be read by other users. The next change closes it; until then: chmod 600 '{targets.Store}'");
        try
        {
            return ReadOnce(targets);
        }
        catch (KrabAuthException e) when (e.ErrorId == "StoreCorrupt" && MayBeWrittenNow(targets.Store))
        {
            log.Verbose($"{targets.Store} is being written by another program; reading it again under its lock.");
            return ReadUnderLock(targets);
        }
    }

    /// <summary>The texts of the files as they are, with all that KrabAuth does not know; null for a file that is not there.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>, <c>UnsafePath</c>.</exception>
    public (JsonObject? Store, JsonObject? State) ReadNodes()
    {
        // Read for its errors first: what is no store is not looked into.
        Read();
        Targets targets = Resolve();
        return (Load(targets.Store)?.ToNode() as JsonObject, Load(targets.State)?.ToNode() as JsonObject);
    }

    /// <summary>The same files for work that must not be given up while another one asks its server under the lock.</summary>
    public StoreFiles Patiently() => new(paths, lockOptions.Patient, log, cache);

    /// <summary>Reads, changes and writes under the lock. Nothing is written if the change throws or alters nothing.</summary>
    /// <param name="change">Gets the store as it is now, read after the lock was had, and its editor.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    public Task<T> UpdateAsync<T>(Func<AuthStore, AuthStoreEditor, T> change, CancellationToken cancellationToken)
        => HoldAsync(held => Task.FromResult(held.Change(change)), cancellationToken);

    /// <summary>Does work under the lock that may last, such as asking a server: others wait until it is done.</summary>
    public async Task<T> HoldAsync<T>(Func<HeldStore, Task<T>> work, CancellationToken cancellationToken)
    {
        Targets targets = Prepare();
        HeldStore? held = null;
        try
        {
            using StoreLock storeLock = await LockAsync(targets, cancellationToken).ConfigureAwait(false);
            held = new HeldStore(this, targets, storeLock);
            return await work(held).ConfigureAwait(false);
        }
        finally
        {
            // Without the lock, and from what is stored by then: whoever comes last leaves the cache as it has to be.
            if (held?.ProvidersBefore is { } before) await cache.FollowAsync(paths, before).ConfigureAwait(false);
        }
    }

    /// <summary>A store whose lock is held.</summary>
    internal sealed class HeldStore
    {
        private readonly StoreFiles _files;
        private readonly Targets _targets;
        private readonly StoreLock _storeLock;

        public HeldStore(StoreFiles files, Targets targets, StoreLock storeLock)
        {
            _files = files;
            _targets = targets;
            _storeLock = storeLock;
        }

        /// <summary>The providers that the store had before it was changed; null if it was not.</summary>
        public HashSet<string>? ProvidersBefore { get; private set; }

        /// <summary>Refuses to go on if the lock was lost.</summary>
        /// <exception cref="KrabAuthException"><c>LockLost</c>.</exception>
        public void ThrowIfLost() => _storeLock.ThrowIfLost();

        /// <summary>The store as it is now.</summary>
        public AuthStore Read() => ReadOnce(_targets);

        /// <summary>Reads, changes and writes.</summary>
        public T Change<T>(Func<AuthStore, AuthStoreEditor, T> change)
        {
            AuthStore? before = null;
            bool isWritten = false;
            try
            {
                (T result, isWritten) = _files.Change(
                    _targets,
                    _storeLock,
                    (store, editor) =>
                    {
                        before = store;
                        return change(store, editor);
                    });
                return result;
            }
            catch (KrabAuthException e) when (e.ErrorId == "StorePartlyWritten")
            {
                // The credentials changed: what is made of them follows.
                isWritten = true;
                throw;
            }
            finally
            {
                if (isWritten) (ProvidersBefore ??= new(StringComparer.Ordinal)).UnionWith(before!.Profiles.Select(profile => profile.Credential.Provider));
            }
        }
    }

    private (T Result, bool IsWritten) Change<T>(Targets targets, StoreLock storeLock, Func<AuthStore, AuthStoreEditor, T> change)
    {
        StrictJson? profiles = Load(targets.Store);
        StrictJson? state = Load(targets.State);
        AuthStore store = AuthStoreReader.Read(targets.Store, profiles, targets.State, state);
        JsonObject root = profiles?.ToNode() as JsonObject ?? new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject() };
        var stateRoot = state?.ToNode() as JsonObject;
        JsonNode rootBefore = root.DeepClone();
        JsonNode? stateBefore = stateRoot?.DeepClone();
        T result = change(store, new AuthStoreEditor(root, stateRoot));
        // The credentials come first: where the other file cannot follow, a new token is safe, and what names a profile that is gone counts for nothing.
        List<NewContent> changed = [];
        if (!JsonNode.DeepEquals(root, rootBefore)) changed.Add(new NewContent(targets.Store, JsonText.Serialize(root)));
        if (stateRoot is not null && !JsonNode.DeepEquals(stateRoot, stateBefore)) changed.Add(new NewContent(targets.State, JsonText.Serialize(stateRoot)));
        if (changed.Count > 0) Replace(changed, storeLock);
        return (result, changed.Count > 0);
    }

    /// <summary>Writes a store where there is none; one that another program made meanwhile stays.</summary>
    /// <returns>Whether it was written.</returns>
    public async Task<bool> CreateAsync(byte[] content, CancellationToken cancellationToken)
    {
        Targets targets = Prepare();
        using StoreLock storeLock = await LockAsync(targets, cancellationToken).ConfigureAwait(false);
        if (Path.Exists(targets.Store)) return false;
        Replace([new NewContent(targets.Store, content)], storeLock);
        return true;
    }

    /// <summary>Reads the text of a store that is not in its file yet.</summary>
    public static AuthStore Parse(byte[] content, AgentPaths paths)
        => AuthStoreReader.Read(paths.StorePath, StrictJson.Check(content).Json, paths.StatePath, null);

    /// <summary>Where the files are, behind the links that may stand in their places. Both are judged before either is touched.</summary>
    private Targets Resolve() => new(FileGuard.ResolveTarget(paths.StorePath), FileGuard.ResolveTarget(paths.StatePath));

    private Targets Prepare()
    {
        try
        {
            PrivateDirectory.Ensure(paths.Directory);
            if (!NativeFile.IsOwnedByCurrentUser(Path.TrimEndingDirectorySeparator(paths.Directory) + Path.DirectorySeparatorChar)) throw AuthErrors.ForeignOwner(paths.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(paths.StorePath, e);
        }
        return Resolve();
    }

    private async Task<StoreLock> LockAsync(Targets targets, CancellationToken cancellationToken)
    {
        PeerLockForm form = IsTwoFiles ? PeerLockForm.File : PeerLockForm.Directory;
        try
        {
            StoreLock storeLock = await StoreLock.AcquireAsync(targets.Store, form, lockOptions, log, cancellationToken).ConfigureAwait(false);
            if (storeLock.WasAbandoned) RemoveLeftovers(targets, storeLock);
            return storeLock;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(targets.Store, e);
        }
    }

    /// <summary>The holder before may have been killed in the middle of a write of either file.</summary>
    private static void RemoveLeftovers(Targets targets, StoreLock storeLock)
    {
        try
        {
            AtomicFile.RemoveLeftovers(targets.Store);
            AtomicFile.RemoveLeftovers(targets.State);
        }
        catch
        {
            storeLock.Dispose();
            throw;
        }
    }

    private void Replace(List<NewContent> files, StoreLock storeLock)
    {
        foreach (NewContent file in files) log.Verbose($"Writing {file.Path}.");
        try
        {
            AtomicFile.Write(files, storeLock.ThrowIfLost);
        }
        catch (PartlyWrittenException e)
        {
            throw AuthErrors.StorePartlyWritten(e.Written, e.Unwritten, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(files[0].Path, e);
        }
    }

    private static AuthStore ReadOnce(Targets targets) => AuthStoreReader.Read(targets.Store, Load(targets.Store), targets.State, Load(targets.State));

    /// <summary>Older peers write in place, so that a reader can meet half a file. Their lock tells when it is whole.</summary>
    private AuthStore ReadUnderLock(Targets targets)
    {
        // With the patience of a writer: many of these may be at work, and a reader that gives up first would fail for no reason.
        using StoreLock storeLock = LockAsync(targets, CancellationToken.None).GetAwaiter().GetResult();
        return ReadOnce(targets);
    }

    private static bool MayBeWrittenNow(string target)
        => Path.Exists(target + ".lock") || DateTime.UtcNow - File.GetLastWriteTimeUtc(target) < Fresh;

    private static StrictJson? Load(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        return json ?? throw AuthErrors.StoreCorrupt(path, problem!);
    }

    internal readonly record struct Targets(string Store, string State);
}
