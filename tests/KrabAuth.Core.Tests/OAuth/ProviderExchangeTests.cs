using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What the other providers of the catalog want to be asked.</summary>
public sealed class ProviderExchangeTests : OAuthTestBase
{
    private const string GoogleSecret = "GEMINI_CLI_OAUTH_CLIENT_SECRET";

    [Fact]
    public async Task Anthropic_takes_json_with_the_state_in_it()
    {
        OAuthSettings settings = SettingsOf("anthropic");
        OAuthClient client = ClientOf("anthropic", settings);
        AuthorizationRequest begun = client.Begin(settings.RedirectUri);
        Dictionary<string, string> query = ServerRequest.Parse(begun.Url.Query).ToDictionary();
        Assert.Equal(("https://claude.ai/oauth/authorize", "true", "http://localhost:53692/callback"), (begun.Url.GetLeftPart(UriPartial.Path), query["code"], query["redirect_uri"]));
        string code = ServerRequest.Parse(Server.Authorize(begun.Url).Query).ToDictionary()["code"];
        OAuthCredential credential = (await client.ExchangeAsync(code, begun.Pkce, begun.RedirectUri, begun.State, Cancellation)).Value!;
        ServerRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", "https://platform.claude.com/v1/oauth/token", "application/json"), (request.Method, request.Url.AbsoluteUri, request.ContentType));
        AssertJson(
            new JsonObject
            {
                ["grant_type"] = "authorization_code", ["client_id"] = "9d1c250a-e61b-44d9-88ed-5944d1962f5e", ["code"] = code, ["state"] = begun.State,
                ["redirect_uri"] = "http://localhost:53692/callback", ["code_verifier"] = begun.Pkce.Verifier,
            },
            request.Json);
        // Five minutes earlier than the server says, as every program that shares the file has it.
        Assert.Equal(State.Clock.Milliseconds + 3_600_000 - 300_000, credential.Expires);
    }

    [Fact]
    public async Task Anthropic_gets_no_scope_at_a_refresh()
    {
        OAuthClient client = ClientOf("anthropic", SettingsOf("anthropic"));
        string refresh = Server.GrantRefreshToken();
        await client.RefreshAsync(new OAuthCredential("anthropic", null, KrabAuth.Secrets.Secret.Of(refresh)), Cancellation);
        AssertJson(new JsonObject { ["grant_type"] = "refresh_token", ["client_id"] = "9d1c250a-e61b-44d9-88ed-5944d1962f5e", ["refresh_token"] = refresh }, Assert.Single(Server.Requests).Json);
    }

    // openclaw #54289: the secret of another program is not taken out of it, nor carried along. It lies here where npm puts that program.
    [Fact]
    public async Task Google_needs_a_client_secret_of_the_users()
    {
        PlantGeminiCli();
        KrabAuthException error = await Refused(() => SignIn("google-gemini-cli"), "ClientUnknown");
        Assert.Contains(GoogleSecret, error.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.Empty(Browser.Opened);
        Assert.Empty(Server.Requests);
        Assert.DoesNotContain("GOCSPX", string.Concat([error.ToString(), .. Said]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Google_gets_it_in_the_body_and_nobody_else_sees_it()
    {
        const string Value = "a-client-secret-of-the-user";
        State.Host.Set(GoogleSecret, Value);
        OAuthSettings settings = SettingsOf("google-gemini-cli");
        OAuthClient client = ClientOf("google-gemini-cli", settings);
        AuthorizationRequest begun = client.Begin(settings.RedirectUri);
        Dictionary<string, string> query = ServerRequest.Parse(begun.Url.Query).ToDictionary();
        Assert.Equal(("offline", "consent"), (query["access_type"], query["prompt"]));
        Assert.DoesNotContain(Value, begun.Url.AbsoluteUri, StringComparison.Ordinal);
        Server.Answer(request => FakeAuthorizationServer.Response(HttpStatusCode.BadRequest, $$"""{"error":"invalid_client","error_description":"{{request["client_secret"]}} is wrong"}"""));
        OAuthError error = (await client.ExchangeAsync("c", begun.Pkce, begun.RedirectUri, begun.State, Cancellation)).Error!;
        Assert.Equal(Value, Server.Requests[0]["client_secret"]);
        Assert.Equal("invalid_client: [redacted] is wrong", error.ToString());
    }

    // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
    [Fact]
    public async Task A_secret_can_go_into_the_header()
    {
        State.Host.Set("ACME_SECRET", "a:b&c d");
        DefineAcme(new JsonObject { ["clientAuthentication"] = "basic", ["clientId"] = "kr:ab", ["clientSecretEnvironment"] = new JsonArray("ACME_SECRET") });
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        await signIn;
        ServerRequest request = Assert.Single(Server.Requests);
        string pair = Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers["Authorization"]["Basic ".Length..]));
        Assert.Equal("kr%3Aab:a%3Ab%26c%20d", pair);
        Assert.Null(request["client_secret"]);
    }

    // A refresh by another client than the one that signed in is refused as if the token were stolen.
    [Fact]
    public async Task A_client_of_the_users_is_remembered_with_the_sign_in()
    {
        State.Host.Set("CHUTES_CLIENT_ID", "my-own-client");
        Task<AuthProfile> signIn = SignIn("chutes");
        await PasteAnswer();
        string id = (await signIn).ProfileId;
        Assert.Equal("my-own-client", Text(StoredProfile(id), "clientId"));
        State.Host.Set("CHUTES_CLIENT_ID", "another-client");
        await State.Agent().Credentials.RenewAsync(id, Cancellation);
        Assert.Equal("my-own-client", Server.Requests[^1]["client_id"]);
        Assert.Equal("my-own-client", Text(StoredProfile(id), "clientId"));
    }

    [Fact]
    public Task A_provider_without_a_client_id_says_which_variable_to_set()
        => Assert.ThrowsAsync<KrabAuthException>(() => SignIn("chutes"))
            .ContinueWith(error => Assert.Equal(("ClientUnknown", true), (error.Result.ErrorId, error.Result.Remedy.PowerShell.Contains("CHUTES_CLIENT_ID", StringComparison.Ordinal))), TaskScheduler.Default);

    [Fact]
    public async Task A_provider_without_oauth_names_its_methods()
        => Assert.Contains("ApiKey", (await Refused(() => SignIn("groq"), "MethodUnsupported")).Message, StringComparison.Ordinal);

    // RFC 9700 §2.1.2: no token comes through the browser.
    [Theory]
    [MemberData(nameof(BrowserProviders))]
    public async Task No_provider_is_asked_for_anything_but_a_code(string provider)
    {
        (OAuthClient client, OAuthSettings settings) = await OpenAsync(provider);
        AuthorizationRequest request = client.Begin(settings.RedirectUri);
        Assert.Single(ServerRequest.Parse(request.Url.Query), parameter => parameter.Key == "response_type");
        Assert.Single(ServerRequest.Parse(request.Url.Query), new KeyValuePair<string, string>("response_type", "code"));
        Assert.True(ServerMetadata.IsAllowed(request.Url, request.Url));
    }

    // RFC 9700 §2.4: what is exchanged is a code or a refresh token, and never a password.
    [Theory]
    [MemberData(nameof(BrowserProviders))]
    public async Task No_provider_is_sent_a_password(string provider)
    {
        (OAuthClient client, OAuthSettings settings) = await OpenAsync(provider);
        AuthorizationRequest begun = client.Begin(settings.RedirectUri);
        string code = ServerRequest.Parse(Server.Authorize(begun.Url).Query).ToDictionary()["code"];
        OAuthCredential credential = (await client.ExchangeAsync(code, begun.Pkce, begun.RedirectUri, begun.State, Cancellation)).Value!;
        Assert.Null((await client.RefreshAsync(credential, Cancellation)).Error);
        Assert.Equal(["authorization_code", "refresh_token"], Server.TokenRequests.Select(request => request["grant_type"]));
        Assert.All(Server.TokenRequests, request => Assert.Equal((null, null), (request["username"], request["password"])));
    }

    // RFC 9700 §2.3: what the definition names and nothing besides, and at a refresh nothing at all.
    [Theory]
    [MemberData(nameof(BrowserProviders))]
    public async Task A_provider_is_asked_for_the_scopes_of_its_definition_and_no_others(string provider)
    {
        (OAuthClient client, OAuthSettings settings) = await OpenAsync(provider);
        Assert.NotEmpty(settings.Scopes);
        Assert.Single(ServerRequest.Parse(client.Begin(settings.RedirectUri).Url.Query), new KeyValuePair<string, string>("scope", string.Join(' ', settings.Scopes)));
        await client.RefreshAsync(new OAuthCredential(provider, null, KrabAuth.Secrets.Secret.Of(Server.GrantRefreshToken())), Cancellation);
        Assert.Null(Assert.Single(Server.TokenRequests)["scope"]);
    }

    // RFC 8252 §8.10: each server has a redirect of its own, so that an answer cannot be taken for another's.
    [Fact]
    public void No_two_providers_share_a_redirect()
    {
        List<string> redirects = [.. ProviderCatalog.BuiltIn.Providers.Where(provider => provider.OAuth is { HasBrowserFlow: true }).Select(provider => provider.OAuth!.RedirectUri)];
        Assert.NotEmpty(redirects);
        Assert.Equal(redirects.Distinct(StringComparer.OrdinalIgnoreCase), redirects);
    }

    /// <summary>Installs Gemini CLI for the user, signed in and on the path: the program, its library beside it and below it, with the secret in them.</summary>
    private void PlantGeminiCli()
    {
        const string Source = "dist/src/code_assist/oauth2.js";
        const string Content = "const OAUTH_CLIENT_ID = '681255809395-x.apps.googleusercontent.com';\nconst OAUTH_CLIENT_SECRET = 'GOCSPX-of-another-program';\n";
        foreach (string prefix in new[] { ".npm-global/lib/node_modules", ".nvm/versions/node/v22.0.0/lib/node_modules", "node_modules" })
        {
            string program = State.WriteHome($"{prefix}/@google/gemini-cli/bundle/gemini.js", Content);
            State.WriteHome($"{prefix}/@google/gemini-cli-core/{Source}", Content);
            State.WriteHome($"{prefix}/@google/gemini-cli/node_modules/@google/gemini-cli-core/{Source}", Content);
            State.WriteHome($"{prefix}/.bin/gemini", $"#!/bin/sh\nexec node {program}\n");
        }
        State.WriteHome(".gemini/oauth_creds.json", """{ "access_token": "a", "refresh_token": "r", "client_secret": "GOCSPX-of-another-program", "expiry_date": 4102444800000 }""");
        State.Host.Set("PATH", Path.Combine(State.Home, ".npm-global", "lib", "node_modules", ".bin"));
    }

    private static void AssertJson(JsonObject wanted, JsonObject actual) => Assert.True(JsonNode.DeepEquals(wanted, actual), actual.ToJsonString());
}
