using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>The stable codes that say why a profile can or cannot be used.</summary>
public static class ReasonCodes
{
    /// <summary>It can be used.</summary>
    public const string Ok = "ok";

    /// <summary>The id names nothing in the store.</summary>
    public const string ProfileMissing = "profile_missing";

    /// <summary>The credential, or its description in the configuration, is for another provider.</summary>
    public const string ProviderMismatch = "provider_mismatch";

    /// <summary>The configuration says another kind of credential than the store holds.</summary>
    public const string ModeMismatch = "mode_mismatch";

    /// <summary>There is a profile but no secret in it.</summary>
    public const string MissingCredential = "missing_credential";

    /// <summary>It holds a reference where none may stand: among the tokens of an OAuth sign-in, which are replaced at each refresh.</summary>
    public const string RefusedReference = "refused_ref";

    /// <summary>Its secret is kept elsewhere, and is not there. Told by checks and plans; the order by itself follows no reference.</summary>
    public const string UnresolvedReference = "unresolved_ref";

    /// <summary>The expiry is no time.</summary>
    public const string InvalidExpires = "invalid_expires";

    /// <summary>The token is past its expiry and cannot be refreshed.</summary>
    public const string Expired = "expired";

    /// <summary>The server refused its refresh token for good.</summary>
    public const string SignInNeeded = "sign_in_needed";

    /// <summary>The provider gives no new token: it refuses the program that asks, or has not answered for long.</summary>
    public const string RefreshFailing = "refresh_failing";

    /// <summary>It could be used, but the order in force does not name it.</summary>
    public const string ExcludedByOrder = "excluded_by_auth_order";

    /// <summary>A sentence for people.</summary>
    public static string Describe(string code) => code switch
    {
        Ok => "usable",
        ProfileMissing => "no such profile in the store",
        ProviderMismatch => "it belongs to another provider",
        ModeMismatch => "the configuration expects another kind of credential",
        MissingCredential => "it holds no secret",
        RefusedReference => "a reference stands where an OAuth sign-in has its tokens",
        UnresolvedReference => "its secret is kept elsewhere, and is not there",
        InvalidExpires => "its expiry is no valid time",
        Expired => "it has expired",
        SignInNeeded => "its refresh token was refused; sign in again",
        RefreshFailing => "the provider gives no new token",
        ExcludedByOrder => "the order in force does not name it",
        _ => code,
    };
}

/// <summary>Decides whether one profile can serve a provider at all. Waiting (cooldown) is another question.</summary>
internal static class Eligibility
{
    private const string AwsSdk = "aws-sdk";

    public static string Check(AuthStore store, AuthConfig config, string provider, string id, long now)
    {
        ConfiguredProfile? configured = config.Profile(id);
        if (!store.TryGet(id, out StoredProfile? profile))
        {
            bool viaAws = configured?.Mode == AwsSdk && ProviderId.Same(configured.Provider, provider)
                && config.Providers.Any(entry => ProviderId.Same(entry.Id, provider) && entry.Auth == AwsSdk);
            return viaAws ? ReasonCodes.Ok : ReasonCodes.ProfileMissing;
        }
        Credential credential = profile.Credential;
        if (!ProviderId.Same(credential.Provider, provider)) return ReasonCodes.ProviderMismatch;
        if (configured is not null)
        {
            if (!ProviderId.Same(configured.Provider, provider)) return ReasonCodes.ProviderMismatch;
            bool modeFits = configured.Mode == credential.Type.StoredName() || (configured.Mode == "oauth" && credential.Type == CredentialType.Token);
            if (!modeFits) return ReasonCodes.ModeMismatch;
        }
        if (ReferencePolicy.Refusal(credential, configured?.Mode) is not null) return ReasonCodes.RefusedReference;
        string code = CheckCredential(credential, now);
        // What the server refused once it refuses again; while its token lives, it can be used.
        bool isDead = code == ReasonCodes.Ok && !(credential.Expires > now) && store.Stats(id).IsRefused(credential);
        return isDead ? ReasonCodes.SignInNeeded : code;
    }

    public static string CheckCredential(Credential credential, long now) => credential switch
    {
        OAuthCredential { ReferenceMember: not null } => ReasonCodes.RefusedReference,
        OAuthCredential oauth => oauth.Access is { IsBlank: false } || oauth.IsRefreshable ? ReasonCodes.Ok : ReasonCodes.MissingCredential,
        { Secret: null, Reference: null } => ReasonCodes.MissingCredential,
        { Reference: null, Secret: { } secret } when SecretMarker.IsMarker(secret.Reveal()) => ReasonCodes.MissingCredential,
        TokenCredential { Expires: <= 0 } => ReasonCodes.InvalidExpires,
        TokenCredential { Expires: { } expires } when expires <= now => ReasonCodes.Expired,
        _ => ReasonCodes.Ok,
    };
}
