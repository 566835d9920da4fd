using System.Text.Json.Nodes;
using KrabAuth.Secrets;

namespace KrabAuth.Profiles;

/// <summary>
/// Writes a credential into its entry. Where the kind stays, a member changes only if its value does: what KrabAuth cannot
/// read, spells otherwise or does not know stays as it was written. Where the kind changes, the members of the old one go.
/// </summary>
internal static class CredentialWriter
{
    /// <summary>Every member that belongs to one kind of credential, so that none is left behind when the kind changes.</summary>
    private static readonly string[] KindMembers =
    [
        "mode", "key", "apiKey", "keyRef", "metadata", "token", "tokenRef", "access", "refresh", "expires", "idToken",
        "accountId", "clientId", "enterpriseUrl", "projectId", "chatgptPlanType",
    ];

    /// <summary>Those of them that hold no part of a sign-in.</summary>
    private static readonly string[] MembersOfKeys = ["key", "keyRef", "token", "tokenRef"];

    /// <param name="entry">The entry.</param>
    /// <param name="credential">What it is to hold.</param>
    /// <param name="previous">What it holds, as far as it can be read; null for a new entry or one that is no profile.</param>
    public static void Write(JsonObject entry, Credential credential, Credential? previous)
    {
        IReadOnlyList<(string Name, JsonNode? Value)> wanted = Members(credential);
        Dictionary<string, JsonNode?>? current = previous?.Type == credential.Type ? Members(previous).ToDictionary(member => member.Name, member => member.Value) : null;
        if (current is null)
        {
            foreach (string name in KindMembers) entry.Remove(name);
        }
        else if (previous is OAuthCredential { ReferenceMember: not null } && credential is OAuthCredential { ReferenceMember: null })
        {
            // A sign-in cannot have a reference: a new one would be refused for what the old one left beside its tokens.
            foreach (string name in MembersOfKeys) entry.Remove(name);
            foreach (string name in new[] { "access", "refresh" }) if (entry[name] is JsonObject) entry.Remove(name);
        }
        foreach ((string name, JsonNode? value) in wanted)
        {
            if (current is not null && JsonNode.DeepEquals(current[name], value)) continue;
            if (value is null) entry.Remove(name);
            else entry[name] = value;
            // A new secret replaces the old one under whatever name it stood, and the reference that would win over it.
            if (name is "keyRef" or "tokenRef" && value is not null)
            {
                // The reference takes the place of the secret, under whatever name that stood.
                entry.Remove(name[..^"Ref".Length]);
                entry.Remove("apiKey");
            }
            if (name is "key" or "token" && value is not null)
            {
                entry.Remove("apiKey");
                entry.Remove(name + "Ref");
            }
        }
    }

    private static List<(string Name, JsonNode? Value)> Members(Credential credential)
    {
        List<(string, JsonNode?)> members =
        [
            ("type", credential.Type.StoredName()), ("provider", credential.Provider),
        ];
        switch (credential)
        {
            case ApiKeyCredential key:
                members.Add(("keyRef", Reference(key.KeyReference)));
                members.Add(("key", key.KeyReference is null ? key.Key?.Reveal() : null));
                members.Add(("metadata", key.Metadata.Count == 0 ? null : new JsonObject(key.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)))));
                break;
            case TokenCredential token:
                members.Add(("tokenRef", Reference(token.TokenReference)));
                members.Add(("token", token.TokenReference is null ? token.Token?.Reveal() : null));
                members.Add(("expires", token.Expires));
                break;
            case OAuthCredential oauth:
                members.AddRange(
                [
                    ("access", oauth.Access?.Reveal()), ("refresh", oauth.Refresh?.Reveal()), ("expires", oauth.Expires),
                    ("accountId", oauth.AccountId), ("clientId", oauth.ClientId), ("enterpriseUrl", oauth.EnterpriseUrl),
                    ("projectId", oauth.ProjectId), ("idToken", oauth.IdToken?.Reveal()), ("chatgptPlanType", oauth.ChatGptPlanType),
                ]);
                break;
        }
        members.AddRange([("email", credential.Email), ("displayName", credential.DisplayName), ("copyToAgents", credential.CopyToAgents)]);
        return members;
    }

    /// <summary>Whether two credentials would be written alike.</summary>
    public static bool AreSame(Credential left, Credential right)
        => left.Type == right.Type && Members(left).Zip(Members(right)).All(pair => JsonNode.DeepEquals(pair.First.Value, pair.Second.Value));

    private static JsonObject? Reference(SecretReference? reference) => reference is null ? null : new JsonObject
    {
        ["source"] = reference.Source.ToString().ToLowerInvariant(),
        ["provider"] = reference.Provider,
        ["id"] = reference.Id,
    };
}
