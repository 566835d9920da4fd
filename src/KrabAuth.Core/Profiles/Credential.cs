using KrabAuth.Secrets;

namespace KrabAuth.Profiles;

/// <summary>A credential as read from a store. Secrets in it print as masks.</summary>
/// <param name="Provider">The provider, trimmed and lower-case; aliases are resolved where providers are compared.</param>
public abstract record Credential(string Provider)
{
    /// <summary>The account's e-mail, if known.</summary>
    public string? Email { get; init; }

    /// <summary>A name for people, if given.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether the owner allows or forbids copies for other agents; <see langword="null"/> if nothing is said.</summary>
    public bool? CopyToAgents { get; init; }

    /// <summary>What kind it is.</summary>
    public abstract CredentialType Type { get; }

    /// <summary>When it expires, in Unix milliseconds; <see langword="null"/> if nothing is said, zero or less if what is said is no time.</summary>
    public virtual long? Expires { get; init; }

    /// <summary>The secret that is sent, or <see langword="null"/>.</summary>
    internal abstract Secret? Secret { get; }

    /// <summary>The pointer to the secret, where it is kept elsewhere.</summary>
    internal abstract SecretReference? Reference { get; }
}

/// <summary>An API key.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Key">The key, unless it is kept elsewhere.</param>
/// <param name="KeyReference">Where the key is kept.</param>
public sealed record ApiKeyCredential(string Provider, Secret? Key, SecretReference? KeyReference = null) : Credential(Provider)
{
    /// <summary>Texts that go with the key, such as an account id.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override CredentialType Type => CredentialType.ApiKey;

    internal override Secret? Secret => Key;

    internal override SecretReference? Reference => KeyReference ?? SecretReference.FromInline(Key?.Reveal());
}

/// <summary>A static bearer token, such as one made by <c>claude setup-token</c>.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Token">The token, unless it is kept elsewhere.</param>
/// <param name="TokenReference">Where the token is kept.</param>
public sealed record TokenCredential(string Provider, Secret? Token, SecretReference? TokenReference = null) : Credential(Provider)
{
    /// <inheritdoc/>
    public override CredentialType Type => CredentialType.Token;

    internal override Secret? Secret => Token;

    internal override SecretReference? Reference => TokenReference ?? SecretReference.FromInline(Token?.Reveal());
}

/// <summary>An OAuth sign-in.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Access">The access token (RFC 6749 §1.4).</param>
/// <param name="Refresh">The refresh token (RFC 6749 §1.5).</param>
public sealed record OAuthCredential(string Provider, Secret? Access, Secret? Refresh) : Credential(Provider)
{
    /// <summary>The id token of OpenID Connect.</summary>
    public Secret? IdToken { get; init; }

    /// <summary>The provider's id of the account.</summary>
    public string? AccountId { get; init; }

    /// <summary>The client that signed in, where it is not the provider's usual one.</summary>
    public string? ClientId { get; init; }

    /// <summary>The GitHub Enterprise host.</summary>
    public string? EnterpriseUrl { get; init; }

    /// <summary>The Google Cloud project.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The ChatGPT plan.</summary>
    public string? ChatGptPlanType { get; init; }

    /// <inheritdoc/>
    public override CredentialType Type => CredentialType.OAuth;

    /// <summary>The member in which a reference stands instead of a token, which no sign-in can have; null if there is none.</summary>
    internal string? ReferenceMember { get; init; }

    /// <summary>Whether the access token can be renewed without signing in again.</summary>
    public bool IsRefreshable => Refresh is { IsBlank: false };

    internal override Secret? Secret => Access;

    internal override SecretReference? Reference => null;
}
