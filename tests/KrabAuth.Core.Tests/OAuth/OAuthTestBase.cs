using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A state directory, an authorization server, a person and a browser.</summary>
public abstract class OAuthTestBase : IDisposable
{
    protected const string Codex = "openai-codex";
    protected const string CodexId = "openai-codex:me@example.com";

    /// <summary>A provider with endpoints of its own whose redirect may come to any port.</summary>
    protected const string Acme = "acme";

    /// <summary>Every provider of the catalog that is signed in to through a browser.</summary>
    public static TheoryData<string> BrowserProviders { get; } = new(ProviderCatalog.BuiltIn.Providers.Where(provider => provider.OAuth is { HasBrowserFlow: true }).Select(provider => provider.Id));

    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected OAuthTestBase()
    {
        _patience.CancelAfter(Patience.Limit);
        Server.Clock = State.Clock;
        State.Http = Server;
        // A screen, so that a browser is worth opening.
        State.Host.Set("DISPLAY", ":0");
    }

    /// <summary>Ends a test that waits for what does not come.</summary>
    protected CancellationToken Cancellation => _patience.Token;

    protected TempState State { get; } = new();

    protected FakeAuthorizationServer Server { get; } = new();

    protected FakePrompt Prompt { get; init; } = new();

    protected FakeBrowser Browser { get; } = new();

    protected static OAuthSettings SettingsOf(string provider) => ProviderCatalog.BuiltIn.Find(provider)!.OAuth!;

    public void Dispose()
    {
        _patience.Dispose();
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a definition of Acme; what is given replaces members of it, or removes them with null.</summary>
    protected void DefineAcme(JsonObject? changes = null)
    {
        var oauth = new JsonObject
        {
            ["authorizationEndpoint"] = "https://auth.acme.test/authorize",
            ["tokenEndpoint"] = "https://auth.acme.test/token",
            ["revocationEndpoint"] = "https://auth.acme.test/revoke",
            ["clientId"] = "krab",
            ["scopes"] = new JsonArray("openid", "offline_access"),
            ["redirectUri"] = "http://localhost:0/auth/callback",
            ["accountIdClaim"] = new JsonArray("https://api.openai.com/auth", "chatgpt_account_id"),
        };
        foreach ((string name, JsonNode? value) in changes ?? [])
        {
            if (value is null) oauth.Remove(name);
            else oauth[name] = value.DeepClone();
        }
        State.Write("providers/acme.json", new JsonObject { ["id"] = Acme, ["label"] = "Acme", ["oauth"] = oauth }.ToJsonString());
    }

    private protected OAuthSettings AcmeSettings()
    {
        DefineAcme();
        return State.Workspace().Registry.Find(Acme)!.OAuth!;
    }

    private protected OAuthClient ClientOf(string provider, OAuthSettings settings, TimeProvider? clock = null)
        => new(provider, settings, new OAuthHttp(Server, clock ?? State.Clock), clock ?? State.Clock, State.Host);

    protected Task<AuthProfile> SignIn(string provider, Func<SignInRequest, SignInRequest>? with = null, CancellationToken? cancellation = null)
        => State.Agent().SignIns.SignInAsync((with ?? (request => request))(new SignInRequest(provider)), Prompt, Browser, cancellation ?? Cancellation);

    /// <summary>The client of a provider of the catalog, with what a user has to bring along and what its issuer publishes.</summary>
    private protected async Task<(OAuthClient Client, OAuthSettings Settings)> OpenAsync(string provider)
    {
        OAuthSettings settings = SettingsOf(provider);
        foreach (string variable in settings.ClientIdVariables.Concat(settings.ClientSecretVariables)) State.Host.Set(variable, "of-the-user");
        if (settings.Issuer is { } issuer)
        {
            string origin = issuer.GetLeftPart(UriPartial.Authority);
            Server.Serve($"{origin}/.well-known/openid-configuration", new JsonObject
            {
                ["issuer"] = issuer.OriginalString, ["authorization_endpoint"] = $"{origin}/authorize", ["token_endpoint"] = $"{origin}/token",
            });
        }
        using var http = new OAuthHttp(Server, State.Clock);
        settings = (await ServerMetadata.CompleteAsync(settings, http, Cancellation)).Value!;
        return (ClientOf(provider, settings), settings);
    }

    /// <summary>The person agrees in a browser elsewhere and pastes the address that it ends at.</summary>
    protected async Task PasteAnswer() => Prompt.Paste(Server.Authorize((await Prompt.Address.WaitAsync(Cancellation)).Address).AbsoluteUri);

    protected static async Task<KrabAuthException> Refused(Func<Task> action, string errorId)
    {
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(action);
        Assert.Equal(errorId, error.ErrorId);
        return error;
    }

    protected JsonObject StoredProfile(string id, string agent = "main")
        => JsonNode.Parse(File.ReadAllText(State.InAgent("auth-profiles.json", agent)))!["profiles"]![id]!.AsObject();

    protected static string? Text(JsonObject document, string name) => document[name]?.GetValue<string>();

    /// <summary>No secret of the server's is in any of these texts.</summary>
    protected void AssertNoSecret(params IEnumerable<string?> texts)
    {
        Assert.NotEmpty(Server.Secrets);
        foreach (string? text in texts) Assert.All(Server.Secrets, secret => Assert.DoesNotContain(secret, text ?? string.Empty, StringComparison.Ordinal));
    }

    /// <summary>What was said to anybody.</summary>
    protected IEnumerable<string> Said => [.. State.Log.Warnings, .. State.Log.VerboseMessages];
}
