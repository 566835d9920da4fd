using System.Buffers.Text;
using System.Text.Json;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// Reads the claims of a JSON Web Token (RFC 7519 §3) for display and identity. The signature is not checked: the token came
/// over TLS from the server that made it, and nothing is granted because of it.
/// </summary>
internal static class JwtClaims
{
    /// <summary>The text at a path of members, or null if the token is no JWT or has no such claim.</summary>
    public static string? Text(Secret? token, IReadOnlyList<string> path)
    {
        if (path.Count == 0 || Payload(token) is not { } payload) return null;
        using (payload)
        {
            return At(payload.RootElement, path);
        }
    }

    /// <summary>The text at a path of members of a set of claims, wherever they come from.</summary>
    public static string? At(JsonElement claims, IReadOnlyList<string> path)
    {
        if (path.Count == 0) return null;
        foreach (string name in path)
        {
            if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out claims)) return null;
        }
        return claims.ValueKind == JsonValueKind.String && claims.Unescape() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
    }

    /// <summary>The expiry claim <c>exp</c> (RFC 7519 §4.1.4).</summary>
    public static DateTimeOffset? Expiry(Secret? token) => Time(token, "exp");

    /// <summary>The claim <c>iat</c> (RFC 7519 §4.1.6).</summary>
    public static DateTimeOffset? IssuedAt(Secret? token) => Time(token, "iat");

    private static DateTimeOffset? Time(Secret? token, string name)
    {
        using JsonDocument? payload = Payload(token);
        return payload is not null && payload.RootElement.TryGetProperty(name, out JsonElement time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out long seconds) && seconds is > 0 and < 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    private static JsonDocument? Payload(Secret? token)
    {
        string[] parts = token?.Reveal().Split('.') ?? [];
        if (parts.Length != 3) return null;
        try
        {
            JsonDocument payload = LenientJson.Parse(Base64Url.DecodeFromChars(parts[1]));
            if (payload.RootElement.ValueKind == JsonValueKind.Object) return payload;
            payload.Dispose();
            return null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
