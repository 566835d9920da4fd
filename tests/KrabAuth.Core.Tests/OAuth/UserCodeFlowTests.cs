using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The device sign-in of minimax-portal, parameter by parameter.</summary>
public sealed class UserCodeFlowTests : OAuthTestBase
{
    private const string Provider = "minimax-portal";
    private const string CodeEndpoint = "https://api.minimax.io/oauth/code";

    private readonly ManualClock _clock = new();
    private Func<string, string> _echo = state => state;

    public UserCodeFlowTests()
    {
        State.Timers = _clock;
        Server.Clock = _clock;
        Server.Serve(CodeEndpoint, request => FakeAuthorizationServer.Response(HttpStatusCode.OK, new JsonObject
        {
            ["user_code"] = "MMAX-1234",
            ["verification_uri"] = "https://platform.minimax.io/oauth-authorize?user_code=MMAX-1234",
            ["expired_in"] = _clock.GetUtcNow().AddMinutes(3).ToUnixTimeMilliseconds(),
            ["interval"] = 3000,
            ["state"] = _echo(request["state"]!),
        }.ToJsonString()));
    }

    [Fact]
    public async Task It_polls_with_the_user_code_and_stores_what_comes()
    {
        Task<AuthProfile> signIn = SignIn(Provider);
        Answer("""{"status":"pending"}""");
        await Poll(signIn);
        long expires = _clock.GetUtcNow().AddHours(2).ToUnixTimeMilliseconds();
        Answer($$"""{"status":"success","access_token":"mm-access","refresh_token":"mm-refresh","expired_in":{{expires}}}""");
        await Poll(signIn);
        AuthProfile profile = await signIn;
        Assert.Equal("minimax-portal:default", profile.ProfileId);
        Assert.Equal(("mm-access", "mm-refresh", expires), (Text(StoredProfile(profile.ProfileId), "access"), Text(StoredProfile(profile.ProfileId), "refresh"), StoredProfile(profile.ProfileId)["expires"]!.GetValue<long>()));
        Assert.Equal("MMAX-1234", (await Prompt.DeviceCode).UserCode);

        ServerRequest asked = Server.Requests[0];
        Assert.Equal(("code", "78257093-7e40-4613-99e0-527b14b39113", "group_id profile model.completion", "S256"), (asked["response_type"], asked["client_id"], asked["scope"], asked["code_challenge_method"]));
        Assert.All(Server.TokenRequests, request => Assert.Equal(
            ("https://api.minimax.io/oauth/token", "urn:ietf:params:oauth:grant-type:user_code", "MMAX-1234", 43),
            (request.Url.AbsoluteUri, request["grant_type"], request["user_code"], request["code_verifier"]!.Length)));
        Assert.NotEqual(asked["state"], Server.TokenRequests[0]["code_verifier"]);
    }

    // The end that the server states: a moment in milliseconds, a moment in seconds, or seconds from now.
    [Theory]
    [InlineData(1_800_000_000_000, 1_800_000_000_000)]
    [InlineData(1_800_000_000, 1_800_000_000_000)]
    [InlineData(7200, null)]
    public async Task An_end_is_read_whatever_it_counts(long stated, long? expected)
    {
        Task<AuthProfile> signIn = SignIn(Provider);
        Answer($$"""{"status":"success","access_token":"a","refresh_token":"r","expired_in":{{stated}}}""");
        await Poll(signIn);
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(expected ?? now + (stated * 1000), StoredProfile((await signIn).ProfileId)["expires"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_refusal_ends_it()
    {
        Task<AuthProfile> signIn = SignIn(Provider);
        Answer("""{"status":"error"}""");
        await Poll(signIn);
        Assert.Contains("access_denied", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_for_another_request_is_refused()
    {
        _echo = _ => "another";
        Assert.Contains("state_mismatch", (await Refused(() => SignIn(Provider), "SignInFailed")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_when_the_code_has_ended()
    {
        Task<AuthProfile> signIn = SignIn(Provider);
        for (int poll = 0; poll < 59; poll++)
        {
            Answer("""{"status":"pending"}""");
            await Poll(signIn);
        }
        await _clock.NextWaitAsync(TimeSpan.FromSeconds(4), Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("expired_token", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
    }

    private void Answer(string body) => Server.Answer(HttpStatusCode.OK, body);

    private async Task Poll(Task<AuthProfile> signIn)
    {
        await await Task.WhenAny(_clock.NextWaitAsync(TimeSpan.FromSeconds(4), Cancellation), signIn);
        Assert.False(signIn.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await Server.NextArrivalAsync(Cancellation);
    }
}
