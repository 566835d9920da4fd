namespace KrabAuth.OAuth;

/// <summary>How the client proves who it is at the token endpoint (RFC 6749 §2.3).</summary>
public enum ClientAuthentication
{
    /// <summary>A public client: its id alone.</summary>
    None,

    /// <summary>Id and secret in the Authorization header (RFC 6749 §2.3.1).</summary>
    Basic,

    /// <summary>Id and secret in the body.</summary>
    Post,
}

/// <summary>How requests to the token endpoint are written.</summary>
public enum TokenRequestFormat
{
    /// <summary><c>application/x-www-form-urlencoded</c>, as RFC 6749 has it.</summary>
    Form,

    /// <summary>JSON, which some providers want instead.</summary>
    Json,
}

/// <summary>Which device flow a provider has.</summary>
public enum DeviceFlowStyle
{
    /// <summary>RFC 8628.</summary>
    Standard,

    /// <summary>OpenAI's own: a user code, polling, and a code that is then exchanged as usual.</summary>
    OpenAI,

    /// <summary>MiniMax's own: polling with the user code, times in milliseconds.</summary>
    UserCode,
}

/// <summary>How to sign in to a provider with OAuth: data of the catalog, or of a provider that a user registered.</summary>
public sealed record OAuthSettings
{
    /// <summary>The issuer (RFC 8414), where the endpoints are looked up if they are not given.</summary>
    public Uri? Issuer { get; init; }

    /// <summary>Where the user signs in.</summary>
    public Uri? AuthorizationEndpoint { get; init; }

    /// <summary>Where codes and refresh tokens are exchanged.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>Where a device code is asked for.</summary>
    public Uri? DeviceAuthorizationEndpoint { get; init; }

    /// <summary>Where tokens are revoked (RFC 7009).</summary>
    public Uri? RevocationEndpoint { get; init; }

    /// <summary>Where the account can be asked for (OpenID Connect Core §5.3), when the tokens do not say it.</summary>
    public Uri? UserInfoEndpoint { get; init; }

    /// <summary>
    /// The hosts, subdomains included, that endpoints found in the issuer's metadata may be on; empty for any. What the catalog
    /// ships is pinned, so that tokens stay with the provider even if its metadata is tampered with.
    /// </summary>
    public IReadOnlyList<string> EndpointHosts { get; init; } = [];

    /// <summary>The client id; an environment variable of <see cref="ClientIdVariables"/> wins.</summary>
    public string? ClientId { get; init; }

    /// <summary>Environment variables that may hold the client id.</summary>
    public IReadOnlyList<string> ClientIdVariables { get; init; } = [];

    /// <summary>Environment variables that may hold the client secret. Secrets of other programs are not part of KrabAuth.</summary>
    public IReadOnlyList<string> ClientSecretVariables { get; init; } = [];

    /// <summary>Whether the provider refuses a client without its secret.</summary>
    public bool ClientSecretRequired { get; init; }

    /// <summary>How the client proves who it is.</summary>
    public ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>What is asked for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The redirect URI as registered, byte for byte.</summary>
    public string RedirectUri { get; init; } = "http://127.0.0.1:0/callback";

    /// <summary>Parameters before the standard ones.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> LeadingParameters { get; init; } = [];

    /// <summary>Parameters after the standard ones.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraParameters { get; init; } = [];

    /// <summary>How token requests are written.</summary>
    public TokenRequestFormat TokenRequestFormat { get; init; }

    /// <summary>Whether the code exchange repeats the state.</summary>
    public bool ExchangeSendsState { get; init; }

    /// <summary>Whether the state is 16 random bytes in hexadecimal, as the provider's own program has it, and not 32 in base64url.</summary>
    public bool HexState { get; init; }

    /// <summary>How much earlier than the server says a token counts as expired.</summary>
    public TimeSpan ExpiryMargin { get; init; }

    /// <summary>The device flow.</summary>
    public DeviceFlowStyle DeviceFlow { get; init; }

    /// <summary>The page where a user types a device code, where the server does not say.</summary>
    public Uri? DeviceVerificationUri { get; init; }

    /// <summary>The redirect URI that goes with a code from the device flow.</summary>
    public string? DeviceRedirectUri { get; init; }

    /// <summary>Whether the access token never expires and is kept as a static token.</summary>
    public bool StoresStaticToken { get; init; }

    /// <summary>The name of the profile, where the provider has a customary one.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Where the account id is in the tokens' claims.</summary>
    public IReadOnlyList<string> AccountIdClaim { get; init; } = [];

    /// <summary>Where the e-mail is in the tokens' claims.</summary>
    public IReadOnlyList<string> EmailClaim { get; init; } = ["email"];

    /// <summary>Where the plan is in the tokens' claims.</summary>
    public IReadOnlyList<string> PlanClaim { get; init; } = [];

    /// <summary>Whether a sign-in without an account id is refused.</summary>
    public bool AccountIdRequired { get; init; }

    /// <summary>Whether a sign-in without a refresh token is refused: it would end by itself within the hour.</summary>
    public bool RefreshTokenRequired { get; init; }

    /// <summary>The issuer as its metadata spells it: what an <c>iss</c> in an answer is compared with (RFC 9207 §2.4).</summary>
    public string? StatedIssuer { get; init; }

    /// <summary>Whether the server promises an <c>iss</c> in every answer (RFC 9207 §3).</summary>
    public bool AnswersNameIssuer { get; init; }

    /// <summary>Whether there is a sign-in through the browser.</summary>
    public bool HasBrowserFlow => AuthorizationEndpoint is not null || Issuer is not null;

    /// <summary>Whether there is a sign-in with a device code.</summary>
    public bool HasDeviceFlow => DeviceAuthorizationEndpoint is not null || Issuer is not null;

    /// <summary>
    /// What OpenID Connect fixes, so that nobody who defines a provider by its issuer has to know it: the account is the claim
    /// <c>sub</c> (Core §2), and without <c>prompt=consent</c> a server must ignore the wish for a refresh token (Core §11).
    /// </summary>
    internal OAuthSettings WithOpenIdDefaults()
    {
        if (Issuer is null || !Scopes.Contains("openid")) return this;
        bool asksForConsent = Scopes.Contains("offline_access") && !LeadingParameters.Concat(ExtraParameters).Any(parameter => parameter.Key == "prompt");
        return this with
        {
            AccountIdClaim = AccountIdClaim.Count > 0 ? AccountIdClaim : ["sub"],
            ExtraParameters = asksForConsent ? [.. ExtraParameters, KeyValuePair.Create("prompt", "consent")] : ExtraParameters,
        };
    }
}
