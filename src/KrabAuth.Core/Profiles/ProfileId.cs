using System.Text.RegularExpressions;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Secrets;

namespace KrabAuth.Profiles;

/// <summary>Profile ids: <c>&lt;provider&gt;:&lt;name&gt;</c>. What stands in a store is accepted as it is; new ids follow these rules.</summary>
public static partial class ProfileId
{
    /// <summary>The name of a profile that was not given one.</summary>
    public const string DefaultName = "default";

    /// <summary>The name of a token or key that was pasted.</summary>
    public const string ManualName = "manual";

    private static readonly string[] External =
    [
        "anthropic:claude-cli", "openai-codex:codex-cli", "qwen-portal:qwen-cli", "minimax-portal:minimax-cli", "google-gemini-cli:gemini-cli",
    ];

    /// <summary>Whether a profile of the id is the sign-in of another command-line program.</summary>
    public static bool IsExternal(string id) => External.Contains(id);

    /// <summary>Makes an id of a provider and a name as it is.</summary>
    public static string Of(string provider, string? name)
        => $"{provider.Trim()}:{(string.IsNullOrWhiteSpace(name) ? DefaultName : name.Trim())}";

    /// <summary>The id for a credential whose usual one is taken by one of another kind.</summary>
    internal static string OfKind(string provider, CredentialType type) => Of(provider, type == CredentialType.ApiKey ? "api-key" : "token");

    /// <summary>Makes an id of a provider and a name that a person chose: lower-case, other characters than letters, digits, dot, underscore and hyphen as hyphens.</summary>
    public static string FromFriendlyName(string provider, string? name)
    {
        string slug = UnfitForSlug().Replace((name ?? string.Empty).Trim().ToLowerInvariant(), "-");
        slug = Hyphens().Replace(slug, "-").Trim('-');
        return $"{ProviderId.Normalize(provider)}:{(slug.Length == 0 ? DefaultName : slug)}";
    }

    /// <summary>The part after the first colon, or the whole id.</summary>
    public static string NameOf(string id) => id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Checks an id that is to be made for a provider.</summary>
    /// <returns>The id, trimmed; with the provider in front if it had none.</returns>
    /// <exception cref="KrabAuthException"><c>ProfileIdInvalid</c>.</exception>
    public static string RequireValid(string id, string provider)
    {
        string trimmed = id.Trim();
        if (SecretShape.IsMatch(trimmed)) throw AuthErrors.ProfileIdLooksSecret();
        if (!trimmed.Contains(':', StringComparison.Ordinal)) trimmed = $"{provider}:{trimmed}";
        if (!ProviderId.Same(trimmed[..trimmed.IndexOf(':', StringComparison.Ordinal)], provider)) throw AuthErrors.ProfileIdInvalid(trimmed, $"it begins with another provider than {provider}");
        string name = NameOf(trimmed);
        if (name.Length == 0) throw AuthErrors.ProfileIdInvalid(trimmed, "provider or name is missing");
        if (trimmed.Length > 200) throw AuthErrors.ProfileIdInvalid(trimmed[..40] + "…", "it is longer than 200 characters");
        if (trimmed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '*' or '?' or '[' or ']' or '/' or '\\' or '"' or '\'' or ','))
        {
            throw AuthErrors.ProfileIdInvalid(trimmed, "it has white space, a quote, a comma, a slash or a wildcard character");
        }
        return trimmed;
    }

    /// <summary>The id as an error may repeat it: masked where it is a secret that was pasted in place of an id.</summary>
    internal static string ForDisplay(string id) => SecretShape.IsMatch(id) ? SecretMask.Apply(id) : id;

    [GeneratedRegex("[^a-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex UnfitForSlug();

    [GeneratedRegex("-{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Hyphens();
}
