using System.Net;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>Looks endpoints up where an issuer publishes them (RFC 8414, OpenID Connect Discovery).</summary>
internal static class ServerMetadata
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Completes settings from the issuer's metadata. The metadata must name the very issuer that was asked (RFC 8414 §3.3), and
    /// every endpoint must be https, or on this machine if the issuer is.
    /// </summary>
    public static async Task<OAuthResult<OAuthSettings>> CompleteAsync(OAuthSettings settings, OAuthHttp http, CancellationToken cancellationToken)
    {
        if (settings.Issuer is not { } issuer) return settings;
        if (!IsAllowed(issuer, issuer)) return new OAuthError("invalid_issuer", "an issuer needs https; plain http is for this machine alone");
        OAuthError? last = null;
        foreach (Uri location in Locations(issuer))
        {
            OAuthResult<JsonDocument> answer = await http.GetAsync(location, Timeout, cancellationToken).ConfigureAwait(false);
            if (answer.Value is not { } document)
            {
                last = answer.Error;
                continue;
            }
            using (document)
            {
                return Read(settings, issuer, document.RootElement);
            }
        }
        return last!;
    }

    /// <summary>Whether a URI may be used for an issuer. RFC 6749 §3.1 and §3.2 allow no fragment: parameters appended to one would not be sent.</summary>
    public static bool IsAllowed(Uri uri, Uri issuer)
        => uri.IsAbsoluteUri && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri) && IsLoopback(issuer)));

    /// <summary>Whether a URI names this machine.</summary>
    public static bool IsLoopback(Uri uri)
        => uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static OAuthResult<OAuthSettings> Read(OAuthSettings settings, Uri issuer, JsonElement root)
    {
        string stated = root.Text("issuer") ?? string.Empty;
        // Simple string comparison, but for the slash that Uri adds to a bare host.
        bool isBareHost = issuer.AbsolutePath == "/";
        if (stated != issuer.OriginalString && !(isBareHost && stated.TrimEnd('/') == issuer.OriginalString.TrimEnd('/')))
        {
            return new OAuthError("issuer_mismatch", "the metadata is that of another issuer");
        }
        foreach (string name in new[] { "authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "revocation_endpoint", "userinfo_endpoint" })
        {
            if (root.Text(name) is not { } text) continue;
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || !IsAllowed(uri, issuer)) return new OAuthError("unsafe_endpoint", $"the {name} of the metadata is not https");
            if (!IsOnHost(uri, settings.EndpointHosts)) return new OAuthError("unsafe_endpoint", $"the {name} of the metadata is on {uri.Host}, which is not the provider's");
        }
        return settings with
        {
            AuthorizationEndpoint = settings.AuthorizationEndpoint ?? Endpoint(root, "authorization_endpoint"),
            TokenEndpoint = settings.TokenEndpoint ?? Endpoint(root, "token_endpoint"),
            DeviceAuthorizationEndpoint = settings.DeviceAuthorizationEndpoint ?? Endpoint(root, "device_authorization_endpoint"),
            RevocationEndpoint = settings.RevocationEndpoint ?? Endpoint(root, "revocation_endpoint"),
            UserInfoEndpoint = settings.UserInfoEndpoint ?? Endpoint(root, "userinfo_endpoint"),
            StatedIssuer = stated,
            AnswersNameIssuer = root.TryGetProperty("authorization_response_iss_parameter_supported", out JsonElement supported) && supported.ValueKind == JsonValueKind.True,
        };
    }

    private static bool IsOnHost(Uri uri, IReadOnlyList<string> hosts)
        => hosts.Count == 0 || hosts.Any(host => uri.Host == host || uri.Host.EndsWith($".{host}", StringComparison.Ordinal));

    private static Uri? Endpoint(JsonElement root, string name) => root.Text(name) is { } text ? new Uri(text) : null;

    /// <summary>RFC 8414 §3 puts the well-known part before the path, OpenID behind it.</summary>
    private static IEnumerable<Uri> Locations(Uri issuer)
    {
        string path = issuer.AbsolutePath.TrimEnd('/');
        string origin = issuer.GetLeftPart(UriPartial.Authority);
        yield return new Uri($"{origin}{path}/.well-known/openid-configuration");
        yield return new Uri($"{origin}/.well-known/oauth-authorization-server{path}");
    }
}
