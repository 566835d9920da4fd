using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>A file of an agent that cannot be understood. It is moved aside and kept; nothing else ever does that.</summary>
internal sealed class UnreadableCheck : IDoctorCheck
{
    public string Id => "store-unreadable";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach (AuthAgent agent in context.Agents)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (string path in DoctorFiles.Of(agent))
            {
                if (Error(agent, path) is not { } error || !seen.Add(path)) continue;
                DoctorFinding finding = context.Finding(this, DoctorSeverity.Error, path, error.Message, agent);
                string afterwards = path == new SessionFile(agent).Location ? "Only the account that each session stays with is forgotten; or mend that file and put it back." : "Sign in again, or mend that file and put it back.";
                yield return error.Kind != AuthErrorKind.CorruptData
                    ? finding with { Remedy = error.Remedy }
                    : finding with { Remedy = Remedy.Same($"Move it aside, as {Path.GetFileName(path)}.unreadable.<time>.bak. {afterwards}"), Mend = token => MoveAsync(context, agent, path, token) };
            }
        }
    }

    /// <summary>Why a file cannot be used; null if it can, is not there, or is refused for where it leads.</summary>
    private static KrabAuthException? Error(AuthAgent agent, string path)
    {
        try
        {
            if (UnsafePathCheck.Refusal(path) is not null || FileGuard.ReadAll(FileGuard.ResolveTarget(path)) is not { } bytes) return null;
            // A program that writes in place may be at it: read again then as every reader does, under its lock.
            if (path == agent.Paths.StorePath || path == agent.Paths.StatePath)
            {
                agent.Peek();
                return null;
            }
            (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
            if (json is null) return AuthErrors.StoreCorrupt(path, problem!);
            if (path == new SessionFile(agent).Location) new SessionFile(agent).Read();
            return json.ToNode() is System.Text.Json.Nodes.JsonObject ? null : AuthErrors.StoreCorrupt(path, new JsonProblem("the file must hold an object", 1, 1));
        }
        catch (KrabAuthException e)
        {
            // Two files make one store: the error belongs to the one that it names. A link that leads nowhere has its own finding.
            return e.ErrorId is "StoreCorrupt" or "StoreUnreadable" && Path.Exists(path) && e.Target is { } named && SameFile(named, path) ? e : null;
        }
    }

    private static bool SameFile(string named, string path) => named == path || named == FileGuard.ResolveTarget(path);

    private static async Task<string?> MoveAsync(DoctorContext context, AuthAgent agent, string path, CancellationToken cancellationToken)
    {
        if (path == agent.Paths.StorePath || path == agent.Paths.StatePath)
        {
            return await agent.HoldAsItIsAsync(held => Task.FromResult(IsStoreBroken(held, path) ? Move(context, path, held.ThrowIfLost) : null), cancellationToken).ConfigureAwait(false);
        }
        using StoreLock held = await StoreLock.AcquireAsync(FileGuard.ResolveTarget(path), PeerLockForm.Directory, context.Workspace.Options.Locks, context.Workspace.Log, cancellationToken).ConfigureAwait(false);
        return Error(agent, path) is null ? null : Move(context, path, held.ThrowIfLost);
    }

    /// <summary>Whether it still is, now that nobody writes: both files are read, and the error names one of them.</summary>
    private static bool IsStoreBroken(StoreFiles.HeldStore held, string path)
    {
        try
        {
            held.Read();
            return false;
        }
        catch (KrabAuthException e)
        {
            return e.Target is { } named && SameFile(named, path);
        }
    }

    private static string Move(DoctorContext context, string path, Action throwIfLost)
    {
        string target = FileGuard.ResolveTarget(path);
        string backup = context.BackupPath(target, "unreadable");
        throwIfLost();
        if (Directory.Exists(target)) Directory.Move(target, backup);
        else File.Move(target, backup);
        // Links must not lead to nothing: whoever shares the store would meet an error in its place.
        if (target != path) AtomicFile.Write(target, "{\n  \"version\": 1,\n  \"profiles\": {}\n}\n"u8.ToArray(), throwIfLost);
        NativeFile.FlushDirectory(Path.GetDirectoryName(target)!);
        return backup;
    }
}
