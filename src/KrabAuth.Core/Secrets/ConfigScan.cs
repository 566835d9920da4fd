using System.Text.Json;
using System.Text.RegularExpressions;
using KrabAuth.Agents;

namespace KrabAuth.Secrets;

/// <summary>A value of a configuration that is, or leads to, a secret.</summary>
/// <param name="File">The file that it stands in.</param>
/// <param name="Place">The names that lead to it.</param>
/// <param name="Provider">The provider that it is for, if it is for one.</param>
internal sealed record ConfigValue(string File, string Place, string? Provider);

/// <summary>Finds secrets and references in a configuration as it is written: by the names of members, and by the shape of values.</summary>
/// <param name="onPlaintext">Gets each secret that stands there as it is.</param>
/// <param name="onReference">Gets each reference.</param>
internal sealed partial class ConfigScan(Action<ConfigValue, string> onPlaintext, Action<ConfigValue, SecretReference> onReference)
{
    /// <summary>Looks at a whole configuration.</summary>
    public void Scan(ConfigTree tree)
    {
        // What these two hold is metadata: names of profiles and places where secrets are kept.
        foreach ((string name, ConfigNode value) in tree.Root.Members.Where(member => member.Name is not ("auth" or "secrets"))) Walk(value, name, null);
    }

    /// <summary>Looks at a value and all that is in it.</summary>
    public void Walk(ConfigNode node, string place, string? provider)
    {
        switch (node.Kind)
        {
            case JsonValueKind.Object when node.Last is { } part && SecretReference.FromJson(part.Place.Value) is { } reference && node.Members.TrueForAll(member => member.Name is "source" or "provider" or "id"):
                onReference(new ConfigValue(part.Source.Path, place, provider), reference);
                break;
            case JsonValueKind.Object:
                foreach ((string name, ConfigNode value) in node.Members) Walk(value, $"{place}.{name}", place == "models.providers" ? name : provider);
                break;
            case JsonValueKind.Array:
                for (int i = 0; i < node.Items.Count; i++) Walk(node.Items[i], $"{place}.{i}", provider);
                break;
            case JsonValueKind.String:
                Judge(node.Text!, new ConfigValue(node.Last!.Source.Path, place, provider));
                break;
            default:
                break;
        }
    }

    private void Judge(string text, ConfigValue value)
    {
        string name = value.Place[(value.Place.LastIndexOf('.') + 1)..];
        bool isSecretByName = SecretName().IsMatch(name) || (value.Place.StartsWith("env.", StringComparison.Ordinal) && SecretMarker.IsKeyVariable(name));
        if (SecretReference.FromInline(text) is { } reference)
        {
            if (isSecretByName) onReference(value, reference);
            return;
        }
        if (string.IsNullOrWhiteSpace(text) || IsMarker(text.Trim())) return;
        if (isSecretByName || SecretShape.IsMatch(text)) onPlaintext(value, text);
    }

    /// <summary>What stands in the place of a key without being one: a substitution, or a word of the gateways.</summary>
    private static bool IsMarker(string text)
        => text.Contains("${", StringComparison.Ordinal) || text.StartsWith("secretref-", StringComparison.Ordinal) || text == "no-key" || SecretMarker.IsMarker(text);

    [GeneratedRegex("^(?:apiKey|api_key|token|botToken|appToken|userToken|password|passphrase|secret|clientSecret|signingSecret|accessToken|refreshToken|privateKey|authorization|x-api-key|api-key|x-goog-api-key|cookie)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
