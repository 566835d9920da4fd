using System.Text.Json;
using System.Text.Json.Nodes;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>A home directory of its own, whose state directory defines a server as the provider <c>test</c>, or as another.</summary>
internal sealed class TempHome : IDisposable
{
    public const string Provider = "test";

    private static readonly string[] Scopes = ["openid", "offline_access", "email"];

    /// <summary>Entries that nothing here is about: whatever happens, they have to survive.</summary>
    private static readonly string[] Bystanders = ["openrouter:one", "openrouter:two"];

    private readonly string _provider;

    public TempHome(OpenIdServer? server = null, string provider = Provider, params ReadOnlySpan<string> others)
    {
        _provider = provider;
        Root = Directory.CreateTempSubdirectory("krabauth-interop-").FullName;
        if (server is null) return;
        Define(server, provider);
        foreach (string other in others) Define(server, other);
    }

    public string Root { get; }

    public string StateDirectory => Path.Combine(Root, ".krabkrab");

    public string StorePath => Path.Combine(StateDirectory, "agents", "main", "agent", "auth-profiles.json");

    public string QueueDirectory => Path.Combine(Path.GetDirectoryName(StorePath)!, ".auth-profiles.json.queue");

    /// <summary>The store; an error if it is not whole.</summary>
    public JsonObject Store() => JsonNode.Parse(File.ReadAllBytes(StorePath))!.AsObject();

    public JsonObject Profile(string id) => Store()["profiles"]![id]!.AsObject();

    public IEnumerable<string> ProfileIds() => Store()["profiles"]!.AsObject().Select(profile => profile.Key);

    /// <summary>Makes a store without profiles.</summary>
    public void WriteEmptyStore() => Write(StorePath, """{"version":1,"profiles":{}}""");

    /// <summary>Makes a store whose profile <c>&lt;provider&gt;:alice</c> has expired, beside others.</summary>
    public async Task<string> WriteExpiredAsync(OpenIdServer server)
    {
        IssuedGrant grant = await server.IssueAsync();
        var profiles = new JsonObject
        {
            [Account] = new JsonObject
            {
                ["type"] = "oauth",
                ["provider"] = _provider,
                ["access"] = "an-access-token-that-has-expired",
                ["refresh"] = grant.Refresh,
                ["expires"] = DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds(),
                ["email"] = grant.Email,
                ["accountId"] = grant.AccountId,
            },
        };
        foreach (string id in Bystanders) profiles[id] = new JsonObject { ["type"] = "api_key", ["provider"] = "openrouter", ["key"] = $"sk-or-bystander-{id}" };
        Write(StorePath, new JsonObject { ["version"] = 1, ["profiles"] = profiles }.ToJsonString());
        return Account;
    }

    /// <summary>The store is whole JSON, everybody is still in it, and nobody left a lock or a half-written file.</summary>
    public void AssertWhole(bool isAtRest)
    {
        JsonObject profiles = Store()["profiles"]!.AsObject();
        foreach (string id in Bystanders) Assert.Equal($"sk-or-bystander-{id}", (string?)profiles[id]!["key"]);
        Assert.NotNull((string?)profiles[Account]!["refresh"]);
        if (!isAtRest) return;
        Assert.False(Path.Exists(StorePath + ".lock"));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(StorePath)!), path => path.EndsWith(".krabtmp", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Lets the time of a stored token be over.</summary>
    public void Expire(string id)
    {
        JsonObject store = Store();
        store["profiles"]![id]!["expires"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds();
        Write(StorePath, store.ToJsonString());
    }

    private string Account => $"{_provider}:alice";

    private void Define(OpenIdServer server, string provider) => Write(
        Path.Combine(StateDirectory, "providers", $"{provider}.json"),
        JsonSerializer.Serialize(new { id = provider, label = "Test provider", oauth = new { issuer = server.Issuer, clientId = server.ClientId, scopes = Scopes } }));

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
