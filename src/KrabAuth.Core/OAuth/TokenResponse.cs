using System.Globalization;
using System.Text.Json;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>The answer of a token endpoint (RFC 6749 §5.1).</summary>
internal sealed record TokenResponse(Secret AccessToken, Secret? RefreshToken, Secret? IdToken, DateTimeOffset? Expires)
{
    /// <summary>Numbers from here on are moments: no token lives for thirty years.</summary>
    private const double FirstMoment = 1e9;

    /// <summary>From here on they are counted in milliseconds.</summary>
    private const double FirstMillisecond = 1e11;

    /// <summary>Reads the answer; an access token is the one thing that cannot be missing.</summary>
    public static OAuthResult<TokenResponse> Read(JsonElement root, DateTimeOffset now)
    {
        if (Token(root, "access_token") is not { } access) return new OAuthError("invalid_response", "the answer has no access_token");
        return new TokenResponse(Secret.Of(access), Secret.Of(Token(root, "refresh_token")), Secret.Of(Token(root, "id_token")), ExpiryOf(root, now));
    }

    /// <summary>A token; one that lost a character on its way is none (see <see cref="LenientJson"/>).</summary>
    private static string? Token(JsonElement root, string name) => root.VisibleText(name) is { } token && !token.Contains('\uFFFD', StringComparison.Ordinal) ? token : null;

    /// <summary>The end as a moment: <c>expires_in</c> (RFC 6749 §5.1), or the <c>expired_in</c> of MiniMax, which may be a moment itself.</summary>
    public static DateTimeOffset? ExpiryOf(JsonElement root, DateTimeOffset now)
    {
        if (Number(root, "expires_in") is { } seconds and > 0) return now + TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
        return Number(root, "expired_in") switch
        {
            null or <= 0 or > 253402300799000 => null,
            >= FirstMillisecond and var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds),
            >= FirstMoment and var moment => DateTimeOffset.FromUnixTimeSeconds((long)moment),
            var left => now + TimeSpan.FromSeconds(left.Value),
        };
    }

    /// <summary>Some servers send the number as a text.</summary>
    internal static double? Number(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.Unescape(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        _ => null,
    }
    : null;
}
