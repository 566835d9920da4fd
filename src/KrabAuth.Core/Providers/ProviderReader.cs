using System.Text.Json;
using KrabAuth.OAuth;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>Reads a provider as the catalog and <c>&lt;stateDir&gt;/providers/&lt;id&gt;.json</c> describe it.</summary>
internal static class ProviderReader
{
    /// <summary>How definitions call the kinds of credential.</summary>
    public static readonly string[] HeaderKinds = ["apiKey", "token", "oauth"];

    /// <param name="element">The definition.</param>
    /// <param name="isOurs">Whether it comes from the catalog: then what it says of OAuth is read when it is asked for.</param>
    /// <exception cref="FormatException">A value is of another kind than it must be; the message says which.</exception>
    public static ProviderDefinition Read(JsonElement element, bool isOurs = false)
    {
        JsonElement? provider = element;
        string id = provider.Text("id") ?? throw new FormatException("\"id\" is missing");
        var definition = new ProviderDefinition
        {
            Provider = id,
            Label = provider.Text("label") ?? id,
            DefaultModel = provider.Text("defaultModel"),
            Aliases = provider.Texts("aliases"),
            Methods = provider.Member("methods") is null && (provider.Object("oauth") is not null || provider.Member("command") is not null) ? [SignInMethod.OAuth] : Methods(provider.Texts("methods")),
            EnvironmentVariables = provider.Texts("environment"),
            SetupToken = provider.Object("setupToken") is { } rule
                ? new SetupTokenRule(rule.GetProperty("prefix").GetString()!, rule.GetProperty("minimumLength").GetInt32(), rule.GetProperty("hint").GetString()!)
                : null,
            OAuthLater = provider.Object("oauth") is { } oauth ? new Lazy<OAuthSettings?>(() => ReadOAuth(oauth)) : null,
            Command = provider.Texts("command"),
            CommandTimeout = TimeSpan.FromSeconds(Math.Clamp(provider.Number("timeoutSeconds") ?? 300, 1, 3600)),
            ProbeJson = provider.Object("probe")?.GetRawText(),
            UsageJson = provider.Object("usage")?.GetRawText(),
            Headers = provider.Object("headers").Members().ToDictionary(member => HeaderKind(member.Name), member => (IReadOnlyDictionary<string, string>)ReadHeaders(member.Name, member.Value)),
        };
        definition = definition with { Variants = [.. provider.Objects("variants").Select(variant => Vary(definition, variant.Value))] };
        // The catalog is tested; a mistake in a definition of the user's own is told now, and not when a token is needed.
        if (!isOurs) _ = (definition.OAuth, definition.Variants.Count(variant => variant.OAuth is not null));
        return definition;
    }

    /// <summary>The provider under an alias, with the endpoints of its OAuth at the alias's own host.</summary>
    private static ProviderDefinition Vary(ProviderDefinition definition, JsonElement variant)
    {
        string host = variant.Text("host") ?? throw new FormatException("a variant has no \"host\"");
        return definition with
        {
            Provider = variant.Text("id") ?? throw new FormatException("a variant has no \"id\""),
            Label = variant.Text("label") ?? definition.Label,
            Aliases = [],
            OAuthLater = new Lazy<OAuthSettings?>(() => definition.OAuth is not { } oauth ? null : oauth with
            {
                AuthorizationEndpoint = At(oauth.AuthorizationEndpoint),
                TokenEndpoint = At(oauth.TokenEndpoint),
                DeviceAuthorizationEndpoint = At(oauth.DeviceAuthorizationEndpoint),
                RevocationEndpoint = At(oauth.RevocationEndpoint),
                UserInfoEndpoint = At(oauth.UserInfoEndpoint),
            }),
        };

        Uri? At(Uri? endpoint) => endpoint is null ? null : new UriBuilder(endpoint) { Host = host }.Uri;
    }

    private static OAuthSettings ReadOAuth(JsonElement? oauth) => new()
    {
        Issuer = Endpoint(oauth, "issuer"),
        AuthorizationEndpoint = Endpoint(oauth, "authorizationEndpoint"),
        TokenEndpoint = Endpoint(oauth, "tokenEndpoint"),
        DeviceAuthorizationEndpoint = Endpoint(oauth, "deviceAuthorizationEndpoint"),
        RevocationEndpoint = Endpoint(oauth, "revocationEndpoint"),
        UserInfoEndpoint = Endpoint(oauth, "userInfoEndpoint"),
        EndpointHosts = oauth.Texts("endpointHosts"),
        ClientId = oauth.Text("clientId"),
        ClientIdVariables = oauth.Texts("clientIdEnvironment"),
        ClientSecretVariables = oauth.Texts("clientSecretEnvironment"),
        ClientSecretRequired = Flag(oauth, "clientSecretRequired"),
        ClientAuthentication = oauth.Text("clientAuthentication") switch
        {
            null or "none" => ClientAuthentication.None,
            "basic" => ClientAuthentication.Basic,
            "post" => ClientAuthentication.Post,
            _ => throw new FormatException("\"clientAuthentication\" is none, basic or post"),
        },
        Scopes = oauth.Texts("scopes"),
        RedirectUri = oauth.Text("redirectUri") ?? new OAuthSettings().RedirectUri,
        LeadingParameters = Parameters(oauth, "leading"),
        ExtraParameters = Parameters(oauth, "extra"),
        TokenRequestFormat = oauth.Text("tokenRequestFormat") switch
        {
            null or "form" => TokenRequestFormat.Form,
            "json" => TokenRequestFormat.Json,
            _ => throw new FormatException("\"tokenRequestFormat\" is form or json"),
        },
        ExchangeSendsState = Flag(oauth, "exchangeSendsState"),
        HexState = Flag(oauth, "hexState"),
        ExpiryMargin = TimeSpan.FromSeconds(Math.Clamp(oauth.Number("expiryMarginSeconds") ?? 0, 0, 24 * 3600)),
        DeviceFlow = oauth.Text("deviceFlow") switch
        {
            null or "standard" => DeviceFlowStyle.Standard,
            "openai" => DeviceFlowStyle.OpenAI,
            "userCode" => DeviceFlowStyle.UserCode,
            _ => throw new FormatException("\"deviceFlow\" is standard, openai or userCode"),
        },
        DeviceVerificationUri = Endpoint(oauth, "deviceVerificationUri"),
        DeviceRedirectUri = oauth.Text("deviceRedirectUri"),
        StoresStaticToken = Flag(oauth, "storesStaticToken"),
        ProfileName = oauth.Text("profileName"),
        AccountIdClaim = oauth.Texts("accountIdClaim"),
        AccountIdRequired = Flag(oauth, "accountIdRequired"),
        RefreshTokenRequired = Flag(oauth, "refreshTokenRequired"),
        EmailClaim = oauth.Member("emailClaim") is null ? new OAuthSettings().EmailClaim : oauth.Texts("emailClaim"),
        PlanClaim = oauth.Texts("planClaim"),
    };

    /// <summary>Endpoints are https; plain http is for this machine alone.</summary>
    private static Uri? Endpoint(JsonElement? oauth, string name)
    {
        if (oauth.Text(name) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && ServerMetadata.IsAllowed(uri, uri)
            ? uri
            : throw new FormatException($"\"{name}\" is no https address (http is for this machine alone)");
    }

    private static List<KeyValuePair<string, string>> Parameters(JsonElement? oauth, string name)
        => [.. oauth.Object(name).Members().Select(member => KeyValuePair.Create(member.Name, member.Value.GetString() ?? string.Empty))];

    private static bool Flag(JsonElement? oauth, string name) => oauth.Member(name) is { ValueKind: JsonValueKind.True };

    private static SignInMethod[] Methods(IReadOnlyList<string> names)
    {
        var methods = new SignInMethod[names.Count];
        for (int i = 0; i < methods.Length; i++) methods[i] = Method(names[i]);
        return methods;
    }

    /// <summary>A way to sign in, as definitions call it.</summary>
    /// <exception cref="FormatException">There is none of the name.</exception>
    public static SignInMethod Method(string name) => name switch
    {
        "apiKey" => SignInMethod.ApiKey,
        "token" => SignInMethod.Token,
        "setupToken" => SignInMethod.SetupToken,
        "oauth" => SignInMethod.OAuth,
        _ => throw new FormatException($"\"methods\" names {name}; it can name apiKey, token, setupToken and oauth"),
    };

    /// <summary>A header that is not sent as meant could carry the secret elsewhere, or not at all.</summary>
    private static Dictionary<string, string> ReadHeaders(string kind, JsonElement? headers)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonMember header in headers.Members())
        {
            string template = header.Value.ValueKind == JsonValueKind.String ? header.Value.GetString()! : throw new FormatException($"the header {header.Name} is no text");
            if (header.Name.Length == 0 || !header.Name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)) || template.Any(char.IsControl))
            {
                throw new FormatException($"\"headers\" of {kind} has a name or a value that no HTTP header can have");
            }
            read[header.Name] = template;
        }
        return read.Values.Any(template => template.Contains("{secret}", StringComparison.Ordinal)) ? read : throw new FormatException($"\"headers\" of {kind} has no {{secret}} in it");
    }

    private static string HeaderKind(string name) => HeaderKinds.Contains(name)
        ? name
        : throw new FormatException($"\"headers\" names {name}; it can name apiKey, token and oauth");
}
