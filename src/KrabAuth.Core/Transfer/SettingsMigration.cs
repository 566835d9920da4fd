using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>Brings the part of a configuration that is about authentication to another: only what is not there, and only where it changes nothing that is.</summary>
internal sealed class SettingsMigration(AuthWorkspace from, AuthWorkspace to, IReadOnlySet<string> occupied, bool isDryRun)
{
    private static readonly string[] SecretParts = ["providers", "defaults"];

    private readonly List<MigratedSetting> _settings = [];

    public IReadOnlyList<MigratedSetting> Run(IReadOnlyList<TransferEntry> entries)
    {
        if (ReadConfig(from.State.ConfigPath) is not { } old) return _settings;
        string path = to.State.ConfigPath;
        bool isNew = !File.Exists(path);
        string target = isNew ? path : FileGuard.ResolveTarget(path);
        string before = isNew ? "{}" : File.ReadAllText(target);
        string text = before;
        foreach ((IReadOnlyList<string> place, JsonNode value) in Wanted(old, [.. entries.Select(entry => entry.Id)])) text = Add(text, place, value);
        if (!isDryRun && text != before)
        {
            PrivateDirectory.Ensure(Path.GetDirectoryName(target)!);
            AtomicFile.Write(target, Encoding.UTF8.GetBytes(isNew ? text + "\n" : text));
        }
        return _settings;
    }

    private string Add(string text, IReadOnlyList<string> place, JsonNode value)
    {
        string name = string.Join('.', place);
        string? added = ConfigMerge.Add(text, place, value);
        bool isAdded = added is not null && added != text;
        _settings.Add(new MigratedSetting(name, isAdded, isAdded ? "it is new there" : added is null ? "the configuration there has something else in its place" : "the configuration there has it already"));
        return added ?? text;
    }

    private IEnumerable<(IReadOnlyList<string> Place, JsonNode Value)> Wanted(JsonObject old, HashSet<string> ids)
    {
        foreach ((string id, JsonNode? profile) in Section(old, "auth", "profiles"))
        {
            if (profile is not JsonObject described || !ids.Contains(id)) continue;
            string provider = Text(described["provider"]);
            // A configuration that lists none of a provider's profiles finds all; one that lists some finds those alone.
            bool isListed = to.Config.Profiles.Any(known => ProviderId.Same(known.Provider, provider));
            if (isListed || !occupied.Contains(ProviderId.Canonical(provider))) yield return (["auth", "profiles", id], described);
            else _settings.Add(new MigratedSetting($"auth.profiles.{id}", false, $"it would hide the other profiles of {provider} there"));
        }
        foreach ((string provider, JsonNode? order) in Section(old, "auth", "order"))
        {
            if (order is null || order is not JsonArray listed || !listed.All(id => ids.Contains(Text(id)))) continue;
            if (!occupied.Contains(ProviderId.Canonical(provider))) yield return (["auth", "order", provider], order);
            else _settings.Add(new MigratedSetting($"auth.order.{provider}", false, $"it would leave out the other profiles of {provider} there"));
        }
        foreach ((string name, JsonNode? value) in Section(old, "auth", "cooldowns"))
        {
            if (value is not null) yield return (["auth", "cooldowns", name], value);
        }
        foreach (string part in SecretParts)
        {
            foreach ((string name, JsonNode? value) in Section(old, "secrets", part))
            {
                if (value is not null) yield return (["secrets", part, name], value);
            }
        }
    }

    private static JsonObject Section(JsonObject root, string outer, string inner) => (root[outer] as JsonObject)?[inner] as JsonObject ?? [];

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text.Trim() : string.Empty;

    private static JsonObject? ReadConfig(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return null;
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(Encoding.UTF8.GetString(bytes));
        if (document is null) throw AuthErrors.ConfigCorrupt(path, problem!);
        using (document) return JsonObject.Create(document.RootElement.Clone());
    }
}
