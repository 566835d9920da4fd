using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>
/// <c>auth.json</c> beside a store: the map from provider to credential that the agent library of the gateways reads. Each
/// provider's entry is the profile that would be chosen. It is kept where it is, or was, or where <c>auth.runtimeCache</c> asks for it.
/// </summary>
/// <remarks>
/// A record beside it (<see cref="AgentPaths.CacheRecordPath"/>) names the providers whose entries KrabAuth keeps. It outlives the
/// store, so that an <c>auth.json</c> that is left when a store is removed is not taken for one of the time before there were stores.
/// </remarks>
internal sealed class RuntimeCache(AuthWorkspace workspace)
{
    /// <summary>A gateway holds the lock of its cache for moments only; what waits here is a person.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Follows a change of a store, or of the configuration where no store is given. What goes wrong is warned about: the store is changed already.</summary>
    /// <param name="changed">The agent whose store was changed; those that inherit from it are followed too.</param>
    /// <param name="before">The providers that the store had before.</param>
    public async Task FollowAsync(AgentPaths? changed, IReadOnlyCollection<string> before)
    {
        try
        {
            bool? wanted = workspace.Config.RuntimeCache;
            if (wanted == false) return;
            string main = AgentPaths.MainOf(workspace.State).Directory;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            IEnumerable<AgentPaths> all = changed is null || changed.Directory == main ? workspace.AgentIds.Select(id => workspace.OpenAgent(id).Paths) : [];
            foreach (AgentPaths paths in changed is null ? all : all.Prepend(changed))
            {
                if (seen.Add(paths.Directory) && Directory.Exists(paths.Directory) && (wanted == true || Exists(paths))) await FollowAsync(paths, before, wanted == true).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            workspace.Log.Warning($"The gateways' cache of credentials was not brought up to date: {e.Message}");
        }
    }

    /// <summary>Puts the account that is used now in the place of a provider's entry, or takes the entry away.</summary>
    public Task ReplaceAsync(AgentPaths paths, string provider) => FollowAsync(paths, [provider], isWanted: false);

    /// <summary>Whether an <c>auth.json</c> is a cache that KrabAuth has kept.</summary>
    public static bool IsRecorded(AgentPaths paths) => File.Exists(paths.CacheRecordPath);

    private static bool Exists(AgentPaths paths) => File.Exists(paths.LegacyPath) || IsRecorded(paths);

    private async Task FollowAsync(AgentPaths paths, IReadOnlyCollection<string> before, bool isWanted)
    {
        try
        {
            var agent = new AuthAgent(workspace, paths, isNamed: false);
            // Reading imports what is really of the time before there were stores, and takes it away.
            agent.Read();
            if (!isWanted && !Exists(paths)) return;
            string target = FileGuard.ResolveTarget(paths.LegacyPath);
            LockOptions options = workspace.Options.Locks with { Timeout = Patience };
            using StoreLock held = await StoreLock.AcquireAsync(target, PeerLockForm.Directory, options, workspace.Log, CancellationToken.None).ConfigureAwait(false);
            Write(paths, target, agent.Read(), before, held);
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            workspace.Log.Warning($"{paths.LegacyPath} was not brought up to date: {e.Message} A gateway may go on using what it says until the next change.");
        }
    }

    private void Write(AgentPaths paths, string target, AuthStore store, IReadOnlyCollection<string> before, StoreLock held)
    {
        JsonObject? found = Load(target);
        JsonObject cache = found ?? [];
        JsonNode? old = found?.DeepClone();
        JsonObject? record = Load(paths.CacheRecordPath);
        List<string> recorded = [.. (record?["providers"] as JsonArray ?? []).Select(node => node?.GetValue<string>()).OfType<string>()];
        var kept = new JsonArray();
        foreach (string provider in store.Profiles.Select(profile => profile.Credential.Provider).Concat(before).Concat(recorded).DistinctBy(ProviderId.Canonical))
        {
            string name = cache.Select(entry => entry.Key).FirstOrDefault(key => ProviderId.Same(key, provider)) ?? provider;
            if (Choose(store, provider) is { } chosen && RuntimeCacheEntry.Of(chosen, cache[name] as JsonObject) is { } entry)
            {
                if (!JsonNode.DeepEquals(cache[name], entry)) cache[name] = entry;
                kept.Add((JsonNode)name);
            }
            else
            {
                cache.Remove(name);
            }
        }
        var nowRecord = new JsonObject { ["version"] = 1, ["providers"] = kept };
        // The record first: without it a cache could be taken for something else.
        if (!JsonNode.DeepEquals(record, nowRecord)) AtomicFile.Write(paths.CacheRecordPath, JsonText.Serialize(nowRecord), held.ThrowIfLost);
        if (!JsonNode.DeepEquals(old, cache))
        {
            // An agent's own file may hold what no store has: until KrabAuth has written it once, nobody can tell.
            if (record is null && paths.Directory != AgentPaths.MainOf(workspace.State).Directory && old is JsonObject entries && entries.Any(entry => IsLost(store, entry.Key, entry.Value, cache))
                && BackupFile.Keep(target, "cache", workspace.NowMilliseconds) is { } backup) workspace.Log.Verbose($"{target} as it was is kept in {backup}.");
            workspace.Log.Verbose($"Writing {target}.");
            AtomicFile.Write(target, JsonText.Serialize(cache), held.ThrowIfLost);
        }
    }

    private static bool IsLost(AuthStore store, string provider, JsonNode? entry, JsonObject cache)
        => !JsonNode.DeepEquals(entry, cache[provider]) && (entry is not JsonObject present || !store.OfProvider(provider).Any(profile => RuntimeCacheEntry.IsOf(profile.Credential, present)));

    /// <summary>The profile that would be chosen now; while all wait, the one whose wait ends first. Never one that a person took out of use.</summary>
    private Credential? Choose(AuthStore store, string provider)
    {
        ResolvedOrder order = ProfileOrder.Resolve(store, workspace.Config, provider, workspace.NowMilliseconds);
        string? id = order.Order.FirstOrDefault(candidate => !store.Stats(candidate).IsDisabledByUser);
        return id is not null && store.TryGet(id, out StoredProfile? profile) ? profile.Credential : null;
    }

    private static JsonObject? Load(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        if (json is null) throw AuthErrors.StoreCorrupt(path, problem!);
        return json.ToNode() as JsonObject ?? throw AuthErrors.StoreCorrupt(path, new JsonProblem("the file must hold an object", 1, 1));
    }
}
