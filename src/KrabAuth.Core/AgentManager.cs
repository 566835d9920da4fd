using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>The agents of a state directory.</summary>
public sealed class AgentManager
{
    private readonly AuthWorkspace _workspace;

    internal AgentManager(AuthWorkspace workspace) => _workspace = workspace;

    /// <summary>All agents: those of the configuration in its order, then those that have a directory only.</summary>
    public IReadOnlyList<AgentInfo> List()
        => [.. _workspace.Config.Agents.Select(agent => agent.Id).Concat(_workspace.AgentIds).Distinct(StringComparer.Ordinal).Select(Describe)];

    /// <summary>One agent.</summary>
    /// <exception cref="KrabAuthException"><c>AgentNotFound</c>.</exception>
    public AgentInfo Get(string id) => Describe(_workspace.Directory.Find(AgentId.Normalize(id)).Id);

    /// <summary>
    /// Makes an agent: its directories, and its entry in the configuration, so that gateways know it. It inherits main's profiles;
    /// sign-ins are never copied, and keys and static tokens only if asked for and if their owner did not forbid it.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>AgentReserved</c>, <c>AgentExists</c>, <c>AgentPathTaken</c>, and what changing the configuration throws.</exception>
    public async Task<CreatedAgent> AddAsync(NewAgent agent, CancellationToken cancellationToken = default)
    {
        string name = agent.Name.Trim();
        string id = AgentId.Normalize(name);
        if (id == AgentId.Main) throw AuthErrors.AgentReserved(id);
        if (id != name) _workspace.Log.Warning($"The agent's id is \"{id}\".");
        StateDirectory state = _workspace.State;
        string directory = agent.AgentDirectory?.Trim() is { Length: > 0 } given ? state.UserPath(given) : AgentPaths.DefaultDirectory(state, id);
        string workspace = agent.Workspace?.Trim() is { Length: > 0 } chosen ? state.UserPath(chosen) : _workspace.Directory.WorkspaceOf(id);
        if (_workspace.AgentIds.FirstOrDefault(other => other != id && SamePath(_workspace.Directory.Locate(other).Directory, directory)) is { } holder)
        {
            throw AuthErrors.AgentPathTaken(directory, $"it is the directory of agent {holder}");
        }
        await _workspace.ChangeConfigAsync(
            editor =>
            {
                if (Entries(editor).Any(entry => IdOf(editor, entry) == id)) throw AuthErrors.AgentExists(id);
                // The first of a list is the default agent: who is that now has to come before the new one.
                if (!Entries(editor).Any()) editor.Append(new JsonObject { ["id"] = _workspace.Directory.DefaultId }, "agents", "list");
                var entry = new JsonObject { ["id"] = id, ["name"] = name, ["workspace"] = workspace, ["agentDir"] = directory };
                if (agent.Model?.Trim() is { Length: > 0 } model) entry["model"] = model;
                editor.Append(entry, "agents", "list");
            },
            cancellationToken).ConfigureAwait(false);
        AgentInfo made = Describe(id);
        MakeDirectories(made);
        return new CreatedAgent(made, agent.CopyProfiles ? await CopyAsync(id, cancellationToken).ConfigureAwait(false) : []);
    }

    /// <summary>Moves an agent's files to the trash in the state directory and takes it out of the configuration. <see cref="RestoreAsync"/> undoes it.</summary>
    /// <exception cref="KrabAuthException"><c>AgentProtected</c>, <c>AgentNotFound</c>, and what changing the configuration throws.</exception>
    public Task<RemovedAgent> RemoveAsync(string id, CancellationToken cancellationToken = default)
    {
        string normalized = AgentId.Normalize(id);
        if (normalized == AgentId.Main) throw AuthErrors.AgentProtected(normalized);
        return new AgentTrash(_workspace).MoveAsync(Get(normalized), List(), cancellationToken);
    }

    /// <summary>Brings the agent of the id that was removed last back to where it was.</summary>
    /// <exception cref="KrabAuthException"><c>AgentNotInTrash</c>, <c>AgentPathTaken</c>, and what changing the configuration throws.</exception>
    public async Task<AgentInfo> RestoreAsync(string id, CancellationToken cancellationToken = default)
    {
        string normalized = AgentId.Normalize(id);
        await new AgentTrash(_workspace).RestoreAsync(normalized, cancellationToken).ConfigureAwait(false);
        return Get(normalized);
    }

    /// <summary>The entries of <c>agents.list</c>.</summary>
    internal static IEnumerable<ConfigNode> Entries(ConfigEditor editor) => editor.Tree.Find("agents", "list")?.Items ?? [];

    /// <summary>The id of an entry; null if it is none.</summary>
    internal static string? IdOf(ConfigEditor editor, ConfigNode entry, string member = "id")
        => entry.Member(member) is { } node && editor.Tree.Expand(node) is { } id ? AgentId.Normalize(id) : null;

    internal static bool SamePath(string left, string right)
        => string.Equals(Path.TrimEndingDirectorySeparator(left), Path.TrimEndingDirectorySeparator(right), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private AgentInfo Describe(string id)
    {
        ConfiguredAgent? entry = _workspace.Config.Agents.FirstOrDefault(agent => agent.Id == id);
        return new AgentInfo
        {
            Agent = id,
            Product = _workspace.Product,
            StateDirectory = _workspace.State.Root,
            Name = entry?.Name,
            IsDefault = id == _workspace.Directory.DefaultId,
            IsConfigured = entry is not null,
            AgentDirectory = _workspace.Directory.Locate(id).Directory,
            Workspace = _workspace.Directory.WorkspaceOf(id),
            SessionsDirectory = Path.Combine(_workspace.State.Root, "agents", id, "sessions"),
            Model = Visible(entry?.Model?.Primary) ?? Visible(_workspace.Config.DefaultModel.Primary),
            Bindings = _workspace.Config.Bindings.GetValueOrDefault(id),
        };
    }

    private static void MakeDirectories(AgentInfo agent)
    {
        foreach (string directory in new[] { agent.AgentDirectory, agent.SessionsDirectory, agent.Workspace })
        {
            try
            {
                PrivateDirectory.Ensure(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw AuthErrors.StoreUnwritable(directory, e);
            }
        }
    }

    private async Task<IReadOnlyList<string>> CopyAsync(string id, CancellationToken cancellationToken)
    {
        AuthAgent source = _workspace.OpenAgent(_workspace.Directory.DefaultId);
        AuthAgent target = _workspace.OpenAgent(id);
        HashSet<string> present = [.. target.Read().Profiles.Where(profile => !profile.IsInherited).Select(profile => profile.Id)];
        var copied = new List<string>();
        foreach (StoredProfile profile in source.Read().Profiles)
        {
            if (profile.Credential is OAuthCredential || profile.Credential.CopyToAgents == false || present.Contains(profile.Id)) continue;
            await source.Profiles.CopyAsync(profile.Id, null, target, cancellationToken).ConfigureAwait(false);
            copied.Add(profile.Id);
        }
        return copied;
    }

    private static string? Visible(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
