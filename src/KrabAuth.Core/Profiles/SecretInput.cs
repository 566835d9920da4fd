using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Secrets;

namespace KrabAuth.Profiles;

/// <summary>Judges what a person pasted as a secret: cleaned, whole, and of the kind that was asked for.</summary>
internal static class SecretInput
{
    public static Credential ToCredential(string provider, ProviderDefinition? definition, SignInMethod method, string input, TimeSpan? expiresIn, DateTimeOffset now)
    {
        RequireMethod(provider, definition, method);
        string secret = SecretText.Normalize(input);
        if (secret.Length == 0) throw Invalid("Required", provider, "Give the secret when asked, or pipe it in.");
        if (definition?.SetupToken is { } rule && method is not SignInMethod.ApiKey)
        {
            // Terminals wrap a token of this length, and people copy the line break with it.
            secret = SecretText.RemoveWhiteSpace(secret);
            if (!secret.StartsWith(rule.Prefix, StringComparison.Ordinal)) throw Invalid($"Expected token starting with {rule.Prefix}", provider, rule.Hint);
            if (secret.Length < rule.MinimumLength) throw Invalid("Token looks too short; paste the full setup-token", provider, rule.Hint);
        }
        if (method == SignInMethod.ApiKey)
        {
            if (expiresIn is not null) throw AuthErrors.ExpiryRefused(provider, CredentialType.ApiKey.StoredName());
            RequireKeyShape(provider, definition, secret);
            return new ApiKeyCredential(provider, Secret.Of(secret));
        }
        if (definition?.Id == "openai-codex" && secret.StartsWith("sk-", StringComparison.Ordinal))
        {
            throw Invalid("This is an OpenAI API key, not a token of a ChatGPT sign-in", provider, "Store it as a key of provider openai.");
        }
        long? expires = expiresIn is { } span ? ExpiryOf(span, now, provider) : null;
        return new TokenCredential(provider, Secret.Of(secret)) { Expires = expires };
    }

    private static void RequireMethod(string provider, ProviderDefinition? definition, SignInMethod method)
    {
        // A provider that the catalog does not know takes any static secret: the store is older than the catalog.
        if (definition is null || definition.Methods.Count == 0 || definition.Methods.Contains(method)) return;
        bool sameThing = method == SignInMethod.Token && definition.Methods.Contains(SignInMethod.SetupToken);
        if (!sameThing) throw AuthErrors.MethodUnsupported(provider, method.ToString(), definition.Methods.Select(name => name.ToString()));
    }

    private static void RequireKeyShape(string provider, ProviderDefinition? definition, string secret)
    {
        if (definition?.SetupToken is { } rule && secret.StartsWith(rule.Prefix, StringComparison.Ordinal))
        {
            throw Invalid("This is a setup-token, not an API key", provider, "Store it with the method SetupToken.");
        }
        if (secret[0] is '{' or '[') throw Invalid("This is JSON, not an API key", provider, "Paste the key alone.");
    }

    private static long ExpiryOf(TimeSpan span, DateTimeOffset now, string provider)
    {
        if (span <= TimeSpan.Zero) throw AuthErrors.DurationInvalid($"The token of {provider} would have expired already.");
        double end = now.ToUnixTimeMilliseconds() + span.TotalMilliseconds;
        return end >= UsageStats.DisabledForGood ? UsageStats.DisabledForGood : (long)end;
    }

    private static KrabAuthException Invalid(string message, string provider, string next) => AuthErrors.SecretInvalid($"{message}.", provider, Remedy.Same(next));
}
