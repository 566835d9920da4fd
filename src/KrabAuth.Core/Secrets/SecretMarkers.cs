namespace KrabAuth.Secrets;

/// <summary>Texts that gateways write where a key could stand, to say where the real one is. They are no keys and are never sent.</summary>
internal static class SecretMarkers
{
    private static readonly string[] Known =
        ["custom-local", "ollama-local", "secretref-managed", "minimax-oauth", "qwen-oauth", "gcp-vertex-credentials"];

    /// <summary>Whether a text is one of them.</summary>
    public static bool IsMarker(string text) => Known.Contains(text) || text.StartsWith("oauth:", StringComparison.Ordinal) || text.StartsWith("secretref-env:", StringComparison.Ordinal);
}
