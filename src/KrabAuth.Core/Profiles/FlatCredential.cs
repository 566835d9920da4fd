using System.Text.Json.Nodes;

namespace KrabAuth.Profiles;

/// <summary>
/// A credential under the name of its provider, as earlier versions kept it and people write it by hand:
/// <c>{"openrouter": {"apiKey": "…"}}</c>.
/// </summary>
internal static class FlatCredential
{
    /// <summary>The names under which the key of an entry stands where nothing reads it.</summary>
    private static readonly string[] KeyAliases = ["apiKey", "api_key"];

    /// <summary>The entry of a store with all that stands in it; null for what is no credential.</summary>
    public static JsonObject? ToEntry(string name, JsonObject flat)
    {
        if (TypeOf(flat) is not { } type || name is "__proto__" or "constructor" or "prototype") return null;
        var entry = new JsonObject { ["type"] = type.StoredName(), ["provider"] = Text(flat, "provider") ?? name };
        string typeName = flat.ContainsKey("type") ? "type" : "mode";
        string? alias = type == CredentialType.ApiKey && !Says(flat, "key") ? KeyAliases.FirstOrDefault(member => Text(flat, member) is not null) : null;
        foreach ((string member, JsonNode? value) in flat)
        {
            if (member == typeName || member == "provider" || (alias is not null && member == "key")) continue;
            entry[member == alias ? "key" : member] = value?.DeepClone();
        }
        return entry;
    }

    /// <summary>Whether it holds a secret, or the reference to one: what has none may be a setting of another program.</summary>
    public static bool HasSecret(string name, JsonObject flat) => ToEntry(name, flat) is { } entry && CredentialTypes.Parse(Text(entry, "type")) switch
    {
        CredentialType.ApiKey => Says(entry, "key") || Says(entry, "keyRef"),
        CredentialType.Token => Says(entry, "token") || Says(entry, "tokenRef"),
        _ => Says(entry, "access") || Says(entry, "refresh"),
    };

    /// <summary>The kind that it states, else the one that its members tell.</summary>
    private static CredentialType? TypeOf(JsonObject flat)
    {
        if ((Text(flat, "type") ?? Text(flat, "mode")) is { } stated) return CredentialTypes.Parse(stated);
        if (Says(flat, "key") || Says(flat, "keyRef") || KeyAliases.Any(member => Text(flat, member) is not null)) return CredentialType.ApiKey;
        if (Says(flat, "token") || Says(flat, "tokenRef")) return CredentialType.Token;
        return Says(flat, "access") && Says(flat, "refresh") && flat["expires"] is JsonValue ? CredentialType.OAuth : null;
    }

    /// <summary>Whether a member is a text that is not blank, or a reference.</summary>
    private static bool Says(JsonObject entry, string name) => entry[name] is JsonObject || Text(entry, name) is not null;

    private static string? Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue(out string? text) && !string.IsNullOrWhiteSpace(text) ? text : null;
}
