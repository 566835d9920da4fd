using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>Between the recorded JSON of a store and the store that Core makes of it.</summary>
internal static class StoreJson
{
    /// <summary>Reads a store as Core reads it from a file. A stored order that is empty stays: these stores never were in a file.</summary>
    public static AuthStore Read(JsonNode? node)
    {
        AuthStore store = AuthStoreReader.Read("vector", StrictJson.Check(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null")).Json, "vector", null);
        if (node?["order"] is not JsonObject order) return store;
        return new AuthStore(store.Profiles)
        {
            Rejected = store.Rejected,
            Order = order.Where(entry => entry.Value is JsonArray).ToDictionary(
                entry => entry.Key, entry => store.Order.GetValueOrDefault(entry.Key) ?? [], StringComparer.Ordinal),
            LastGood = store.LastGood,
            UsageStats = store.UsageStats,
        };
    }

    /// <summary>What Core understood, in the shape of a file.</summary>
    public static JsonObject Write(AuthStore store)
    {
        var profiles = new JsonObject();
        foreach (StoredProfile profile in store.Profiles)
        {
            var entry = new JsonObject();
            CredentialWriter.Write(entry, profile.Credential, previous: null);
            profiles[profile.Id] = entry;
        }
        var document = new JsonObject { ["version"] = 1, ["profiles"] = profiles };
        Add("order", store.Order, entry => new JsonArray([.. entry.Select(id => (JsonNode?)id)]), ProviderId.Normalize);
        Add("lastGood", store.LastGood, entry => entry, ProviderId.Normalize);
        Add("usageStats", store.UsageStats, Stats, id => id);
        return document;

        void Add<T>(string section, IReadOnlyDictionary<string, T> map, Func<T, JsonNode?> write, Func<string?, string?> key)
        {
            if (map.Count > 0) document[section] = new JsonObject(map.Select(entry => KeyValuePair.Create(key(entry.Key)!, write(entry.Value))));
        }
    }

    private static JsonObject Stats(UsageStats stats)
    {
        var entry = new JsonObject();
        void Add(string name, JsonNode? value)
        {
            if (value is not null) entry[name] = value;
        }
        Add("lastUsed", stats.LastUsed);
        if (stats.ErrorCount > 0) Add("errorCount", stats.ErrorCount);
        Add("cooldownUntil", stats.CooldownUntil);
        Add("cooldownReason", stats.CooldownReason);
        Add("cooldownModel", stats.CooldownModel);
        Add("disabledUntil", stats.DisabledUntil);
        Add("disabledReason", stats.DisabledReason);
        Add("blockedUntil", stats.BlockedUntil);
        Add("lastFailureAt", stats.LastFailureAt);
        if (stats.FailureCounts.Count > 0) Add("failureCounts", new JsonObject(stats.FailureCounts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))));
        return entry;
    }
}
