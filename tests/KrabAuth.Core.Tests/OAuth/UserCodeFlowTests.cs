using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The device sign-in of minimax-portal, parameter by parameter.</summary>
public sealed class UserCodeFlowTests : OAuthTestBase
{
    private const string Provider = "minimax-portal";
    private const string CodeEndpoint = "https://api.minimax.io/oauth/code";

    private readonly ManualClock _clock = new();
    private readonly JsonObject _changes = [];
    private Func<string, string> _echo = state => state;

    public UserCodeFlowTests()
    {
        State.Timers = _clock;
        Server.Clock = _clock;
        Server.Serve(CodeEndpoint, request =>
        {
            var answer = new JsonObject
            {
                ["user_code"] = "MMAX-1234",
                ["verification_uri"] = "https://platform.minimax.io/oauth-authorize?user_code=MMAX-1234",
                ["expired_in"] = _clock.GetUtcNow().AddMinutes(3).ToUnixTimeMilliseconds(),
                ["interval"] = 3000,
                ["state"] = _echo(request["state"]!),
            };
            foreach ((string name, JsonNode? value) in _changes) answer[name] = value?.DeepClone();
            return FakeAuthorizationServer.Response(HttpStatusCode.OK, answer.ToJsonString());
        });
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
        Assert.All(Server.TokenRequests, request => Assert.Equal(asked["code_challenge"], Pkce.FromVerifier(request["code_verifier"]!).Challenge));
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
        Assert.Contains("access_denied: the provider refused the sign-in", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_for_another_request_is_refused()
    {
        _echo = _ => "another";
        Assert.Contains("state_mismatch: the answer belongs to another request", (await Refused(() => SignIn(Provider), "SignInFailed")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_code", null)]
    [InlineData("user_code", "")]
    [InlineData("user_code", "A\u001b[2J")]
    [InlineData("verification_uri", null)]
    [InlineData("verification_uri", "http://platform.minimax.io/")]
    public async Task An_answer_that_must_not_be_shown_is_refused(string member, string? value)
    {
        _changes[member] = value;
        Assert.Contains("invalid_response: the server gave no user code", (await Refused(() => SignIn(Provider), "SignInFailed")).Message, StringComparison.Ordinal);
        Assert.False(Prompt.DeviceCode.IsCompleted);
    }

    // An end that is no moment to come is none: half an hour, as for the longest.
    [Theory]
    [InlineData(-1, 1_800_000)]
    [InlineData(0, 1_800_000)]
    [InlineData(1, 1)]
    [InlineData(1_799_999, 1_799_999)]
    [InlineData(1_800_001, 1_800_000)]
    public async Task The_code_lives_until_its_end_and_half_an_hour_at_most(int fromNow, int shown)
    {
        // To a whole millisecond, as the end is.
        _clock.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - (_clock.GetUtcNow().UtcTicks % TimeSpan.TicksPerMillisecond)));
        _changes["expired_in"] = _clock.GetUtcNow().ToUnixTimeMilliseconds() + fromNow;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<AuthProfile> signIn = SignIn(Provider, cancellation: cancel.Token);
        Assert.Equal(TimeSpan.FromMilliseconds(shown), (await Prompt.DeviceCode.WaitAsync(Cancellation)).ExpiresIn);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
    }

    [Theory]
    [InlineData("2500", 2_500)]
    [InlineData("1", 1_000)]
    [InlineData("60001", 60_000)]
    [InlineData("\"3000\"", 5_000)] // Of what unit a text is nobody says.
    [InlineData("null", 5_000)]
    public async Task The_interval_is_a_number_of_milliseconds(string interval, int milliseconds)
    {
        _changes["interval"] = JsonNode.Parse(interval);
        Task<AuthProfile> signIn = SignIn(Provider);
        Answer("""{"status":"error"}""");
        // The time-out of the request before it, thirty seconds, is no longer than the longest interval.
        for (int waits = milliseconds < 30_000 ? 1 : 2; waits > 0; waits--) await await Task.WhenAny(_clock.NextWaitAsync(TimeSpan.FromMilliseconds(milliseconds), Cancellation), signIn);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Empty(Server.TokenRequests);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Refused(() => signIn, "SignInFailed");
        Assert.Single(Server.TokenRequests);
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
