using System.Globalization;
using System.Text.Json;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>The answer of a token endpoint (RFC 6749 §5.1).</summary>
internal sealed record TokenResponse(Secret AccessToken, Secret? RefreshToken, Secret? IdToken, TimeSpan? ExpiresIn)
{
    /// <summary>Reads the answer; an access token is the one thing that cannot be missing.</summary>
    public static OAuthResult<TokenResponse> Read(JsonElement root)
    {
        if (root.VisibleText("access_token") is not { } access) return new OAuthError("invalid_response", "the answer has no access_token");
        return new TokenResponse(
            Secret.Of(access),
            Secret.Of(root.VisibleText("refresh_token")),
            Secret.Of(root.VisibleText("id_token")),
            Lifetime(root) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue)) : null);
    }

    /// <summary>Some servers send the number as a text.</summary>
    private static double? Lifetime(JsonElement root) => root.TryGetProperty("expires_in", out JsonElement value) ? value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => seconds,
        _ => null,
    }
    : null;
}
