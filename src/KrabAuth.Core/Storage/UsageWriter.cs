using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;

namespace KrabAuth.Storage;

/// <summary>Brings a use record to what is known now. Members that did not change stay as they are, and so do those that are not known.</summary>
internal static class UsageWriter
{
    public static UsageStats Read(JsonObject entry)
    {
        using JsonDocument document = JsonDocument.Parse(entry.ToJsonString());
        return UsageStats.Read(document.RootElement);
    }

    public static void Write(JsonObject entry, UsageStats stats)
    {
        UsageStats before = Read(entry);
        Number("lastUsed", before.LastUsed, stats.LastUsed);
        if (before.ErrorCount != stats.ErrorCount) entry["errorCount"] = stats.ErrorCount;
        WriteCounts(entry, before.FailureCounts, stats.FailureCounts);
        Number("lastFailureAt", before.LastFailureAt, stats.LastFailureAt);
        Number("cooldownUntil", before.CooldownUntil, stats.CooldownUntil);
        Text("cooldownReason", before.CooldownReason, stats.CooldownReason);
        Text("cooldownModel", before.CooldownModel, stats.CooldownModel);
        Number("disabledUntil", before.DisabledUntil, stats.DisabledUntil);
        Text("disabledReason", before.DisabledReason, stats.DisabledReason);
        Number("blockedUntil", before.BlockedUntil, stats.BlockedUntil);
        Text("blockedReason", before.BlockedReason, stats.BlockedReason);
        Text("blockedSource", before.BlockedSource, stats.BlockedSource);
        Text("blockedModel", before.BlockedModel, stats.BlockedModel);
        Number("lastProbeAt", before.LastProbeAt, stats.LastProbeAt);
        // What newer peers say of a wait goes with it.
        if (stats.CooldownUntil is null) entry.Remove("cooldownClassification");
        if (stats.BlockedUntil is null) entry.Remove("blockedScope");
        WriteWindows(entry, before.Windows, stats.Windows);
        WriteModelWaits(entry, before.ModelWaits, stats.ModelWaits);

        void Number(string name, long? old, long? value) => Set(name, old == value, value is { } number ? JsonValue.Create(number) : null);

        void Text(string name, string? old, string? value) => Set(name, old == value, value is null ? null : JsonValue.Create(value));

        void Set(string name, bool isSame, JsonNode? value)
        {
            if (isSame) return;
            if (value is null) entry.Remove(name);
            else entry[name] = value;
        }
    }

    private static void WriteCounts(JsonObject entry, IReadOnlyDictionary<string, int> before, IReadOnlyDictionary<string, int> after)
    {
        if (after.Count == 0)
        {
            entry.Remove("failureCounts");
            return;
        }
        if (entry["failureCounts"] is not JsonObject counts) entry["failureCounts"] = counts = [];
        foreach (string reason in before.Keys.Where(reason => !after.ContainsKey(reason))) counts.Remove(reason);
        foreach ((string reason, int count) in after)
        {
            if (before.GetValueOrDefault(reason) != count) counts[reason] = count;
        }
    }

    private static void WriteWindows(JsonObject entry, IReadOnlyDictionary<string, WaitWindow> before, IReadOnlyDictionary<string, WaitWindow> after)
    {
        if (after.Count == 0)
        {
            entry.Remove(WaitWindow.Member);
            return;
        }
        if (entry[WaitWindow.Member] is not JsonObject windows) entry[WaitWindow.Member] = windows = [];
        foreach (string ladder in WaitWindow.Ladders)
        {
            WaitWindow? window = after.GetValueOrDefault(ladder);
            if (window == before.GetValueOrDefault(ladder)) continue;
            if (window is null) windows.Remove(ladder);
            else windows[ladder] = window.ToJson();
        }
    }

    private static void WriteModelWaits(JsonObject entry, IReadOnlyDictionary<string, ModelWait> before, IReadOnlyDictionary<string, ModelWait> after)
    {
        if (after.Count == 0)
        {
            entry.Remove(ModelWait.Member);
            return;
        }
        // What is left of waits that a peer ended does not come back with a new one.
        if (before.Count == 0 || entry[ModelWait.Member] is not JsonObject waits) entry[ModelWait.Member] = waits = [];
        foreach (string model in before.Keys.Where(model => !after.ContainsKey(model))) waits.Remove(model);
        foreach ((string model, ModelWait wait) in after)
        {
            if (before.GetValueOrDefault(model) != wait) waits[model] = wait.ToJson();
        }
    }
}
