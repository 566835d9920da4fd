using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The sign-in to openai-codex, request by request, against a fake of that server.</summary>
public sealed class CodexExchangeTests : OAuthTestBase
{
    private const string TokenEndpoint = "https://auth.openai.com/oauth/token";
    private const string DeviceEndpoint = "https://auth.openai.com/api/accounts/deviceauth/usercode";

    // The allow-list of the server has this redirect URI, byte for byte, and no other.
    [Fact]
    public void The_address_has_these_parameters_in_this_order()
    {
        OAuthSettings settings = SettingsOf(Codex);
        AuthorizationRequest request = ClientOf(Codex, settings).Begin(settings.RedirectUri);
        Assert.Equal("https://auth.openai.com/oauth/authorize", request.Url.GetLeftPart(UriPartial.Path));
        Assert.Equal(
            [
                new("response_type", "code"),
                new("client_id", "app_EMoamEEZ73f0CkXaXp7hrann"),
                new("redirect_uri", "http://localhost:1455/auth/callback"),
                new("scope", "openid profile email offline_access"),
                new("code_challenge", request.Pkce.Challenge),
                new("code_challenge_method", "S256"),
                new("state", request.State),
                new("id_token_add_organizations", "true"),
                new("codex_cli_simplified_flow", "true"),
                new("originator", "krabauth"),
            ],
            ServerRequest.Parse(request.Url.Query));
        Assert.Matches("^[0-9a-f]{32}$", request.State);
    }

    [Fact]
    public async Task The_code_is_exchanged_with_this_form()
    {
        AuthProfile profile = await SignInByPaste();
        Assert.Equal(CodexId, profile.ProfileId);
        ServerRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", TokenEndpoint, "application/x-www-form-urlencoded"), (request.Method, request.Url.AbsoluteUri, request.ContentType));
        Assert.Equal(["grant_type", "client_id", "code", "code_verifier", "redirect_uri"], request.Form.Select(parameter => parameter.Key));
        Assert.Equal("authorization_code", request["grant_type"]);
        Assert.Equal("app_EMoamEEZ73f0CkXaXp7hrann", request["client_id"]);
        Assert.Equal("http://localhost:1455/auth/callback", request["redirect_uri"]);
        Assert.False(request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Account_plan_and_e_mail_come_out_of_the_token_and_no_margin_is_taken_off()
    {
        await SignInByPaste();
        JsonObject stored = StoredProfile(CodexId);
        Assert.Equal("acct-11111111", Text(stored, "accountId"));
        Assert.Equal("me@example.com", Text(stored, "email"));
        Assert.Equal("plus", Text(stored, "chatgptPlanType"));
        Assert.Equal(State.Clock.Milliseconds + 3_600_000, stored["expires"]!.GetValue<long>());
        Assert.Equal(
            ["type", "provider", "access", "refresh", "expires", "accountId", "chatgptPlanType", "email"], stored.Select(member => member.Key));
    }

    [Fact]
    public async Task A_token_that_names_no_account_is_refused()
    {
        Server.Answer(HttpStatusCode.OK, """{"access_token":"no-jwt","refresh_token":"r","expires_in":3600}""");
        await Refused(() => SignInByPaste(), "SignInFailed");
        Assert.False(File.Exists(State.StorePath));
    }

    [Fact]
    public async Task An_answer_without_a_refresh_token_is_refused()
    {
        Server.Answer(_ => FakeAuthorizationServer.Response(HttpStatusCode.OK, $$"""{"access_token":"{{Server.AccessToken(Server.Account)}}","expires_in":3600}"""));
        await Refused(() => SignInByPaste(), "SignInFailed");
        Assert.False(File.Exists(State.StorePath));
    }

    [Theory]
    [InlineData("""  "expires_in": "1800" """, 1800)]
    [InlineData(""" "x": 0 """, 3600)] // The token's own end.
    [InlineData(""" "expires_in": -5 """, 3600)]
    public async Task The_end_is_what_the_server_says_else_what_the_token_says(string member, int seconds)
    {
        Server.Answer(_ => FakeAuthorizationServer.Response(HttpStatusCode.OK, $$"""{"access_token":"{{Server.AccessToken(Server.Account)}}","refresh_token":"rt-1",{{member}}}"""));
        AuthProfile profile = await SignInByPaste();
        Assert.Equal(State.Clock.GetUtcNow().AddSeconds(seconds), profile.Expires);
    }

    [Fact]
    public async Task A_refresh_sends_this_form()
    {
        await SignInByPaste();
        string refresh = Text(StoredProfile(CodexId), "refresh")!;
        await State.Agent().Credentials.RenewAsync(CodexId, Cancellation);
        ServerRequest request = Server.Requests[^1];
        Assert.Equal(("POST", TokenEndpoint, "application/x-www-form-urlencoded"), (request.Method, request.Url.AbsoluteUri, request.ContentType));
        Assert.Equal([new("grant_type", "refresh_token"), new("refresh_token", refresh), new("client_id", "app_EMoamEEZ73f0CkXaXp7hrann")], request.Form);
    }

    [Fact]
    public async Task The_device_flow_sends_these_requests()
    {
        var clock = new ManualClock();
        State.Timers = clock;
        var pkce = Pkce.Create();
        Server.Serve(DeviceEndpoint, new JsonObject { ["device_auth_id"] = "device-1", ["user_code"] = "ABCD-1234", ["interval"] = "7" });
        string code = Server.GrantCode(pkce.Challenge, "https://auth.openai.com/deviceauth/callback");
        int polls = 0;
        Server.Serve("https://auth.openai.com/api/accounts/deviceauth/token", _ => ++polls == 1
            ? FakeAuthorizationServer.Response(HttpStatusCode.Forbidden, "{}")
            : FakeAuthorizationServer.Response(HttpStatusCode.OK, $$"""{"authorization_code":"{{code}}","code_verifier":"{{pkce.Verifier}}"}"""));
        Task<AuthProfile> signIn = SignIn(Codex, request => request with { UseDeviceCode = true });
        for (int i = 0; i < 2; i++)
        {
            await clock.NextWaitAsync(TimeSpan.FromSeconds(7), Cancellation);
            clock.Advance(TimeSpan.FromSeconds(7));
        }
        Assert.Equal(CodexId, (await signIn).ProfileId);
        Assert.Equal(("ABCD-1234", "https://auth.openai.com/codex/device"), ((await Prompt.DeviceCode).UserCode, (await Prompt.DeviceCode).VerificationUri.AbsoluteUri));
        Assert.Equal(
            [
                """{"client_id":"app_EMoamEEZ73f0CkXaXp7hrann"}""",
                """{"device_auth_id":"device-1","user_code":"ABCD-1234"}""",
                """{"device_auth_id":"device-1","user_code":"ABCD-1234"}""",
            ],
            Server.Requests.Take(3).Select(request => request.Body));
        Assert.All(Server.Requests.Take(3), request => Assert.Equal(("POST", "application/json"), (request.Method, request.ContentType)));
        ServerRequest exchange = Server.Requests[3];
        Assert.Equal((TokenEndpoint, code, pkce.Verifier, "https://auth.openai.com/deviceauth/callback"), (exchange.Url.AbsoluteUri, exchange["code"], exchange["code_verifier"], exchange["redirect_uri"]));
    }

    private async Task<AuthProfile> SignInByPaste()
    {
        // Whether the port of the redirect is free on this machine does not matter here.
        Task<AuthProfile> signIn = SignIn(Codex);
        await PasteAnswer();
        return await signIn;
    }
}
