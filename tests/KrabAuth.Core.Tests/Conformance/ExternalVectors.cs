using System.Globalization;
using System.Text.Json.Nodes;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>Other programs' sign-ins, as the peers read and take them over.</summary>
public sealed class ExternalVectors
{
    [Theory]
    [Vectors("interop.json", "external-cli")]
    public void File_of_another_program(Vector vector)
    {
        using var state = new TempState();
        (string path, JsonNode? content) = vector.Given["files"]!.AsObject().Single();
        string file = state.WriteHome(path, content is JsonObject ? content.ToJsonString() : content!.GetValue<string>());
        File.SetLastWriteTimeUtc(file, DateTimeOffset.FromUnixTimeMilliseconds(vector.Given["fileMtime"]!.GetValue<long>()).UtcDateTime);
        ExternalTool tool = ExternalTool.All.Single(entry => path.StartsWith(entry.Directory, StringComparison.Ordinal));
        vector.Answer(Json(state.Agent().ExternalLogins.Reader.Read(tool, mayAsk: true).Credential));
    }

    [Theory]
    [Vectors("interop.json", "external-replace")]
    public void Stored_against_read(Vector vector)
    {
        const string Id = "openai-codex:codex-cli";
        AuthStore store = StoreJson.Read(new JsonObject { ["profiles"] = new JsonObject(vector.Given["stored"] is { } stored ? [KeyValuePair.Create(Id, (JsonNode?)stored.DeepClone())] : []) });
        AuthStore incoming = StoreJson.Read(new JsonObject { ["profiles"] = new JsonObject { [Id] = vector.Given["incoming"]!.DeepClone() } });
        vector.Answer(ExternalLoginRules.Decide(store, Id, incoming.Profiles[0].Credential, vector.Now).Action != ExternalLoginAction.None);
    }

    [Theory]
    [Vectors("interop.json", "external-sync")]
    public async Task Taking_over(Vector vector)
    {
        using var state = new TempState();
        var keychain = new FakeKeychain();
        state.Write("agents/main/agent/auth-profiles.json", new JsonObject { ["version"] = 1, ["profiles"] = vector.Given["store"]?.DeepClone() ?? new JsonObject() }.ToJsonString());
        if (vector.Given["claude"] is { } claude) state.WriteHome(".claude/.credentials.json", new JsonObject { ["claudeAiOauth"] = claude.DeepClone() }.ToJsonString());
        if (vector.Given["codex"] is JsonObject codex)
        {
            state.WriteHome(".codex/auth.json", new JsonObject { ["tokens"] = new JsonObject { ["access_token"] = codex["access"]!.DeepClone(), ["refresh_token"] = codex["refresh"]!.DeepClone(), ["account_id"] = codex["accountId"]!.DeepClone() } }.ToJsonString());
        }
        if (vector.Given["reads"] is not null || vector.Given["platform"] is not null) state.Keychain = keychain;
        int reads = vector.Given["reads"]?.GetValue<int>() ?? 1;
        for (int read = 0; read < reads; read++) await state.Agent().ExternalLogins.SyncAsync(cancellationToken: TestContext.Current.CancellationToken);
        JsonObject profiles = JsonNode.Parse(state.ReadStore())!["profiles"]!.AsObject();
        vector.Answer(new JsonObject(vector.Expected!.AsObject().Select(expected => KeyValuePair.Create(expected.Key, expected.Key switch
        {
            "sourceReads" => (JsonNode?)keychain.Asked.Count(asked => asked.Service == "Codex Auth"),
            "service" => keychain.Asked.Single(asked => asked.Account is not null).Service,
            "accountFormat" => AccountFormat(state, keychain),
            _ => Member(profiles, expected.Key),
        }))));
    }

    /// <summary>A path such as <c>anthropic:claude-cli.token or access</c>.</summary>
    private static JsonNode? Member(JsonObject profiles, string path)
    {
        string[] parts = path.Split('.', 2);
        if (profiles[parts[0]] is not JsonObject profile) return null;
        return parts.Length == 1 ? profile["access"]?.DeepClone() : parts[1].Split(" or ").Select(name => profile[name]).FirstOrDefault(value => value is not null)?.DeepClone();
    }

    private static string AccountFormat(TempState state, FakeKeychain keychain)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path.Combine(state.Home, ".codex")));
        Assert.Equal($"cli|{Convert.ToHexStringLower(hash)[..16]}", keychain.Asked.Single(asked => asked.Account is not null).Account);
        return string.Create(CultureInfo.InvariantCulture, $"cli|<first {16} hex chars of sha256(codexHome)>");
    }

    private static JsonObject? Json(Credential? credential) => credential switch
    {
        OAuthCredential login => new JsonObject { ["type"] = "oauth", ["provider"] = login.Provider, ["access"] = login.Access!.Reveal(), ["refresh"] = login.Refresh!.Reveal(), ["expires"] = login.Expires },
        TokenCredential token => new JsonObject { ["type"] = "token", ["provider"] = token.Provider, ["token"] = token.Token!.Reveal(), ["expires"] = token.Expires },
        _ => null,
    };
}
