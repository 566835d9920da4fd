using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>The agents of a state directory: those configured, and those whose directory is there.</summary>
internal sealed class AgentDirectory(StateDirectory state, AuthConfig config)
{
    /// <summary>The agent that commands mean without a name: the first marked default, else the first listed, else main.</summary>
    public string DefaultId
        => (config.Agents.FirstOrDefault(agent => agent.IsDefault) ?? (config.Agents.Count > 0 ? config.Agents[0] : null))?.Id ?? AgentId.Main;

    /// <summary>All agents, main first, then by id.</summary>
    public IReadOnlyList<string> KnownIds()
    {
        var ids = new SortedSet<string>(config.Agents.Select(agent => agent.Id), StringComparer.Ordinal);
        string root = Path.Combine(state.Root, "agents");
        try
        {
            if (Directory.Exists(root)) ids.UnionWith(Directory.EnumerateDirectories(root).Select(static path => Path.GetFileName(path)).Where(name => AgentId.Normalize(name) == name));
        }
        catch (UnauthorizedAccessException e)
        {
            throw AuthErrors.StoreUnreadable(root, "permission denied", e);
        }
        ids.Remove(AgentId.Main);
        return [AgentId.Main, .. ids];
    }

    /// <summary>Where an agent's files are; without a name, the default agent's, which the environment can redirect.</summary>
    /// <exception cref="KrabAuthException"><c>AgentNotFound</c>.</exception>
    public AgentPaths Find(string? id)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            return state.AgentDirectoryOverride is { } directory ? new AgentPaths(DefaultId, directory) : Locate(DefaultId);
        }
        string normalized = AgentId.Normalize(id);
        return KnownIds().Contains(normalized)
            ? Locate(normalized)
            : throw AuthErrors.AgentNotFound(normalized, KnownIds());
    }

    /// <summary>The directory that an agent works in.</summary>
    public string WorkspaceOf(string id)
    {
        if (config.Agents.FirstOrDefault(agent => agent.Id == id)?.Workspace is { } configured) return state.UserPath(configured);
        if (id != DefaultId) return Path.Combine(state.Root, $"workspace-{id}");
        return config.DefaultWorkspace?.Trim() is { Length: > 0 } shared ? state.UserPath(shared) : Path.Combine(state.Root, "workspace");
    }

    /// <summary>Where an agent's files are, whatever the environment redirects.</summary>
    public AgentPaths Locate(string id)
    {
        string? configured = config.Agents.FirstOrDefault(agent => agent.Id == id)?.Directory;
        return new AgentPaths(id, configured is null ? AgentPaths.DefaultDirectory(state, id) : state.UserPath(configured));
    }
}
