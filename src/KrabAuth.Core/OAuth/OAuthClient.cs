using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>A sign-in that was begun: what goes to the browser, and what the answer is checked against.</summary>
/// <param name="Url">Where the user signs in. It carries the state: show it to the user alone.</param>
/// <param name="State">What the answer must bring back (RFC 6749 §10.12).</param>
/// <param name="Pkce">The proof key.</param>
/// <param name="RedirectUri">The redirect URI that was sent, byte for byte.</param>
internal sealed record AuthorizationRequest(Uri Url, string State, Pkce Pkce, string RedirectUri);

/// <summary>One provider's authorization server, seen by one client (RFC 6749).</summary>
internal sealed class OAuthClient
{
    /// <summary>A refresh ends before the lock that covers it could be taken for abandoned by a patient peer.</summary>
    public static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private static readonly string[] Subject = ["sub"];

    private readonly string _provider;
    private readonly OAuthSettings _settings;
    private readonly OAuthHttp _http;
    private readonly TimeProvider _clock;
    private readonly string _clientId;
    private readonly Secret? _clientSecret;

    /// <exception cref="KrabAuthException"><c>ClientUnknown</c> if no client id, or no secret where one is needed, can be found.</exception>
    public OAuthClient(string provider, OAuthSettings settings, OAuthHttp http, TimeProvider clock, IHostEnvironment host, string? clientId = null)
    {
        _provider = provider;
        _settings = settings;
        _http = http;
        _clock = clock;
        _clientId = clientId ?? FromEnvironment(host, settings.ClientIdVariables) ?? settings.ClientId
            ?? throw AuthErrors.ClientUnknown(provider, "client id", settings.ClientIdVariables);
        _clientSecret = Secret.Of(FromEnvironment(host, settings.ClientSecretVariables));
        if (_clientSecret is null && settings.ClientSecretRequired) throw AuthErrors.ClientUnknown(provider, "client secret", settings.ClientSecretVariables);
    }

    /// <summary>Where a sign-in begins: state and proof key are new, and made apart from each other.</summary>
    public AuthorizationRequest Begin(string redirectUri)
    {
        var pkce = Pkce.Create();
        string state = _settings.HexState ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : Pkce.RandomText();
        var query = new StringBuilder();
        foreach ((string name, string value) in _settings.LeadingParameters
            .Concat(
            [
                KeyValuePair.Create("response_type", "code"),
                KeyValuePair.Create("client_id", _clientId),
                KeyValuePair.Create("redirect_uri", redirectUri),
                KeyValuePair.Create("scope", string.Join(' ', _settings.Scopes)),
                KeyValuePair.Create("code_challenge", pkce.Challenge),
                KeyValuePair.Create("code_challenge_method", Pkce.Method),
                KeyValuePair.Create("state", state),
            ])
            .Concat(_settings.ExtraParameters))
        {
            query.Append(query.Length == 0 ? string.Empty : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }
        string endpoint = Required(_settings.AuthorizationEndpoint, "authorization").AbsoluteUri;
        char separator = endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new AuthorizationRequest(new Uri(endpoint + separator + query), state, pkce, redirectUri);
    }

    /// <summary>Exchanges a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).</summary>
    public Task<OAuthResult<OAuthCredential>> ExchangeAsync(string code, Pkce pkce, string redirectUri, string? state, CancellationToken cancellationToken)
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            KeyValuePair.Create("grant_type", "authorization_code"),
            KeyValuePair.Create("client_id", _clientId),
            KeyValuePair.Create("code", code),
            KeyValuePair.Create("code_verifier", pkce.Verifier),
            KeyValuePair.Create("redirect_uri", redirectUri),
        };
        if (_settings.ExchangeSendsState && state is not null) parameters.Add(KeyValuePair.Create("state", state));
        return RequestTokenAsync(parameters, previous: null, RequestTimeout, cancellationToken);
    }

    /// <summary>Renews a credential (RFC 6749 §6): a new refresh token replaces the old one, which is kept only if none comes.</summary>
    public Task<OAuthResult<OAuthCredential>> RefreshAsync(OAuthCredential credential, CancellationToken cancellationToken) => RequestTokenAsync(
        [
            KeyValuePair.Create("grant_type", "refresh_token"),
            KeyValuePair.Create("refresh_token", credential.Refresh!.Reveal()),
            KeyValuePair.Create("client_id", _clientId),
        ],
        credential,
        RefreshTimeout,
        cancellationToken);

    /// <summary>Posts a request of a device flow, whose answers are read by its own rules.</summary>
    public Task<OAuthResult<JsonDocument>> PostDeviceAsync(Uri endpoint, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        (IEnumerable<KeyValuePair<string, string>> body, AuthenticationHeaderValue? authorization) = Authenticate([.. parameters.Prepend(KeyValuePair.Create("client_id", _clientId))]);
        return _http.PostAsync(endpoint, body, TokenRequestFormat.Form, authorization, RequestTimeout, cancellationToken);
    }

    /// <summary>Posts a request of OpenAI's device flow: JSON, and nothing in it but what is given.</summary>
    public Task<OAuthResult<JsonDocument>> PostJsonAsync(Uri endpoint, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
        => _http.PostAsync(endpoint, parameters, TokenRequestFormat.Json, authorization: null, RequestTimeout, cancellationToken);

    /// <summary>The id under which this client asks.</summary>
    public string ClientId => _clientId;

    /// <summary>
    /// Adds what the tokens do not say about the account, from the provider's userinfo endpoint (OpenID Connect Core §5.3). A provider
    /// that gives no answer there has signed in all the same.
    /// </summary>
    public async Task<OAuthCredential> IdentifyAsync(OAuthCredential credential, CancellationToken cancellationToken)
    {
        bool isKnown = credential.Email is not null && (credential.AccountId is not null || _settings.AccountIdClaim.Count == 0);
        if (isKnown || _settings.UserInfoEndpoint is not { } endpoint) return credential;
        var authorization = new AuthenticationHeaderValue("Bearer", credential.Access!.Reveal());
        OAuthResult<JsonDocument> answer = await _http.GetAsync(endpoint, RequestTimeout, cancellationToken, authorization).ConfigureAwait(false);
        if (answer.Value is not { } document) return credential;
        using (document)
        {
            // §5.3.2: an answer about somebody else must not be used.
            bool isOther = JwtClaims.Text(credential.IdToken, Subject) is { } subject && document.RootElement.Text("sub") is { } told && told != subject;
            return isOther ? credential : credential with
            {
                AccountId = credential.AccountId ?? JwtClaims.At(document.RootElement, _settings.AccountIdClaim),
                Email = credential.Email ?? JwtClaims.At(document.RootElement, _settings.EmailClaim),
            };
        }
    }

    /// <summary>Makes a credential of the answer that ends a flow.</summary>
    public OAuthResult<OAuthCredential> ToCredential(JsonElement answer, OAuthCredential? previous)
    {
        OAuthResult<TokenResponse> read = TokenResponse.Read(answer, _clock.GetUtcNow());
        if (read.Value is not { } tokens)
        {
            // A new refresh token without an access token: the old one is used up by now, so this one has to be kept.
            return previous is not null && answer.VisibleText("refresh_token") is { } only ? previous with { Refresh = Secret.Of(only), Expires = _clock.GetUtcNow().ToUnixTimeMilliseconds() } : read.Error!;
        }
        Secret? refresh = tokens.RefreshToken ?? previous?.Refresh;
        long expires = ExpiryOf(tokens).ToUnixTimeMilliseconds();
        string? accountId = JwtClaims.Text(tokens.AccessToken, _settings.AccountIdClaim) ?? JwtClaims.Text(tokens.IdToken, _settings.AccountIdClaim) ?? previous?.AccountId;
        // A refreshed token may leave out what the first one said; refused then, the only new refresh token would be lost.
        if (accountId is null && _settings.AccountIdRequired && previous is null) return new OAuthError("invalid_response", "the token names no account");
        if (refresh is null && _settings.RefreshTokenRequired) return new OAuthError("invalid_response", "the answer has no refresh_token");
        return (previous ?? new OAuthCredential(_provider, null, null)) with
        {
            Access = tokens.AccessToken,
            Refresh = refresh,
            Expires = expires,
            IdToken = tokens.IdToken ?? previous?.IdToken,
            AccountId = accountId,
            // Refreshed by another client, a token is refused: one that is not the provider's usual client is remembered.
            ClientId = previous?.ClientId ?? (_clientId == _settings.ClientId ? null : _clientId),
            Email = Claim(tokens, _settings.EmailClaim) ?? previous?.Email,
            ChatGptPlanType = Claim(tokens, _settings.PlanClaim) ?? previous?.ChatGptPlanType,
        };
    }

    /// <summary>Revokes a token (RFC 7009). The server answers well for a token that it does not know.</summary>
    /// <returns>The error, or null if the token is revoked.</returns>
    public async Task<OAuthError?> RevokeAsync(Secret token, string tokenTypeHint, CancellationToken cancellationToken)
    {
        (IEnumerable<KeyValuePair<string, string>> body, AuthenticationHeaderValue? authorization) = Authenticate(
        [
            KeyValuePair.Create("token", token.Reveal()),
            KeyValuePair.Create("token_type_hint", tokenTypeHint),
            KeyValuePair.Create("client_id", _clientId),
        ]);
        OAuthResult<JsonDocument> answer = await _http.PostAsync(
            Required(_settings.RevocationEndpoint, "revocation"), body, TokenRequestFormat.Form, authorization, RequestTimeout, cancellationToken).ConfigureAwait(false);
        answer.Value?.Dispose();
        return answer.Error;
    }

    private async Task<OAuthResult<OAuthCredential>> RequestTokenAsync(
        IReadOnlyList<KeyValuePair<string, string>> parameters, OAuthCredential? previous, TimeSpan timeout, CancellationToken cancellationToken)
    {
        (IEnumerable<KeyValuePair<string, string>> body, AuthenticationHeaderValue? authorization) = Authenticate(parameters);
        OAuthResult<JsonDocument> answer = await _http.PostAsync(
            Required(_settings.TokenEndpoint, "token"), body, _settings.TokenRequestFormat, authorization, timeout, cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } document) return answer.Error!;
        using (document)
        {
            return ToCredential(document.RootElement, previous);
        }
    }

    private (IEnumerable<KeyValuePair<string, string>> Body, AuthenticationHeaderValue? Authorization) Authenticate(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (_clientSecret is null) return (parameters, null);
        if (_settings.ClientAuthentication == ClientAuthentication.Post) return (parameters.Append(KeyValuePair.Create("client_secret", _clientSecret.Reveal())), null);
        if (_settings.ClientAuthentication == ClientAuthentication.None) return (parameters, null);
        // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
        string pair = $"{Uri.EscapeDataString(_clientId)}:{Uri.EscapeDataString(_clientSecret.Reveal())}";
        return (parameters, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));
    }

    /// <summary>The server's word, else the token's own, else now: a token that nobody gave a life is renewed at its first use.</summary>
    private DateTimeOffset ExpiryOf(TokenResponse tokens)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if ((tokens.Expires ?? JwtClaims.Expiry(tokens.AccessToken)) is not { } expiry) return now;
        // A margin longer than the token's life would have each program renew what the one before has just got.
        TimeSpan half = (expiry - now) / 2;
        return expiry - (_settings.ExpiryMargin < half ? _settings.ExpiryMargin : half);
    }

    private static string? Claim(TokenResponse tokens, IReadOnlyList<string> path) => JwtClaims.Text(tokens.AccessToken, path) ?? JwtClaims.Text(tokens.IdToken, path);

    private Uri Required(Uri? endpoint, string kind) => endpoint ?? throw AuthErrors.EndpointUnknown(_provider, kind);

    private static string? FromEnvironment(IHostEnvironment host, IEnumerable<string> variables)
        => variables.Select(name => host.GetVariable(name)?.Trim()).FirstOrDefault(value => !string.IsNullOrEmpty(value));
}
