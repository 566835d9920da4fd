using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Profiles;

/// <summary>An entry of a store that is not a profile, and why. It stays in the file.</summary>
/// <param name="Id">The entry's name.</param>
/// <param name="Reason"><c>non_object</c>, <c>invalid_type</c>, <c>missing_provider</c>, <c>flat_entry</c> or <c>broken_id</c>.</param>
/// <param name="Hint">What would mend it.</param>
public sealed record RejectedProfile(string Id, string Reason, string Hint);

/// <summary>Reads one entry of <c>profiles</c>, forgiving what people and older programs write.</summary>
internal static class CredentialReader
{
    /// <summary>The same for an entry whose text is being changed.</summary>
    public static (Credential? Credential, RejectedProfile? Rejected) Read(string id, JsonNode? entry)
    {
        using JsonDocument document = JsonDocument.Parse(entry?.ToJsonString() ?? "null");
        return Read(id, document.RootElement);
    }

    public static (Credential? Credential, RejectedProfile? Rejected) Read(string id, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object) return (null, new RejectedProfile(id, "non_object", "an entry must be an object with type and provider"));
        string? typeName = entry.TryGetProperty("type", out _) ? entry.Text("type") : entry.Text("mode");
        if (CredentialTypes.Parse(typeName) is not { } type)
        {
            return (null, new RejectedProfile(id, "invalid_type", "type must be api_key, token or oauth"));
        }
        if (entry.VisibleText("provider") is not { } providerName) return (null, new RejectedProfile(id, "missing_provider", "provider is missing"));
        string provider = ProviderId.Normalize(providerName);
        long? expires = ReadExpiry(entry);
        Credential credential = type switch
        {
            CredentialType.ApiKey => new ApiKeyCredential(
                provider,
                Secret.Of(entry.VisibleText("key") ?? (HasKey(entry) ? null : entry.VisibleText("apiKey"))),
                Reference(entry, "key", "keyRef"))
            {
                Metadata = ((JsonElement?)entry).Object("metadata").Members()
                    .Where(member => member.Value.ValueKind == JsonValueKind.String)
                    .ToDictionary(member => member.Name, member => member.Value.GetString()!),
            },
            CredentialType.Token => new TokenCredential(provider, Secret.Of(entry.VisibleText("token")), Reference(entry, "token", "tokenRef")) { Expires = expires },
            _ => new OAuthCredential(provider, Secret.Of(entry.VisibleText("access")), Secret.Of(entry.VisibleText("refresh")))
            {
                Expires = expires,
                IdToken = Secret.Of(entry.VisibleText("idToken")),
                AccountId = entry.VisibleText("accountId"),
                ClientId = entry.VisibleText("clientId"),
                EnterpriseUrl = entry.VisibleText("enterpriseUrl"),
                ProjectId = entry.VisibleText("projectId"),
                ChatGptPlanType = entry.VisibleText("chatgptPlanType"),
                ReferenceMember = ReferenceIn(entry),
            },
        };
        (string? email, string? displayName) = (entry.VisibleText("email"), entry.VisibleText("displayName"));
        bool? copies = entry.TryGetProperty("copyToAgents", out JsonElement copy) && copy.ValueKind is JsonValueKind.True or JsonValueKind.False ? copy.GetBoolean() : null;
        // Most keys have none of these, and need no copy.
        return (email is null && displayName is null && copies is null ? credential : credential with { Email = email, DisplayName = displayName, CopyToAgents = copies }, null);
    }

    private static bool HasKey(JsonElement entry) => entry.TryGetProperty("key", out _);

    /// <summary>A reference in its own member wins; one in the place of the value is accepted.</summary>
    private static SecretReference? Reference(JsonElement entry, string valueName, string referenceName)
    {
        foreach (string name in new[] { referenceName, valueName })
        {
            if (entry.TryGetProperty(name, out JsonElement member) && SecretReference.FromJson(member) is { } reference) return reference;
        }
        return null;
    }

    /// <summary>The first member of a sign-in that holds a reference.</summary>
    private static string? ReferenceIn(JsonElement entry)
    {
        foreach (string name in new[] { "access", "refresh", "token", "tokenRef", "key", "keyRef" })
        {
            if (entry.TryGetProperty(name, out JsonElement member)
                && (SecretReference.FromJson(member) is not null || (member.ValueKind == JsonValueKind.String && SecretReference.FromInline(member.GetString()) is not null)))
            {
                return name;
            }
        }
        return null;
    }

    /// <summary>What is there but is no time becomes zero, so that it is reported and not mistaken for "never".</summary>
    private static long? ReadExpiry(JsonElement entry)
    {
        if (!entry.TryGetProperty("expires", out _)) return null;
        return ((JsonElement?)entry).Number("expires") is { } expires and > 0 ? expires : 0;
    }
}
