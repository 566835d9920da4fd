using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The sign-in on another device (RFC 8628), second by second.</summary>
public sealed class DeviceFlowTests : OAuthTestBase
{
    private const string Endpoint = "https://auth.acme.test/device";

    /// <summary>Shorter than the time-out of a request, longer than any interval here.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(29);

    private readonly ManualClock _clock = new();

    public DeviceFlowTests()
    {
        State.Timers = _clock;
        Server.Clock = _clock;
    }

    private JsonObject Granted { get; } = new()
    {
        ["device_code"] = "the-device-code", ["user_code"] = "WDJB-MJHT", ["verification_uri"] = "https://acme.test/device", ["expires_in"] = 600,
    };

    private int Polls => Server.TokenRequests.Count;

    // §3.2: five seconds where the server says nothing; §3.5: never sooner.
    [Fact]
    public async Task It_polls_every_five_seconds_and_never_sooner()
    {
        Task<AuthProfile> signIn = Begin();
        Pending();
        await Poll(signIn, 5);
        Pending();
        await Poll(signIn, 5);
        Succeed();
        await Poll(signIn, 5);
        Assert.Equal("acme:me@example.com", (await signIn).ProfileId);
        ServerRequest asked = Server.Requests[0];
        Assert.Equal((Endpoint, "krab", "openid offline_access"), (asked.Url.AbsoluteUri, asked["client_id"], asked["scope"]));
        Assert.All(Server.TokenRequests, request => Assert.Equal(("urn:ietf:params:oauth:grant-type:device_code", "the-device-code", "krab"), (request["grant_type"], request["device_code"], request["client_id"])));
    }

    [Fact]
    public async Task The_interval_of_the_server_counts()
    {
        Granted["interval"] = 11;
        Task<AuthProfile> signIn = Begin();
        Succeed();
        await Poll(signIn, 11);
        await signIn;
    }

    // §3.5: five seconds more, for good.
    [Fact]
    public async Task Slow_down_means_five_seconds_more_for_good()
    {
        Task<AuthProfile> signIn = Begin();
        Error("slow_down");
        await Poll(signIn, 5);
        Pending();
        await Poll(signIn, 10);
        Error("slow_down");
        await Poll(signIn, 10);
        Pending();
        await Poll(signIn, 15);
        Succeed();
        await Poll(signIn, 15);
        await signIn;
    }

    // §3.5: back off exponentially.
    [Fact]
    public async Task A_server_that_cannot_be_reached_is_asked_less_and_less()
    {
        Task<AuthProfile> signIn = Begin();
        Server.Fail();
        await Poll(signIn, 5);
        Server.Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain");
        await Poll(signIn, 10);
        Succeed();
        await Poll(signIn, 20);
        await signIn;
    }

    [Theory]
    [InlineData("access_denied")]
    [InlineData("expired_token")]
    [InlineData("invalid_client")]
    public async Task Any_other_error_ends_it(string code)
    {
        Task<AuthProfile> signIn = Begin();
        Error(code);
        await Poll(signIn, 5);
        Assert.Contains(code, (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(State.StorePath));
    }

    [Fact]
    public async Task It_stops_when_the_code_has_expired()
    {
        Granted["expires_in"] = 12;
        Task<AuthProfile> signIn = Begin();
        Pending();
        await Poll(signIn, 5);
        Pending();
        await Poll(signIn, 5);
        await _clock.NextWaitAsync(LongestInterval, Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("expired_token", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
        Assert.Equal(2, Polls);
        Assert.Equal([12, 7, 2], Prompt.TimesLeft.Select(left => left.TotalSeconds));
    }

    // §3.3: code and page are shown; §3.3.1: the page with the code in it too.
    [Fact]
    public async Task Code_and_page_are_shown()
    {
        Granted["verification_uri_complete"] = "https://acme.test/device?user_code=WDJB-MJHT";
        Task<AuthProfile> signIn = Begin();
        DeviceCode shown = await Prompt.DeviceCode.WaitAsync(Cancellation);
        Assert.Equal(("WDJB-MJHT", "https://acme.test/device", "https://acme.test/device?user_code=WDJB-MJHT", TimeSpan.FromMinutes(10)), (shown.UserCode, shown.VerificationUri.AbsoluteUri, shown.CompleteUri!.AbsoluteUri, shown.ExpiresIn));
        Succeed();
        await Poll(signIn, 5);
        await signIn;
        AssertNoSecret([.. Said, shown.ToString()]);
    }

    [Theory]
    [InlineData("verification_uri", "http://acme.test/device")]
    [InlineData("verification_uri", "file:///etc/passwd")]
    [InlineData("verification_uri", "javascript:alert(1)")]
    [InlineData("verification_uri", "http://127.0.0.1/device")] // The server is not on this machine.
    [InlineData("verification_uri", null)]
    [InlineData("user_code", "A\u001b[2J")]
    [InlineData("user_code", "")]
    [InlineData("device_code", null)]
    public async Task An_answer_that_must_not_be_shown_is_refused(string member, string? value)
    {
        Granted[member] = value;
        await Refused(() => Begin(), "SignInFailed");
        Assert.False(Prompt.DeviceCode.IsCompleted);
    }

    [Fact]
    public async Task A_complete_page_that_is_not_https_is_left_out()
    {
        Granted["verification_uri_complete"] = "http://evil.test/";
        Task<AuthProfile> signIn = Begin();
        Assert.Null((await Prompt.DeviceCode.WaitAsync(Cancellation)).CompleteUri);
        Succeed();
        await Poll(signIn, 5);
        await signIn;
    }

    [Fact]
    public async Task Giving_up_ends_the_waiting()
    {
        using var cancel = new CancellationTokenSource();
        Task<AuthProfile> signIn = Begin(cancel.Token);
        await Prompt.DeviceCode.WaitAsync(Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        Assert.Equal(0, Polls);
    }

    [Fact]
    public async Task A_provider_without_a_device_flow_says_so()
    {
        DefineAcme();
        await Refused(() => SignIn(Acme, request => request with { UseDeviceCode = true }), "EndpointUnknown");
    }

    // The peers keep the GitHub token itself, under this id; what Copilot gives for it lives half an hour.
    [Fact]
    public async Task The_token_of_Copilot_is_kept_as_a_static_one()
    {
        Server.Serve("https://github.com/login/device/code", new JsonObject { ["device_code"] = "d", ["user_code"] = "U", ["verification_uri"] = "https://github.com/login/device", ["interval"] = 5, ["expires_in"] = 900 });
        Task<AuthProfile> signIn = SignIn("github-copilot");
        // GitHub says errors with status 200.
        Server.Answer(HttpStatusCode.OK, """{"error":"authorization_pending"}""");
        await Poll(signIn, 5);
        Server.Answer(HttpStatusCode.OK, """{"access_token":"gho_example","token_type":"bearer","scope":"read:user"}""");
        await Poll(signIn, 5);
        Assert.Equal("github-copilot:github", (await signIn).ProfileId);
        Assert.Equal(["type", "provider", "token"], StoredProfile("github-copilot:github").Select(member => member.Key));
        Assert.Equal(("Iv1.b507a08c87ecfe98", "read:user"), (Server.Requests[0]["client_id"], Server.Requests[0]["scope"]));
        Assert.Equal("application/json", Server.Requests[0].Headers["Accept"]);
    }

    [Fact]
    public async Task OpenAI_says_not_yet_in_its_own_way_and_has_a_limit()
    {
        const string Usercode = "https://auth.openai.com/api/accounts/deviceauth/usercode";
        Server.Serve(Usercode, new JsonObject { ["device_auth_id"] = "d", ["usercode"] = "U", ["interval"] = 29 });
        int polls = 0;
        Server.Serve("https://auth.openai.com/api/accounts/deviceauth/token", _ => FakeAuthorizationServer.Response(polls++ % 2 == 0 ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, "{}"));
        Task<AuthProfile> signIn = SignIn(Codex, request => request with { UseDeviceCode = true });
        for (int i = 0; i < 32; i++)
        {
            await _clock.NextWaitAsync(LongestInterval, Cancellation);
            _clock.Advance(TimeSpan.FromSeconds(29));
        }
        Assert.Contains("expired_token", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
        Assert.Equal(31, polls);
    }

    [Fact]
    public async Task OpenAI_tells_when_the_account_does_not_allow_it()
    {
        Assert.Contains("device_code_disabled", (await Refused(() => SignIn(Codex, request => request with { UseDeviceCode = true }), "SignInFailed")).Message, StringComparison.Ordinal);
    }

    private Task<AuthProfile> Begin(CancellationToken? cancellation = null)
    {
        DefineAcme(new JsonObject { ["deviceAuthorizationEndpoint"] = Endpoint });
        Server.Serve(Endpoint, Granted);
        return SignIn(Acme, request => request with { UseDeviceCode = true }, cancellation);
    }

    private void Pending() => Error("authorization_pending");

    private void Error(string code) => Server.Answer(HttpStatusCode.BadRequest, $$"""{"error":"{{code}}"}""");

    private void Succeed() => Server.Answer(_ => FakeAuthorizationServer.Response(HttpStatusCode.OK, $$"""{"access_token":"{{Server.AccessToken(Server.Account)}}","refresh_token":"rt-1","expires_in":3600}"""));

    /// <summary>The next poll comes after so many seconds, and not one millisecond sooner.</summary>
    private async Task Poll(Task<AuthProfile> signIn, int seconds)
    {
        int before = Polls;
        Task waiting = _clock.NextWaitAsync(LongestInterval, Cancellation);
        // One that has failed waits for nothing.
        await await Task.WhenAny(waiting, signIn);
        Assert.False(signIn.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(before, Polls);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Server.NextArrivalAsync(Cancellation);
    }
}
