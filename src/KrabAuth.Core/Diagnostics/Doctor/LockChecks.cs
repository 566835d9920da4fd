using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>Where locks stand.</summary>
internal static class LockPaths
{
    /// <summary>The locks of an agent's files, whether they stand or not.</summary>
    public static IEnumerable<string> Of(AuthAgent agent)
    {
        foreach (string path in new[] { agent.Paths.StorePath, agent.Paths.LegacyPath, new SessionFile(agent).Location })
        {
            yield return path + ".lock";
            if (Target(path) is { } target) yield return target + ".lock";
        }
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        }
        catch (IOException)
        {
            // Links that lead to one another have a finding of their own.
            return null;
        }
    }

    /// <summary>The directories of the lines in front of them.</summary>
    public static IEnumerable<string> Queues(AuthAgent agent)
        => Of(agent).Select(path => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileNameWithoutExtension(path)}.queue"));

    /// <summary>The locks that stand now. What is refused, such as a link, has a finding of its own.</summary>
    public static IEnumerable<(AuthAgent? Agent, string Path, PeerLock Lock)> Standing(DoctorContext context)
    {
        string root = Path.Combine(context.State.Root, "locks");
        IEnumerable<string> shared = Directory.Exists(root) ? Directory.EnumerateFileSystemEntries(root, "*.lock", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 }) : [];
        foreach ((AuthAgent? agent, string path) in context.Agents.SelectMany(agent => Of(agent).Select(path => ((AuthAgent?)agent, path))).Concat(shared.Select(path => ((AuthAgent?)null, path))))
        {
            if (TryFind(path) is { } found) yield return (agent, path, found);
        }
    }

    /// <summary>A lock that can be looked at; <see langword="null"/> for what another user closed, or put there to mislead.</summary>
    public static PeerLock? TryFind(string path)
    {
        try
        {
            return PeerLock.Find(path);
        }
        catch (Exception e) when (e is KrabAuthException or UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }
}

/// <summary>A lock whose holder is gone.</summary>
internal sealed class StaleLockCheck : IDoctorCheck
{
    public string Id => "stale-lock";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        LockOptions options = context.Workspace.Options.Locks;
        return from entry in LockPaths.Standing(context)
               where entry.Lock.IsAbandoned(context.FileTime, options.Stale)
               select context.Finding(this, DoctorSeverity.Warning, entry.Path, $"A program that is gone left it ({entry.Lock.Describe()}). Some programs wait for it until somebody takes it away.", entry.Agent) with
               {
                   Remedy = Remedy.Same("Take it away."),
                   IsSafe = true,
                   Mend = async token =>
                   {
                       // Taking the lock takes an abandoned one over; letting go removes it.
                       using StoreLock held = await StoreLock.AcquireAsync(entry.Path[..^".lock".Length], entry.Lock.Form, options, context.Workspace.Log, token).ConfigureAwait(false);
                       return null;
                   },
               };
    }
}

/// <summary>A lock that a living program holds.</summary>
internal sealed class HeldLockCheck : IDoctorCheck
{
    public string Id => "lock-held";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from entry in LockPaths.Standing(context)
           where !entry.Lock.IsAbandoned(context.FileTime, context.Workspace.Options.Locks.Stale)
           select context.Finding(this, DoctorSeverity.Info, entry.Path, $"It is held now by {entry.Lock.Describe()}. Changes wait until it is free.", entry.Agent) with
           {
               Remedy = Remedy.Same("Nothing, while that program is at work."),
           };
}

/// <summary>Temporary files and tickets of programs that were killed. A temporary file may hold a whole store.</summary>
internal sealed class LeftoverCheck : IDoctorCheck
{
    /// <summary>A write takes moments, and a wait for a lock less than a minute.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public string Id => "leftover-files";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent? agent, string directory) in DoctorFiles.Directories(context))
        {
            if (Files(context, directory) is not { Count: > 0 } files) continue;
            yield return context.Finding(this, DoctorSeverity.Warning, directory, $"Programs that were killed left here: {string.Join(", ", files.Select(Path.GetFileName).Take(5))}{(files.Count > 5 ? $" and {files.Count - 5} more" : string.Empty)}. Such a file may hold secrets.", agent) with
            {
                Remedy = Remedy.Same("Delete them. What they were to become was never finished."),
                IsSafe = true,
                Mend = _ =>
                {
                    foreach (string file in Files(context, directory)) LockQueue.RemoveIfDead(file);
                    return Task.FromResult<string?>(null);
                },
            };
        }
    }

    private static List<string> Files(DoctorContext context, string directory)
    {
        DateTime moment = (context.FileTime - Longest).UtcDateTime;
        return [.. AtomicFile.OlderThan(directory, moment), .. Directory.EnumerateDirectories(directory, ".*.queue").Where(queue => new DirectoryInfo(queue).LinkTarget is null).Where(queue => !DoctorFiles.IsClosed(queue)).SelectMany(queue => LockQueue.OlderThan(queue, moment))];
    }
}

/// <summary>A gateway that works on the same files now.</summary>
internal sealed class GatewayCheck : IDoctorCheck
{
    private static readonly string[] DirectoryPrefixes = ["openclaw-", "clawdbot-", "moltbot-", "krabkrab-"];

    public string Id => "gateway-running";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        string temporary = context.Workspace.Options.Host.GetVariable("TMPDIR") is { Length: > 0 } given ? given : Path.GetTempPath();
        if (OperatingSystem.IsWindows() || !Directory.Exists(temporary)) return [];
        // The gateways name their lock after the path of the configuration.
#pragma warning disable CA5350 // The gateways chose SHA-1 for a file name; nothing is protected by it.
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(context.State.ConfigPath)))[..8];
#pragma warning restore CA5350
        return Directory.EnumerateDirectories(temporary, "*-*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 })
            .Where(directory => IsOfGateway(Path.GetFileName(directory)))
            .Select(directory => Path.Combine(directory, $"gateway.{hash}.lock"))
            .Where(File.Exists)
            .Select(path => (Path: path, Lock: LockPaths.TryFind(path)))
            .Where(entry => entry.Lock?.IsAbandoned(context.FileTime, context.Workspace.Options.Locks.Stale) == false)
            .Select(entry => context.Finding(this, DoctorSeverity.Info, entry.Path, $"A gateway works on these files now ({entry.Lock!.Describe()}). It may go on using an account until it reads the store again.") with
            {
                Remedy = Remedy.Same("Restart the gateway after the account was changed."),
            });
    }

    private static bool IsOfGateway(string name) => DirectoryPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
