using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>Finds secrets and references in a configuration: by the names of members, and by the shape of values.</summary>
/// <param name="onPlaintext">Gets place, secret and provider of each secret that stands there as it is.</param>
/// <param name="onReference">Gets place, reference and provider of each reference.</param>
internal sealed partial class ConfigScan(Action<string, string, string?> onPlaintext, Action<string, SecretReference, string?> onReference)
{
    /// <summary>Reads a configuration file; nothing if there is none.</summary>
    /// <exception cref="KrabAuthException"><c>ConfigCorrupt</c>, <c>StoreUnreadable</c>.</exception>
    public void Read(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return;
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(Encoding.UTF8.GetString(bytes));
        if (document is null) throw AuthErrors.ConfigCorrupt(path, problem!);
        using (document)
        {
            foreach (JsonMember member in ((JsonElement?)document.RootElement).Members())
            {
                // What these two hold is metadata: names of profiles and places where secrets are kept.
                if (member.Name is not ("auth" or "secrets")) Walk(member.Value, member.Name, null);
            }
        }
    }

    /// <summary>Walks through a value and all that is in it.</summary>
    public void Walk(JsonElement value, string place, string? provider)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when SecretReference.FromJson(value) is { } reference && IsReferenceAlone(value):
                onReference(place, reference, provider);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject()) Walk(member.Value, $"{place}.{member.Name}", place == "models.providers" ? member.Name : provider);
                break;
            case JsonValueKind.Array:
                for (int i = 0; i < value.GetArrayLength(); i++) Walk(value[i], $"{place}.{i}", provider);
                break;
            case JsonValueKind.String:
                Judge(value.GetString()!, place, provider);
                break;
            default:
                break;
        }
    }

    private void Judge(string text, string place, string? provider)
    {
        string name = place[(place.LastIndexOf('.') + 1)..];
        bool isSecretByName = SecretName().IsMatch(name) || (place.StartsWith("env.", StringComparison.Ordinal) && SecretMarker.IsKeyVariable(name));
        if (SecretReference.FromInline(text) is { } reference)
        {
            if (isSecretByName) onReference(place, reference, provider);
            return;
        }
        if (string.IsNullOrWhiteSpace(text) || IsMarker(text.Trim())) return;
        if (isSecretByName || SecretShape.IsMatch(text)) onPlaintext(place, text, provider);
    }

    /// <summary>What stands in the place of a key without being one: a substitution, or a word of the gateways.</summary>
    private static bool IsMarker(string text)
        => text.Contains("${", StringComparison.Ordinal) || text.StartsWith("secretref-", StringComparison.Ordinal) || text == "no-key" || SecretMarker.IsMarker(text);

    private static bool IsReferenceAlone(JsonElement value) => value.EnumerateObject().All(member => member.Name is "source" or "provider" or "id");

    [GeneratedRegex("^(?:apiKey|api_key|token|botToken|appToken|userToken|password|passphrase|secret|clientSecret|signingSecret|accessToken|refreshToken|privateKey|authorization|x-api-key|api-key|x-goog-api-key|cookie)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
