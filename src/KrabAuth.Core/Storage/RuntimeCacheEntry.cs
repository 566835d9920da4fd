using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Storage;

/// <summary>The form in which the gateways' agent library keeps one credential.</summary>
internal static class RuntimeCacheEntry
{
    /// <summary>All that the form knows. Other members of an entry of the same account are somebody else's and stay.</summary>
    private static readonly string[] Known = ["type", "key", "access", "refresh", "expires", "accountId", "enterpriseUrl", "projectId", "email"];

    /// <summary>An entry for a credential; null if the form has none for it.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="present">What stands there now.</param>
    public static JsonObject? Of(Credential credential, JsonObject? present)
    {
        JsonObject? wanted = credential switch
        {
            OAuthCredential oauth => Of(oauth),
            _ => Key(credential) is { } key ? new JsonObject { ["type"] = "api_key", ["key"] = key } : null,
        };
        if (wanted is null || present is null || !IsSameAccount(credential, present)) return wanted;
        // The library renewed it by itself: the store's refresh token may be used up.
        if (credential is OAuthCredential { Expires: { } expires } && Expires(present) > expires) return (JsonObject)present.DeepClone();
        var merged = (JsonObject)present.DeepClone();
        foreach (string name in Known)
        {
            if (wanted[name] is not { } value) merged.Remove(name);
            else if (!JsonNode.DeepEquals(merged[name], value)) merged[name] = value.DeepClone();
        }
        return merged;
    }

    private static JsonObject? Of(OAuthCredential credential)
    {
        if (credential.Access is not { IsBlank: false } access) return null;
        var entry = new JsonObject { ["type"] = "oauth", ["access"] = access.Reveal(), ["refresh"] = credential.Refresh?.Reveal(), ["expires"] = credential.Expires };
        foreach ((string name, string? value) in new[]
        {
            ("accountId", credential.AccountId), ("enterpriseUrl", credential.EnterpriseUrl), ("projectId", credential.ProjectId), ("email", credential.Email),
        })
        {
            if (value is not null) entry[name] = value;
        }
        return entry;
    }

    /// <summary>The key as text, or the name of the variable that holds it, which the library looks up. It runs what starts with an exclamation mark: no key does.</summary>
    private static string? Key(Credential credential)
    {
        if (credential.Reference is { } reference) return reference.Source == SecretReferenceSource.Env ? reference.Id : null;
        string text = SecretText.Normalize(credential.Secret?.Reveal());
        return text.Length == 0 || text[0] == '!' ? null : text;
    }

    /// <summary>Whether an entry is the account of a credential. One whose key is kept elsewhere may be any key.</summary>
    public static bool IsOf(Credential credential, JsonObject present)
        => IsSameAccount(credential, present)
            || (credential is not OAuthCredential && credential.Reference is not null && present["type"]?.ToString() != "oauth")
            || (credential is TokenCredential token && Read(credential, present) is TokenCredential there && Equals(token.Token, there.Token));

    private static bool IsSameAccount(Credential credential, JsonObject present)
    {
        return (credential, Read(credential, present)) switch
        {
            (OAuthCredential ours, OAuthCredential theirs) => AccountIdentity.Matches(ours, theirs) || (ours.Refresh is not null && Equals(ours.Refresh, theirs.Refresh)),
            (OAuthCredential, _) => false,
            (_, ApiKeyCredential theirs) => theirs.Key?.Reveal() == Key(credential),
            _ => false,
        };
    }

    /// <summary>An entry says its provider by its name; it is one of the credential's provider.</summary>
    private static Credential? Read(Credential credential, JsonObject present)
    {
        var copy = (JsonObject)present.DeepClone();
        copy["provider"] = credential.Provider;
        return CredentialReader.Read(string.Empty, copy).Credential;
    }

    private static long? Expires(JsonObject entry) => entry["expires"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out long expires) ? expires : null;
}
