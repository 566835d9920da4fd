namespace KrabAuth.Profiles;

/// <summary>What kind of credential a profile holds.</summary>
public enum CredentialType
{
    /// <summary>A key that does not expire by itself.</summary>
    ApiKey,

    /// <summary>A static bearer token, perhaps with an expiry, never refreshed.</summary>
    Token,

    /// <summary>An OAuth 2.0 access token (RFC 6749) with the refresh token that renews it.</summary>
    OAuth,
}

/// <summary>The names of credential types in files and configuration.</summary>
public static class CredentialTypes
{
    /// <summary>The name in a store: <c>api_key</c>, <c>token</c>, <c>oauth</c>.</summary>
    public static string StoredName(this CredentialType type) => type switch
    {
        CredentialType.ApiKey => "api_key",
        CredentialType.Token => "token",
        _ => "oauth",
    };

    /// <summary>Reads the name in a store; <c>apiKey</c>, which people write by hand, counts too.</summary>
    public static CredentialType? Parse(string? name) => name switch
    {
        "api_key" or "apiKey" => CredentialType.ApiKey,
        "token" => CredentialType.Token,
        "oauth" => CredentialType.OAuth,
        _ => null,
    };
}
