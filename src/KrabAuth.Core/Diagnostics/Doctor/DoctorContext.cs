using KrabAuth.Agents;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>What the checks look at, read anew for each of them: the one before may have mended something.</summary>
/// <param name="Workspace">The state directory.</param>
/// <param name="Only">The id of the one agent that is looked at; all without it.</param>
internal sealed record DoctorContext(AuthWorkspace Workspace, string? Only)
{
    public StateDirectory State => Workspace.State;

    /// <summary>The agents that are looked at, each directory once. One whose directory is closed has a finding of its own, and no other.</summary>
    public IReadOnlyList<AuthAgent> Agents => [.. Everyone().Where(agent => Regards(agent) && !DoctorFiles.IsClosed(agent.Paths.Directory))];

    /// <summary>Whether what is an agent's, or nobody's, is looked at.</summary>
    public bool Regards(AuthAgent? agent) => agent is null || Only is null || agent.Id == Only;

    /// <summary>Real time, by which files are dated.</summary>
    public DateTimeOffset FileTime => Workspace.Options.Locks.Clock.GetUtcNow();

    /// <summary>The agents whose stores can be read: their own store, and what they see.</summary>
    public IEnumerable<(AuthAgent Agent, AuthStore Own, AuthStore Seen)> Stores()
    {
        foreach (AuthAgent agent in Agents)
        {
            if (agent.TryPeek() is not { } own || agent.Main().TryPeek() is not { } main) continue;
            yield return (agent, own, (agent.IsSecondary ? AuthStore.Merge(main, own) : own).At(Workspace.NowMilliseconds));
        }
    }

    /// <summary>All agents, whichever are looked at: the configuration is theirs together. Main alone where nobody can tell who they are.</summary>
    public IReadOnlyList<AuthAgent> Everyone()
    {
        try
        {
            return [.. (State.AgentDirectoryOverride is null ? [] : new[] { Workspace.OpenAgent() }).Concat(Workspace.AgentIds.Select(Workspace.OpenAgent)).DistinctBy(agent => agent.Paths.Directory)];
        }
        catch (KrabAuthException)
        {
            // The configuration, or the directory of agents, cannot be read: that has findings of its own.
            return [new AuthAgent(Workspace, AgentPaths.MainOf(State), isNamed: true)];
        }
    }

    /// <summary>Where the configuration was kept as it was by a change of this moment; <see langword="null"/> if an included file was changed.</summary>
    public string? ConfigBackup()
    {
        string backup = State.ConfigPath + ".bak";
        return File.Exists(backup) && FileTime.UtcDateTime - File.GetLastWriteTimeUtc(backup) < TimeSpan.FromMinutes(1) ? backup : null;
    }

    /// <summary>A finding of a check.</summary>
    public DoctorFinding Finding(IDoctorCheck check, DoctorSeverity severity, string subject, string message, AuthAgent? agent = null) => new()
    {
        Id = check.Id,
        Check = check,
        Severity = severity,
        Agent = agent?.Id,
        Subject = subject,
        Message = message,
        Product = Workspace.Product,
        StateDirectory = State.Root,
    };

    /// <summary>Changes an agent's store under its lock; its files are kept as they were if there is something to change.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="kind">What the backup is called after.</param>
    /// <param name="change">Changes the store, and says whether it is to be written: what was found may be gone.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <returns>Where the backup is.</returns>
    public Task<string?> ChangeStoreAsync(AuthAgent agent, string kind, Func<AuthStore, AuthStoreEditor, bool> change, CancellationToken cancellationToken)
        => agent.UpdateAsync(
            (store, editor) =>
            {
                if (!change(store, editor)) return null;
                if (File.Exists(agent.Paths.StatePath)) Keep(agent.Paths.StatePath, kind);
                return Keep(agent.Paths.StorePath, kind);
            },
            cancellationToken);

    /// <summary>Copies a file beside itself, for its owner alone.</summary>
    public string? Keep(string path, string kind) => BackupFile.Keep(path, kind, Workspace.NowMilliseconds);

    /// <summary>A name beside a file that nothing has.</summary>
    public string BackupPath(string path, string kind) => BackupFile.PathOf(path, kind, Workspace.NowMilliseconds);
}
