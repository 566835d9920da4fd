using KrabAuth.Agents;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>The files and directories that hold secrets or guard them.</summary>
internal static class DoctorFiles
{
    /// <summary>An agent's files, whether they exist or not.</summary>
    public static IReadOnlyList<string> Of(AuthAgent agent)
        => [agent.Paths.StorePath, agent.Paths.StatePath, agent.Paths.LegacyPath, agent.Paths.CacheRecordPath, new SessionFile(agent).Location];

    /// <summary>The files of a state directory that exist, each with its agent.</summary>
    public static IEnumerable<(AuthAgent? Agent, string Path)> All(DoctorContext context)
    {
        IEnumerable<string> shared = [context.State.ConfigPath, Path.Combine(context.State.Root, ".env"), Path.Combine(context.State.OAuthDirectory, "oauth.json")];
        return shared.Select(path => ((AuthAgent?)null, path)).Concat(context.Agents.SelectMany(agent => Of(agent).Select(path => ((AuthAgent?)agent, path)))).Where(entry => IsThere(entry.Item2));
    }

    private static bool IsThere(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.Exists != false;
        }
        catch (IOException)
        {
            // Links that lead to one another: there is nothing behind them.
            return false;
        }
    }

    /// <summary>The directories that hold secrets or guard them, whether they exist or not.</summary>
    public static IEnumerable<(AuthAgent? Agent, string Path)> Places(DoctorContext context)
    {
        string root = context.State.Root;
        IEnumerable<(AuthAgent?, string)> shared = [(null, root), (null, Path.Combine(root, "agents")), (null, Path.Combine(root, "locks")), (null, context.State.OAuthDirectory)];
        return shared.Concat(context.Everyone().Select(agent => ((AuthAgent?)agent, agent.Paths.Directory))).DistinctBy(entry => entry.Item2);
    }

    /// <summary>Directories and files that hold no secret, and without which nothing is found.</summary>
    public static IEnumerable<(AuthAgent? Agent, string Path)> Ways(DoctorContext context)
    {
        string root = context.State.Root;
        IEnumerable<(AuthAgent?, string)> shared = [(null, Path.Combine(root, "providers")), (null, Path.Combine(root, "locks", "oauth-refresh")), (null, Path.Combine(root, OwnSettings.FileName))];
        return shared.Concat(context.Everyone().Select(agent => ((AuthAgent?)agent, Path.GetDirectoryName(agent.Paths.Directory)!)).Where(entry => entry.Item2.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
    }

    /// <summary>The directories that can be looked into.</summary>
    public static IEnumerable<(AuthAgent? Agent, string Path)> Directories(DoctorContext context)
        => Places(context).Where(entry => context.Regards(entry.Agent) && Directory.Exists(entry.Path) && !IsClosed(entry.Path));

    /// <summary>Whether this user is not let into a directory, so that nobody can tell what is in it.</summary>
    public static bool IsClosed(string directory)
    {
        if (!Directory.Exists(directory)) return NativeFile.IsOutOfReach(directory);
        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            entries.MoveNext();
            return NativeFile.IsOutOfReach(Path.Combine(directory, "."));
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }
}

/// <summary>
/// Files and directories that others than their owner can look into, or that he cannot. What is closed hides what is behind it, the
/// configuration among it.
/// </summary>
internal sealed class PermissionCheck : IDoctorCheck
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Id => "permissions";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => DoctorFiles.Places(context).Concat(DoctorFiles.All(context)).Select(entry => Look(context, entry.Agent, entry.Path, isSecret: true))
            .Concat(DoctorFiles.Ways(context).Select(entry => Look(context, entry.Agent, entry.Path, isSecret: false)))
            .OfType<DoctorFinding>()
            .DistinctBy(finding => finding.Subject);

    private DoctorFinding? Look(DoctorContext context, AuthAgent? agent, string path, bool isSecret)
    {
        bool isDirectory = Directory.Exists(path);
        if (!isDirectory && !File.Exists(path)) return null;
        if (OperatingSystem.IsWindows() || !NativeFile.IsOwnedByCurrentUser(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path))
        {
            return !isDirectory || !DoctorFiles.IsClosed(path) ? null
                : context.Finding(this, DoctorSeverity.Error, path, "You are not let into it, so that nothing in it can be judged.", agent) with { Remedy = AuthErrors.ForeignOwner(path).Remedy };
        }
        UnixFileMode wanted = isDirectory ? Owner : PrivateDirectory.FileMode;
        UnixFileMode mode = File.GetUnixFileMode(path);
        bool isWritable = FileGuard.IsWritableByOthers(path), isOpen = isWritable || (isSecret && (mode & ~Owner) != 0), isShut = (mode & wanted) != wanted;
        if (!isOpen && !isShut) return null;
        string message = isShut ? $"Its mode {Convert.ToString((int)mode, 8)} keeps you from reading or writing it."
            : !isSecret ? $"Its mode {Convert.ToString((int)mode, 8)} lets other users change what is in it."
            : $"Its mode {Convert.ToString((int)mode, 8)} lets other users in; credentials are kept here.";
        return context.Finding(this, isShut ? DoctorSeverity.Error : DoctorSeverity.Warning, path, message, agent) with
        {
            Remedy = Remedy.Same($"Give it mode 0{Convert.ToString((int)wanted, 8)}."),
            IsSafe = true,
            Mend = _ =>
            {
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, wanted);
                context.Workspace.ForgetConfig();
                return Task.FromResult<string?>(null);
            },
        };
    }
}

/// <summary>Paths that KrabAuth refuses: somebody else's files, links that lead nowhere, links where a lock belongs.</summary>
internal sealed class UnsafePathCheck : IDoctorCheck
{
    public string Id => "unsafe-path";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent? agent, string path) in DoctorFiles.Places(context).Where(entry => context.Regards(entry.Agent) && !Directory.Exists(entry.Path) && File.Exists(entry.Path)))
        {
            yield return context.Finding(this, DoctorSeverity.Error, path, "It is a file where a directory belongs: nothing can be kept below it.", agent) with { Remedy = Remedy.Same("Move the file away.") };
        }
        foreach (AuthAgent agent in context.Agents)
        {
            foreach (string path in DoctorFiles.Of(agent))
            {
                if (Refusal(path) is { } refusal) yield return context.Finding(this, DoctorSeverity.Error, path, refusal.Message, agent) with { Remedy = refusal.Remedy };
            }
            foreach (string path in LockPaths.Of(agent).Concat(LockPaths.Queues(agent)))
            {
                if (new FileInfo(path).LinkTarget is not { } target) continue;
                yield return context.Finding(this, DoctorSeverity.Error, path, $"It is a link to {target}; where a lock belongs, nothing is written through a link.", agent) with
                {
                    Remedy = Remedy.Same($"Remove the link. What it leads to stays: {target}"),
                    IsSafe = true,
                    Mend = _ =>
                    {
                        if (new FileInfo(path).LinkTarget is not null) File.Delete(path);
                        return Task.FromResult<string?>(null);
                    },
                };
            }
        }
    }

    /// <summary>Why a path is not used; <see langword="null"/> if it is.</summary>
    public static KrabAuthException? Refusal(string path)
    {
        try
        {
            FileGuard.ResolveTarget(path);
            return null;
        }
        catch (KrabAuthException e)
        {
            return e;
        }
    }
}

/// <summary>A store that is a link: whoever else links there shares it.</summary>
internal sealed class LinkedStoreCheck : IDoctorCheck
{
    public string Id => "linked-store";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from agent in context.Agents
           let target = new FileInfo(agent.Paths.StorePath).LinkTarget
           where target is not null && UnsafePathCheck.Refusal(agent.Paths.StorePath) is null
           select context.Finding(this, DoctorSeverity.Info, agent.Paths.StorePath, $"It is a link to {target}. Every agent whose store leads there has the same accounts.", agent) with
           {
               Remedy = Remedy.Same("Nothing, if it is meant so."),
           };
}

/// <summary>A configuration that cannot be read.</summary>
internal sealed class ConfigUnreadableCheck : IDoctorCheck
{
    public string Id => "config-unreadable";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        KrabAuthException? error = null;
        try
        {
            _ = context.Workspace.Config;
        }
        catch (KrabAuthException e)
        {
            error = e;
        }
        if (error is null) yield break;
        yield return context.Finding(this, DoctorSeverity.Error, context.State.ConfigPath, $"{error.Message} Nothing else can be judged until it is mended.") with { Remedy = error.Remedy };
    }
}
