using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// <c>trash</c> of the state directory: what was of removed agents, each in a directory of its own with a record of where it was and
/// what the configuration said of it.
/// </summary>
internal sealed class AgentTrash(AuthWorkspace workspace)
{
    private const string RecordName = "agent.json";

    private string Root => Path.Combine(workspace.State.Root, "trash");

    /// <summary>Takes an agent out of the configuration and moves its files here.</summary>
    public async Task<RemovedAgent> MoveAsync(AgentInfo agent, IReadOnlyList<AgentInfo> all, CancellationToken cancellationToken)
    {
        string stamp = workspace.Now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        string trash = Path.Combine(Root, $"{agent.Agent}-{stamp}");
        int bindings = 0, allowed = 0;
        var record = new JsonObject { ["version"] = 1, ["id"] = agent.Agent };
        List<(string From, string To)> moves = [.. Places(agent, all).Select(place => (place.Path, Path.Combine(trash, place.Name)))];
        try
        {
            PrivateDirectory.Ensure(trash);
            void Take(ConfigEditor editor)
            {
                record["entries"] = Raw(AgentManager.Entries(editor).Where(entry => AgentManager.IdOf(editor, entry) == agent.Agent));
                record["bindings"] = Raw((editor.Tree.Find("bindings")?.Items ?? []).Where(binding => IsOf(editor, binding, agent)));
                record["allow"] = Raw((editor.Tree.Find("tools", "agentToAgent", "allow")?.Items ?? []).Where(item => editor.Tree.Expand(item) == agent.Agent));
                // Written before anything goes, so that nothing of the configuration is lost on the way.
                Save(trash, record, moves);
                editor.RemoveItems(entry => AgentManager.IdOf(editor, entry) == agent.Agent, "agents", "list");
                bindings = editor.RemoveItems(binding => IsOf(editor, binding, agent), "bindings");
                allowed = editor.RemoveItems(item => editor.Tree.Expand(item) == agent.Agent, "tools", "agentToAgent", "allow");
                RemoveIfEmpty(editor, "agents", "list");
                RemoveIfEmpty(editor, "bindings");
                RemoveIfEmpty(editor, "tools", "agentToAgent", "allow");
            }
            if (File.Exists(workspace.State.ConfigPath)) await workspace.ChangeConfigAsync(Take, cancellationToken).ConfigureAwait(false);
            else Save(trash, record, moves);
            await MoveFilesAsync(agent, record, trash, moves, stamp, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(trash, e);
        }
        return new RemovedAgent(agent, trash, bindings, allowed);
    }

    /// <summary>Moves the files of the agent that was removed last back, and puts what the configuration said of it there again.</summary>
    public async Task RestoreAsync(string id, CancellationToken cancellationToken)
    {
        List<(string Path, JsonObject Record)> all = [.. Records()];
        if (all.FindLast(entry => entry.Record["id"]?.GetValue<string>() == id) is not { Record: { } record, Path: { } trash })
        {
            throw AuthErrors.AgentNotInTrash(id, Root, all.Select(entry => entry.Record["id"]!.GetValue<string>()).Distinct());
        }
        List<(string From, string To)> moves = [.. (record["moved"] as JsonArray ?? []).OfType<JsonObject>().Select(move => (move["from"]!.GetValue<string>(), move["to"]!.GetValue<string>())).Where(move => Path.Exists(move.Item2))];
        if (moves.FirstOrDefault(move => Path.Exists(move.From)).From is { } taken) throw AuthErrors.AgentPathTaken(taken, "something new is there");
        try
        {
            await workspace.ChangeConfigAsync(editor => PutBack(editor, id, record), cancellationToken).ConfigureAwait(false);
            foreach ((string from, string to) in moves)
            {
                PrivateDirectory.Ensure(Path.GetDirectoryName(from)!);
                Directory.Move(to, from);
            }
            Directory.Delete(trash, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(trash, e);
        }
    }

    private static void PutBack(ConfigEditor editor, string id, JsonObject record)
    {
        if (AgentManager.Entries(editor).Any(entry => AgentManager.IdOf(editor, entry) == id)) return;
        foreach (JsonNode? entry in record["entries"] as JsonArray ?? []) editor.AppendAsWritten(entry!, "agents", "list");
        foreach (JsonNode? binding in record["bindings"] as JsonArray ?? []) editor.AppendAsWritten(binding!, "bindings");
        foreach (JsonNode? allowed in record["allow"] as JsonArray ?? []) editor.AppendAsWritten(allowed!, "tools", "agentToAgent", "allow");
    }

    /// <summary>The directories that go with an agent. What another agent uses too, or what holds more than the agent, stays.</summary>
    private IEnumerable<(string Path, string Name)> Places(AgentInfo agent, IReadOnlyList<AgentInfo> all)
    {
        string home = Path.Combine(workspace.State.Root, "agents", agent.Agent);
        List<AgentInfo> others = [.. all.Where(other => other.Agent != agent.Agent)];
        string[] kept = [workspace.State.Root, AgentPaths.MainOf(workspace.State).Directory, workspace.Options.Host.UserHomeDirectory ?? workspace.State.Root, .. others.Select(other => other.Workspace), .. others.Select(other => other.AgentDirectory)];
        foreach ((string path, string name) in new[] { (home, "agent"), (agent.AgentDirectory, "agent-dir"), (agent.Workspace, "workspace") })
        {
            if (!Directory.Exists(path) || (path != home && Holds(home, path))) continue;
            if (kept.FirstOrDefault(other => Holds(path, other)) is { } reason) workspace.Log.Warning($"{path} stays where it is: {reason} is in use.");
            else yield return (path, name);
        }
    }

    /// <summary>Whether a path is in a directory, or is it.</summary>
    private static bool Holds(string directory, string path)
        => AgentManager.SamePath(directory, path) || Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private async Task MoveFilesAsync(AgentInfo agent, JsonObject record, string trash, List<(string From, string To)> moves, string stamp, CancellationToken cancellationToken)
    {
        var paths = new AgentPaths(agent.Agent, agent.AgentDirectory);
        string store = paths.StorePath;
        PeerLockForm form = File.Exists(paths.StatePath) ? PeerLockForm.File : PeerLockForm.Directory;
        // A renewal that is under way is waited for: its new token must be in what is kept.
        StoreLock? held = File.Exists(store)
            ? await StoreLock.AcquireAsync(FileGuard.ResolveTarget(store), form, workspace.Options.Locks, workspace.Log, cancellationToken).ConfigureAwait(false)
            : null;
        // Windows moves no directory in which a file is open.
        if (OperatingSystem.IsWindows()) held?.Dispose();
        try
        {
            for (int i = 0; i < moves.Count; i++)
            {
                (string from, string to) = moves[i];
                try
                {
                    Directory.Move(from, to);
                }
                catch (IOException) when (!Path.Exists(to))
                {
                    // On another volume: set aside where it is.
                    moves[i] = (from, $"{Path.TrimEndingDirectorySeparator(from)}.trash-{stamp}");
                    Save(trash, record, moves);
                    Directory.Move(from, moves[i].To);
                }
                if (Holds(from, store)) ForgetLock(moves[i].To + (store + ".lock")[Path.TrimEndingDirectorySeparator(from).Length..]);
            }
        }
        finally
        {
            if (!OperatingSystem.IsWindows()) held?.Dispose();
        }
    }

    /// <summary>The lock that was held went along.</summary>
    private static void ForgetLock(string path) => PeerLock.Find(path)?.Remove(path);

    private IEnumerable<(string Path, JsonObject Record)> Records()
    {
        if (!Directory.Exists(Root)) yield break;
        // Their names end in the time.
        foreach (string directory in Directory.EnumerateDirectories(Root).OrderBy(path => path[(path.LastIndexOf('-') + 1)..], StringComparer.Ordinal))
        {
            if (FileGuard.ReadAll(Path.Combine(directory, RecordName)) is not { } bytes) continue;
            if (StrictJson.Check(bytes).Json?.ToNode() is JsonObject record && record["id"] is JsonValue) yield return (directory, record);
        }
    }

    private static void Save(string trash, JsonObject record, List<(string From, string To)> moves)
    {
        record["moved"] = new JsonArray([.. moves.Select(move => new JsonObject { ["from"] = move.From, ["to"] = move.To })]);
        AtomicFile.Write(Path.Combine(trash, RecordName), JsonText.Serialize(record));
    }

    /// <summary>Values as they are written, variables in them included.</summary>
    private static JsonArray Raw(IEnumerable<ConfigNode> nodes) => new([.. nodes.Select(node => JsonNode.Parse(node.Parts[0].Place.Value.GetRawText()))]);

    private static bool IsOf(ConfigEditor editor, ConfigNode binding, AgentInfo agent) => AgentManager.IdOf(editor, binding, "agentId") == agent.Agent;

    private static void RemoveIfEmpty(ConfigEditor editor, params ReadOnlySpan<string> path)
    {
        if (editor.Tree.Find(path) is { Kind: JsonValueKind.Array, Items.Count: 0 }) editor.Remove(path);
    }
}
