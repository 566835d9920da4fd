using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>The one or two files of an agent's own store: read without a lock, changed under it.</summary>
internal sealed class StoreFiles(AgentPaths paths, LockOptions lockOptions, IAuthLog log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>What this process has warned of already: a store is read many times in a session, and one word is enough.</summary>
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    /// <summary>Whether the agent has a store of its own.</summary>
    public bool Exists => Path.Exists(paths.StorePath);

    /// <summary>Whether order and use live in a file of their own.</summary>
    public bool IsTwoFiles => Path.Exists(paths.StatePath);

    /// <summary>The agent's own store; an empty one where there is none.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>, <c>UnsafePath</c>.</exception>
    public AuthStore Read()
    {
        string target = FileGuard.ResolveTarget(paths.StorePath);
        if (FileGuard.IsExposed(target) && Warned.TryAdd(target, true)) log.Warning($"{target} can be read by other users. The next change closes it; until then: chmod 600 '{target}'");
        try
        {
            return ReadOnce(target);
        }
        catch (KrabAuthException e) when (e.ErrorId == "StoreCorrupt" && MayBeWrittenNow(target))
        {
            log.Verbose($"{target} is being written by another program; reading it again under its lock.");
            return ReadUnderLock(target);
        }
    }

    /// <summary>Reads, changes and writes under the lock. Nothing is written if the change throws or alters nothing.</summary>
    /// <param name="change">Gets the store as it is now, read after the lock was had, and its editor.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    public async Task<T> UpdateAsync<T>(Func<AuthStore, AuthStoreEditor, T> change, CancellationToken cancellationToken)
    {
        string target = Prepare();
        using StoreLock storeLock = await LockAsync(target, lockOptions, cancellationToken).ConfigureAwait(false);
        StrictJson? profiles = Load(target);
        StrictJson? state = LoadState();
        AuthStore store = AuthStoreReader.Read(target, profiles, paths.StatePath, state);
        JsonObject root = profiles?.ToNode() as JsonObject ?? new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject() };
        var stateRoot = state?.ToNode() as JsonObject;
        JsonNode rootBefore = root.DeepClone();
        JsonNode? stateBefore = stateRoot?.DeepClone();
        T result = change(store, new AuthStoreEditor(root, stateRoot));
        Write(target, root, rootBefore, storeLock);
        if (stateRoot is not null) Write(FileGuard.ResolveTarget(paths.StatePath), stateRoot, stateBefore, storeLock);
        return result;
    }

    /// <summary>Writes a store where there is none; one that another program made meanwhile stays.</summary>
    public async Task CreateAsync(byte[] content, CancellationToken cancellationToken)
    {
        string target = Prepare();
        using StoreLock storeLock = await LockAsync(target, lockOptions, cancellationToken).ConfigureAwait(false);
        if (!File.Exists(target)) AtomicFile.Write(target, content, storeLock.ThrowIfLost);
    }

    /// <summary>Reads the text of a store that is not in its file yet.</summary>
    public static AuthStore Parse(byte[] content, AgentPaths paths)
        => AuthStoreReader.Read(paths.StorePath, StrictJson.Check(content).Json, paths.StatePath, null);

    private string Prepare()
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
        return FileGuard.ResolveTarget(paths.StorePath);
    }

    private async Task<StoreLock> LockAsync(string target, LockOptions options, CancellationToken cancellationToken)
    {
        PeerLockForm form = IsTwoFiles ? PeerLockForm.File : PeerLockForm.Directory;
        try
        {
            return await StoreLock.AcquireAsync(target, form, options, log, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(target, e);
        }
    }

    private void Write(string target, JsonObject document, JsonNode? before, StoreLock storeLock)
    {
        if (JsonNode.DeepEquals(document, before)) return;
        log.Verbose($"Writing {target}.");
        try
        {
            AtomicFile.Write(target, JsonText.Serialize(document), storeLock.ThrowIfLost);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(target, e);
        }
    }

    private AuthStore ReadOnce(string target) => AuthStoreReader.Read(target, Load(target), paths.StatePath, LoadState());

    /// <summary>Older peers write in place, so that a reader can meet half a file. Their lock tells when it is whole.</summary>
    private AuthStore ReadUnderLock(string target)
    {
        LockOptions patient = lockOptions with { Timeout = Fresh };
        using StoreLock storeLock = LockAsync(target, patient, CancellationToken.None).GetAwaiter().GetResult();
        return ReadOnce(target);
    }

    private static bool MayBeWrittenNow(string target)
        => Path.Exists(target + ".lock") || DateTime.UtcNow - File.GetLastWriteTimeUtc(target) < Fresh;

    private StrictJson? LoadState() => IsTwoFiles ? Load(FileGuard.ResolveTarget(paths.StatePath)) : null;

    private static StrictJson? Load(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        return json ?? throw AuthErrors.StoreCorrupt(path, problem!);
    }
}
