using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>What is to be imported.</summary>
/// <param name="Store">The text of the new store.</param>
/// <param name="Sources">The files that it comes from. One in which nothing was found is not among them, and stays.</param>
internal sealed record LegacyContent(byte[] Store, IReadOnlyList<string> Sources)
{
    /// <summary>What stands in these files and was not taken, by file.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Left { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>
/// Brings in what earlier versions kept elsewhere, once, when an agent has no store: the store and <c>auth.json</c> of the
/// time before there were agents, the agent's own <c>auth.json</c>, and <c>credentials/oauth.json</c>.
/// </summary>
/// <param name="workspace">The state directory.</param>
/// <param name="agent">The agent.</param>
/// <param name="inherited">What the agent inherits; null for the one that inherits nothing.</param>
internal sealed class LegacyImport(AuthWorkspace workspace, AgentPaths agent, Func<AuthStore>? inherited)
{
    /// <summary>What this process has warned of already: a store is read many times in a session.</summary>
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    private readonly Lazy<AuthStore> _inherited = new(inherited ?? (() => AuthStore.Empty));

    private string PreAgentDirectory => Path.Combine(workspace.State.Root, "agent");

    private string OAuthPath => Path.Combine(workspace.State.OAuthDirectory, "oauth.json");

    /// <summary>The files to import from, most specific first. Looking costs a few file checks and nothing more.</summary>
    private IEnumerable<string> Sources()
    {
        IEnumerable<string> candidates = inherited is null
            ? [Path.Combine(PreAgentDirectory, "auth-profiles.json"), agent.LegacyPath, Path.Combine(PreAgentDirectory, "auth.json"), OAuthPath]
            : [agent.LegacyPath];
        return candidates.Where(File.Exists);
    }

    /// <summary>Builds the text of the store; <see langword="null"/> if the sources hold nothing to import.</summary>
    public LegacyContent? Build()
    {
        JsonObject? root = null;
        var understood = new List<string>();
        var left = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (string source in Sources())
        {
            if (Load(source) is not { } json) continue;
            if (Path.GetFileName(source) == Path.GetFileName(agent.StorePath))
            {
                // Read for its errors: what cannot be a store must not become one.
                AuthStoreReader.Read(source, json, source, null);
                root = (JsonObject)json.ToNode();
                understood.Add(source);
                continue;
            }
            if (json.ToNode() is not JsonObject document) continue;
            List<(string Id, JsonObject Entry)> entries = [.. source == OAuthPath ? OAuthEntries(document) : LegacyEntries(document)];
            bool isCache = source == agent.LegacyPath && entries.RemoveAll(entry => IsCopy(source, entry.Entry)) > 0;
            if (entries.Count == 0) continue;
            root ??= new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject() };
            var editor = new AuthStoreEditor(root, null);
            HashSet<string> taken = [.. entries.Where(entry => editor.Adopt(entry.Id, entry.Entry)).Select(entry => entry.Id)];
            if (isCache) continue;
            understood.Add(source);
            List<string> others = [.. document.Select(member => member.Key).Where(name => !taken.Contains(IdOf(name)))];
            if (others.Count > 0) left[source] = others;
        }
        if (root?["profiles"] is not JsonObject { Count: > 0 }) return null;
        workspace.Log.Verbose($"Importing profiles from {string.Join(", ", understood)}.");
        return new LegacyContent(JsonText.Serialize(root), understood) { Left = left };
    }

    /// <summary>
    /// Retires what was imported, so that old tokens never come back over fresh ones: a file that holds more than was taken is kept
    /// as a backup. <c>oauth.json</c> stays: it is only read when there is no store, and other programs may read it.
    /// </summary>
    public void Retire(LegacyContent content)
    {
        foreach (string source in content.Sources.Where(source => source != OAuthPath))
        {
            try
            {
                if (content.Left.TryGetValue(source, out IReadOnlyList<string>? left) && BackupFile.Keep(source, "legacy", workspace.NowMilliseconds) is { } backup)
                {
                    workspace.Log.Warning($"Of {source} this was not imported: {string.Join(", ", left)}. The file is kept as {backup}.");
                }
                File.Delete(source);
            }
            catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
            {
                workspace.Log.Warning($"{source} was imported but cannot be removed ({e.Message}). Move it away, so that its old tokens are not imported again.");
            }
        }
    }

    /// <summary>
    /// Whether an entry of the agent's <c>auth.json</c> is a copy of what a store held, and so comes from an account that was removed
    /// with it. KrabAuth's own record says so; for a cache of others, that there was a second file of the store, or that the
    /// configuration lists profiles of the provider: nothing did before there were stores.
    /// </summary>
    internal bool IsCache(string provider)
        => RuntimeCache.IsRecorded(agent) || File.Exists(agent.StatePath) || workspace.Config.Profiles.Any(profile => ProviderId.Same(profile.Provider, provider));

    /// <summary>The entries of an <c>auth.json</c>, with all that stands in them.</summary>
    internal static IEnumerable<(string Id, JsonObject Entry)> LegacyEntries(JsonObject document)
    {
        if (document.ContainsKey("profiles")) yield break;
        foreach ((string name, JsonNode? node) in document)
        {
            if (node is JsonObject value && FlatCredential.ToEntry(name, value) is { } entry) yield return (IdOf(name), entry);
        }
    }

    /// <summary>The entries of an <c>oauth.json</c>.</summary>
    internal static IEnumerable<(string Id, JsonObject Entry)> OAuthEntries(JsonObject document)
    {
        foreach ((string provider, JsonNode? node) in document)
        {
            if (node is not JsonObject value) continue;
            var entry = new JsonObject { ["type"] = "oauth", ["provider"] = provider };
            foreach ((string member, JsonNode? content) in value) entry[member] = content?.DeepClone();
            yield return (IdOf(provider), entry);
        }
    }

    private static string IdOf(string name) => $"{name}:default";

    /// <summary>Whether an entry is a copy of what is, or was, in a store.</summary>
    private bool IsCopy(string source, JsonObject entry)
    {
        string provider = entry["provider"]!.ToString();
        List<Credential> above = [.. _inherited.Value.OfProvider(provider).Select(profile => profile.Credential)];
        if (above.Exists(credential => RuntimeCacheEntry.IsOf(credential, entry))) return true;
        if (IsCache(provider))
        {
            // Main may have renewed since: nobody has to sign in again.
            if (above.Count == 0) WarnOnce(source, "is the cache that a gateway kept beside a store that is gone; its old sign-ins are not taken from it. Sign in again.");
            return true;
        }
        // Tokens that main has renewed meanwhile look like others. Two agents with one sign-in sign each other out.
        if (CredentialReader.Read(string.Empty, entry).Credential is not OAuthCredential own || !above.OfType<OAuthCredential>().Any(credential => !AccountIdentity.CanCompare(credential, own))) return false;
        WarnOnce(source, $"has a sign-in of {provider} that may be an older copy of main's; it is not taken from it. If it is another account, sign in to it for agent {agent.Id}.");
        return true;
    }

    private void WarnOnce(string source, string message)
    {
        if (Warned.TryAdd($"{source} {message}", true)) workspace.Log.Warning($"{source} {message}");
    }

    private static StrictJson? Load(string path)
    {
        string target = FileGuard.ResolveTarget(path);
        if (FileGuard.ReadAll(target) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        return json ?? throw AuthErrors.StoreCorrupt(path, problem!);
    }
}
