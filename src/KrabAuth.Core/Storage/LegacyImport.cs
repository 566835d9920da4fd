using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>What is to be imported.</summary>
/// <param name="Store">The text of the new store.</param>
/// <param name="Sources">The files that it comes from. One in which nothing was found is not among them, and stays.</param>
internal sealed record LegacyContent(byte[] Store, IReadOnlyList<string> Sources);

/// <summary>
/// Brings in what earlier versions kept elsewhere, once, when an agent has no store: the store and <c>auth.json</c> of the
/// time before there were agents, the agent's own <c>auth.json</c>, and <c>credentials/oauth.json</c>.
/// </summary>
internal sealed class LegacyImport(StateDirectory state, AgentPaths agent, AuthConfig config, IAuthLog log)
{
    /// <summary>What this process has warned of already: a store is read many times in a session.</summary>
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    /// <summary>What is copied of each kind, and nothing else: the rest of a legacy entry belonged to the old program.</summary>
    private static readonly Dictionary<CredentialType, string[]> LegacyMembers = new()
    {
        [CredentialType.ApiKey] = ["key", "email"],
        [CredentialType.Token] = ["token", "expires", "email"],
        [CredentialType.OAuth] = ["access", "refresh", "expires", "enterpriseUrl", "projectId", "accountId", "email"],
    };

    private bool IsMain => agent.Directory == AgentPaths.MainOf(state).Directory;

    private string PreAgentDirectory => Path.Combine(state.Root, "agent");

    private string OAuthPath => Path.Combine(state.OAuthDirectory, "oauth.json");

    /// <summary>The files to import from, most specific first. Looking costs a few file checks and nothing more.</summary>
    public IReadOnlyList<string> Sources()
    {
        IEnumerable<string> candidates = IsMain
            ? [Path.Combine(PreAgentDirectory, "auth-profiles.json"), agent.LegacyPath, Path.Combine(PreAgentDirectory, "auth.json"), OAuthPath]
            : [agent.LegacyPath];
        return [.. candidates.Where(File.Exists)];
    }

    /// <summary>Builds the text of the store; <see langword="null"/> if the sources hold nothing to import.</summary>
    public LegacyContent? Build(IReadOnlyList<string> sources)
    {
        JsonObject? root = null;
        var understood = new List<string>();
        foreach (string source in sources)
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
            int cached = source == agent.LegacyPath ? entries.RemoveAll(entry => IsCache(Text(entry.Entry, "provider")!)) : 0;
            if (cached > 0 && Warned.TryAdd(source, true))
            {
                log.Warning($"{source} is the cache that a gateway kept beside a store that is gone; its old sign-ins are not taken from it. Sign in again.");
            }
            if (entries.Count == 0) continue;
            root ??= new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject() };
            var editor = new AuthStoreEditor(root, null);
            foreach ((string id, JsonObject entry) in entries) editor.Adopt(id, entry);
            if (cached == 0) understood.Add(source);
        }
        if (root?["profiles"] is not JsonObject { Count: > 0 }) return null;
        log.Verbose($"Importing profiles from {string.Join(", ", understood)}.");
        return new LegacyContent(JsonText.Serialize(root), understood);
    }

    /// <summary>
    /// Retires what was imported, so that old tokens never come back over fresh ones. <c>oauth.json</c> stays: it is only
    /// read when there is no store, and other programs may read it.
    /// </summary>
    public void Retire(LegacyContent content)
    {
        foreach (string source in content.Sources.Where(source => source != OAuthPath))
        {
            try
            {
                File.Delete(source);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.Warning($"{source} was imported but cannot be removed ({e.Message}). Remove it, so that its old tokens are not imported again.");
            }
        }
    }

    /// <summary>
    /// Whether an entry of the agent's <c>auth.json</c> is a copy of what a store held, and so comes from an account that was removed
    /// with it. KrabAuth's own record says so; for a cache of others, that there was a second file of the store, or that the
    /// configuration lists profiles of the provider: nothing did before there were stores.
    /// </summary>
    internal bool IsCache(string provider)
        => RuntimeCache.IsRecorded(agent) || File.Exists(agent.StatePath) || config.Profiles.Any(profile => ProviderId.Same(profile.Provider, provider));

    /// <summary>The entries of an <c>auth.json</c>.</summary>
    internal static IEnumerable<(string Id, JsonObject Entry)> LegacyEntries(JsonObject document)
    {
        if (document.ContainsKey("profiles")) yield break;
        foreach ((string name, JsonNode? node) in document)
        {
            if (node is not JsonObject value || CredentialTypes.Parse(Text(value, "type")) is not { } type) continue;
            var entry = new JsonObject { ["type"] = type.StoredName(), ["provider"] = Text(value, "provider") ?? name };
            foreach (string member in LegacyMembers[type])
            {
                bool isNumber = value[member] is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number;
                if (member == "expires" ? isNumber : value[member] is not null) entry[member] = value[member]!.DeepClone();
            }
            yield return ($"{name}:default", entry);
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
            yield return ($"{provider}:default", entry);
        }
    }

    private static string? Text(JsonObject value, string name) => value[name] is JsonValue text && text.TryGetValue(out string? result) ? result : null;

    private static StrictJson? Load(string path)
    {
        string target = FileGuard.ResolveTarget(path);
        if (FileGuard.ReadAll(target) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        return json ?? throw AuthErrors.StoreCorrupt(path, problem!);
    }
}
