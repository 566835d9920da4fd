using KrabAuth.Providers;

namespace KrabAuth.Secrets;

/// <summary>Texts that stand where a key would, and are none: peers write them for "there is no key here". They are never sent.</summary>
internal static class SecretMarker
{
    private static readonly HashSet<string> Fixed = new(StringComparer.Ordinal)
    {
        "custom-local", "ollama-local", "secretref-managed", "minimax-oauth", "qwen-oauth", "gcp-vertex-credentials",
    };

    /// <summary>Whether a text is such a marker: one of those above, <c>oauth:…</c>, <c>secretref-env:…</c>, or the name of a variable that holds keys.</summary>
    public static bool IsMarker(string? text)
    {
        string trimmed = text?.Trim() ?? string.Empty;
        return Fixed.Contains(trimmed)
            || trimmed.StartsWith("oauth:", StringComparison.Ordinal)
            || trimmed.StartsWith("secretref-env:", StringComparison.Ordinal)
            || IsKeyVariable(trimmed);
    }

    /// <summary>Whether a variable is known to hold a key of some provider.</summary>
    public static bool IsKeyVariable(string name) => ProviderCatalog.BuiltIn.IsKeyVariable(name);
}
