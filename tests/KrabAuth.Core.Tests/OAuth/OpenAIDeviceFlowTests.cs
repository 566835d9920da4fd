using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The device sign-in of openai-codex, answer by answer.</summary>
public sealed class OpenAIDeviceFlowTests : OAuthTestBase
{
    private const string CodeEndpoint = "https://auth.openai.com/api/accounts/deviceauth/usercode";
    private const string PollEndpoint = "https://auth.openai.com/api/accounts/deviceauth/token";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly ManualClock _clock = new();

    public OpenAIDeviceFlowTests() => Server.Clock = _clock;

    private JsonObject Granted { get; } = new() { ["device_auth_id"] = "the-id", ["user_code"] = "ABCD-1234" };

    private IReadOnlyList<ServerRequest> Polls => [.. Server.Requests.Where(request => request.Url.AbsoluteUri == PollEndpoint)];

    [Fact]
    public async Task It_signs_in_with_the_proof_key_of_the_server()
    {
        OAuthSettings settings = SettingsOf(Codex);
        string code = Server.GrantCode(Pkce.FromVerifier(Verifier).Challenge, settings.DeviceRedirectUri!);
        OAuthResult<OAuthCredential> result = await Poll(5_000, HttpStatusCode.OK, $$"""{"authorization_code":"{{code}}","code_verifier":"{{Verifier}}"}""");
        Assert.Equal(("me@example.com", "acct-11111111"), (result.Value!.Email, result.Value.AccountId));
        DeviceCode shown = await Prompt.DeviceCode;
        Assert.Equal(new DeviceCode("ABCD-1234", settings.DeviceVerificationUri!, null, TimeSpan.FromMinutes(15)), shown);
        Assert.Equal(("the-id", "ABCD-1234"), (Assert.Single(Polls)["device_auth_id"], Polls[0]["user_code"]));
    }

    [Theory]
    [InlineData("ABCD-1234", "WXYZ-5678", "ABCD-1234")]
    [InlineData(null, "WXYZ-5678", "WXYZ-5678")]
    public async Task The_code_is_found_by_either_name(string? first, string? second, string shown)
    {
        Granted["user_code"] = first;
        Granted["usercode"] = second;
        await Poll(5_000, HttpStatusCode.BadRequest, "{}");
        Assert.Equal(shown, (await Prompt.DeviceCode).UserCode);
        Assert.Equal(shown, Assert.Single(Polls)["user_code"]);
    }

    [Theory]
    [InlineData("user_code", null)]
    [InlineData("user_code", "")]
    [InlineData("user_code", "A\u001b[2J")]
    [InlineData("user_code", "A\u202eB")]
    [InlineData("device_auth_id", null)]
    [InlineData("device_auth_id", "")]
    public async Task An_answer_that_must_not_be_shown_is_refused(string member, string? value)
    {
        Granted[member] = value;
        Assert.Equal(new OAuthError("invalid_response", "the server gave no device code"), (await Run()).Error);
        Assert.False(Prompt.DeviceCode.IsCompleted);
    }

    // Only 404 says that the account does not allow it; any other error is told as what it is.
    [Theory]
    [InlineData(404, "{}", "device_code_disabled: the account does not allow the sign-in with a device code")]
    [InlineData(403, "{}", "http_403")]
    [InlineData(429, """{"error":"rate_limited","error_description":"slowly"}""", "rate_limited: slowly")]
    public async Task A_server_that_gives_no_code_says_why(int status, string body, string said)
    {
        Server.Serve(CodeEndpoint, _ => FakeAuthorizationServer.Response((HttpStatusCode)status, body));
        OAuthSettings settings = SettingsOf(Codex);
        Assert.Equal(said, (await new OpenAIDeviceFlow(ClientOf(Codex, settings, _clock), settings, _clock).RunAsync(Prompt, Cancellation)).Error!.ToString());
    }

    [Theory]
    [InlineData(400, """{"error":"access_denied","error_description":"no"}""", "access_denied: no")]
    [InlineData(401, "{}", "http_401")]
    [InlineData(200, "{}", "invalid_response: the server gave no authorization code")]
    [InlineData(200, """{"authorization_code":"","code_verifier":"v"}""", "invalid_response: the server gave no authorization code")]
    [InlineData(200, """{"authorization_code":"c"}""", "invalid_response: the server gave no authorization code")]
    [InlineData(200, """{"authorization_code":"c","code_verifier":""}""", "invalid_response: the server gave no authorization code")]
    public async Task Anything_but_not_yet_ends_it(int status, string body, string said)
    {
        Assert.Equal(said, (await Poll(5_000, (HttpStatusCode)status, body)).Error!.ToString());
        Assert.Empty(Server.TokenRequests);
    }

    // OpenAI sends the interval as a text.
    [Theory]
    [InlineData("7", 7_000)]
    [InlineData("7.5", 7_500)]
    [InlineData("\"7\"", 7_000)]
    [InlineData("\"0\"", 1_000)]
    [InlineData("-1", 1_000)]
    [InlineData("61", 60_000)]
    [InlineData("\"61\"", 60_000)]
    [InlineData("\"soon\"", 5_000)]
    [InlineData("null", 5_000)]
    public async Task An_interval_is_between_a_second_and_a_minute(string interval, int milliseconds)
    {
        Granted["interval"] = JsonNode.Parse(interval);
        Assert.Equal("http_400", (await Poll(milliseconds, HttpStatusCode.BadRequest, "{}")).Error!.Code);
    }

    private Task<OAuthResult<OAuthCredential>> Run()
    {
        Server.Serve(CodeEndpoint, Granted);
        OAuthSettings settings = SettingsOf(Codex);
        return new OpenAIDeviceFlow(ClientOf(Codex, settings, _clock), settings, _clock).RunAsync(Prompt, Cancellation);
    }

    /// <summary>Signs in; the one poll that gets this answer comes at that millisecond, and not one sooner.</summary>
    private async Task<OAuthResult<OAuthCredential>> Poll(int milliseconds, HttpStatusCode status, string body)
    {
        Server.Serve(PollEndpoint, _ => FakeAuthorizationServer.Response(status, body));
        Task<OAuthResult<OAuthCredential>> running = Run();
        // The time-out of the request before it, thirty seconds, is no longer than the longest interval.
        for (int waits = milliseconds < 30_000 ? 1 : 2; waits > 0; waits--) await await Task.WhenAny(_clock.NextWaitAsync(TimeSpan.FromMilliseconds(milliseconds), Cancellation), running);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Empty(Polls);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        return await running;
    }
}
