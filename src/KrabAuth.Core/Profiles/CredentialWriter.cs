using System.Text.Json.Nodes;
using KrabAuth.Secrets;

namespace KrabAuth.Profiles;

/// <summary>Writes a credential into its entry: the members of its kind are set, those of the other kinds go, the rest stays.</summary>
internal static class CredentialWriter
{
    /// <summary>Every member that belongs to one kind of credential, so that none is left behind when the kind changes.</summary>
    private static readonly string[] KindMembers =
    [
        "mode", "key", "apiKey", "keyRef", "metadata", "token", "tokenRef", "access", "refresh", "expires", "idToken",
        "accountId", "clientId", "enterpriseUrl", "projectId", "chatgptPlanType",
    ];

    public static void Write(JsonObject entry, Credential credential)
    {
        var members = new List<(string Name, JsonNode? Value)>
        {
            ("type", credential.Type.StoredName()),
            ("provider", credential.Provider),
        };
        switch (credential)
        {
            case ApiKeyCredential key:
                members.Add(("keyRef", Reference(key.KeyReference)));
                members.Add(("key", key.KeyReference is null ? key.Key?.Reveal() : null));
                if (key.Metadata.Count > 0) members.Add(("metadata", new JsonObject(key.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)))));
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
        members.Add(("email", credential.Email));
        members.Add(("displayName", credential.DisplayName));
        if (credential.CopyToAgents is { } copy) members.Add(("copyToAgents", copy));

        foreach (string name in KindMembers.Where(name => !members.Any(member => member.Name == name && member.Value is not null))) entry.Remove(name);
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is null) entry.Remove(name);
            else entry[name] = value;
        }
    }

    private static JsonObject? Reference(SecretReference? reference) => reference is null ? null : new JsonObject
    {
        ["source"] = reference.Source.ToString().ToLowerInvariant(),
        ["provider"] = reference.Provider,
        ["id"] = reference.Id,
    };
}
