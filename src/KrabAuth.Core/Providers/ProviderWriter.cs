using System.Text.Json.Nodes;
using KrabAuth.OAuth;

namespace KrabAuth.Providers;

/// <summary>Writes a provider as <see cref="ProviderReader"/> reads it: only what differs from the defaults.</summary>
internal static class ProviderWriter
{
    public static JsonObject Write(ProviderDefinition definition)
    {
        var root = new JsonObject { ["id"] = definition.Id, ["label"] = definition.Label };
        Add(root, "defaultModel", definition.DefaultModel);
        Add(root, "aliases", definition.Aliases);
        Add(root, "environment", definition.EnvironmentVariables);
        Add(root, "command", definition.Command);
        if (definition.Command.Count > 0) root["timeoutSeconds"] = (long)definition.CommandTimeout.TotalSeconds;
        if (definition.OAuth is { } oauth) root["oauth"] = Write(oauth);
        if (definition.Headers.Count > 0) root["headers"] = new JsonObject(definition.Headers.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)Write(kind.Value))));
        if (definition.ProbeJson is { } probe) root["probe"] = JsonNode.Parse(probe);
        if (definition.UsageJson is { } usage) root["usage"] = JsonNode.Parse(usage);
        return root;
    }

    private static JsonObject Write(OAuthSettings oauth)
    {
        var defaults = new OAuthSettings();
        var root = new JsonObject();
        Add(root, "issuer", oauth.Issuer?.OriginalString);
        Add(root, "authorizationEndpoint", oauth.AuthorizationEndpoint?.OriginalString);
        Add(root, "tokenEndpoint", oauth.TokenEndpoint?.OriginalString);
        Add(root, "deviceAuthorizationEndpoint", oauth.DeviceAuthorizationEndpoint?.OriginalString);
        Add(root, "revocationEndpoint", oauth.RevocationEndpoint?.OriginalString);
        Add(root, "userInfoEndpoint", oauth.UserInfoEndpoint?.OriginalString);
        Add(root, "clientId", oauth.ClientId);
        Add(root, "clientSecretEnvironment", oauth.ClientSecretVariables);
        if (oauth.ClientAuthentication != ClientAuthentication.None) root["clientAuthentication"] = oauth.ClientAuthentication.ToString().ToLowerInvariant();
        if (oauth.ClientSecretRequired) root["clientSecretRequired"] = true;
        Add(root, "scopes", oauth.Scopes);
        if (oauth.RedirectUri != defaults.RedirectUri) root["redirectUri"] = oauth.RedirectUri;
        return root;
    }

    private static JsonObject Write(IReadOnlyDictionary<string, string> headers)
        => new(headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)JsonValue.Create(header.Value))));

    private static void Add(JsonObject root, string name, string? value)
    {
        if (value is not null) root[name] = value;
    }

    private static void Add(JsonObject root, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0) root[name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
    }
}
