using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Routing;

namespace KrabAuth.Transfer;

/// <summary>Brings the part of a configuration that is about authentication to another: only what is not there, and only where it changes nothing that is.</summary>
internal sealed class SettingsMigration(AuthWorkspace from, AuthWorkspace to, IReadOnlySet<string> occupied, bool isDryRun)
{
    private static readonly string[] SecretParts = ["providers", "defaults"];

    private readonly List<MigratedSetting> _settings = [];

    public async Task<IReadOnlyList<MigratedSetting>> RunAsync(IReadOnlyList<TransferEntry> entries, CancellationToken cancellationToken)
    {
        if (from.ReadConfigTree() is not { } tree) return _settings;
        JsonObject old;
        using (JsonDocument document = tree.ToDocument()) old = JsonObject.Create(document.RootElement.Clone())!;
        List<(string[] Place, JsonNode Value)> wanted = [.. Wanted(old, [.. entries.Select(entry => entry.Id)])];
        ConfigTree? there = to.ReadConfigTree();
        List<MigratedSetting> judged = [.. wanted.Select(setting => Judge(there, setting.Place))];
        _settings.AddRange(judged);
        if (isDryRun || !judged.Exists(setting => setting.Added)) return _settings;
        await to.ChangeConfigAsync(
            editor =>
            {
                // Judged again: what another program wrote meanwhile stays.
                foreach ((string[] place, JsonNode value) in wanted.Where(setting => Judge(editor.Tree, setting.Place).Added)) editor.Set(value, place);
            },
            cancellationToken).ConfigureAwait(false);
        return _settings;
    }

    private static MigratedSetting Judge(ConfigTree? tree, string[] place)
    {
        string name = string.Join('.', place);
        ConfigNode? node = tree?.Root;
        for (int depth = 0; depth < place.Length && node is not null; depth++)
        {
            if (node.Kind != JsonValueKind.Object) return new MigratedSetting(name, false, "the configuration there has something else in its place");
            node = node.Member(place[depth]);
        }
        return node is null ? new MigratedSetting(name, true, "it is new there") : new MigratedSetting(name, false, "the configuration there has it already");
    }

    private IEnumerable<(string[] Place, JsonNode Value)> Wanted(JsonObject old, HashSet<string> ids)
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
}
