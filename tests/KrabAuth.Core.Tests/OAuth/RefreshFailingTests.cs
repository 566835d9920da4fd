using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Core.Tests.OAuth;

// #86215: a renewal that fails is told by the error, by status, doctor and check, until one succeeds.

/// <summary>What is said of a sign-in that is to renew itself and does not.</summary>
public sealed class RefreshFailingTests : RefreshTestBase
{
    private const string NoClient = """{"error":"invalid_client","error_description":"unknown client"}""";

    private static readonly string Advice = $"Connect-KrabProvider {Codex} -ProfileId '{Id}'";

    [Theory]
    [InlineData(401, NoClient, "The provider refuses the program, not your account.", true)]
    [InlineData(400, """{"error":"unauthorized_client"}""", "The provider refuses the program, not your account.", true)]
    [InlineData(403, "no", "Connect-KrabProvider", true)]
    [InlineData(400, """{"error":"temporarily_unavailable"}""", "Try again.", false)]
    [InlineData(503, "busy", "Try again.", false)]
    [InlineData(429, "busy", "Try again.", false)]
    [InlineData(408, "late", "Try again.", false)]
    [InlineData(200, "<html></html>", "Try again.", false)]
    public async Task A_refusal_is_told_at_once_and_trouble_is_not(int status, string body, string advice, bool isTold)
    {
        Store(Expired);
        Server.Answer((HttpStatusCode)status, body);
        KrabAuthException error = await Refused(() => Token(), "RefreshFailed");
        Assert.StartsWith(advice, error.Remedy.PowerShell, StringComparison.Ordinal);
        AuthCheck check = Check();
        Assert.Equal(isTold ? (AuthCheckResult.Failed, "refresh_failing") : (AuthCheckResult.Passed, "refreshable"), (check.Result, check.Reason));
        Assert.Equal(isTold ? error.Remedy.PowerShell : string.Empty, check.Recommendation);
        if (!isTold) return;
        Assert.EndsWith(Advice, check.Recommendation, StringComparison.Ordinal);
        AuthProfile profile = Assert.Single(State.Agent().Health.Status().Profiles);
        Assert.Equal(("expired (refresh fails)", false), (profile.StatusText, profile.Refreshable));
    }

    [Fact]
    public async Task The_check_says_since_when_and_what_the_server_said_and_shows_no_token()
    {
        JsonObject stored = Store(Expired);
        Server.Answer(HttpStatusCode.Unauthorized, $$"""{"error":"invalid_client","error_description":"unknown client, {{Text(stored, "refresh")}}"}""");
        await Refused(() => Token(), "RefreshFailed");
        string detail = Check().Detail;
        Assert.StartsWith($"no new token since {DurationText.Expiry(State.Clock.GetUtcNow())}: invalid_client: unknown client", detail, StringComparison.Ordinal);
        AssertNoSecret(detail);
    }

    [Fact]
    public async Task While_the_token_lives_a_refusal_warns()
    {
        Store(TimeSpan.FromDays(3));
        Server.Answer(HttpStatusCode.Unauthorized, NoClient);
        await Refused(() => Renew(), "RefreshFailed");
        AuthCheck check = Check();
        Assert.Equal((AuthCheckResult.Warning, AuthStatus.Ok, "refresh_failing"), (check.Result, check.Status, check.Reason));
    }

    // A server that gives the same refresh token again: what was noted is about the token before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_renewal_ends_it_whoever_makes_it(bool isOurs)
    {
        JsonObject stored = Store(Expired);
        Server.Answer(HttpStatusCode.Unauthorized, NoClient);
        await Refused(() => Token(), "RefreshFailed");
        Assert.Equal("refresh_failing", Check().Reason);
        if (isOurs)
        {
            await Token();
            Assert.Empty(Directory.GetFiles(State.InState("locks/oauth-refresh"), "*.failed"));
        }
        else
        {
            stored["access"] = "theirs";
            stored["expires"] = State.Clock.Milliseconds + 3_600_000;
            Put(stored);
        }
        Assert.Equal((AuthCheckResult.Passed, "refreshable"), (Check().Result, Check().Reason));
        State.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal((AuthCheckResult.Passed, "refreshable"), (Check().Result, Check().Reason));
    }

    [Fact]
    public async Task To_sign_in_again_ends_it()
    {
        Store(Expired);
        Server.Answer(HttpStatusCode.Unauthorized, NoClient);
        await Refused(() => Token(), "RefreshFailed");
        Store(TimeSpan.FromDays(3));
        Assert.Equal((AuthCheckResult.Passed, "ok"), (Check().Result, Check().Reason));
    }

    // Nobody is paged for a server that is down for a moment, and somebody is for one that has been down for an hour.
    [Fact]
    public async Task Trouble_is_told_once_it_has_lasted_an_hour_and_the_token_is_over()
    {
        Store(Ending);
        await Fail(TimeSpan.Zero, renew: true);
        await Fail(TimeSpan.FromSeconds(29), renew: true);
        Assert.Equal(AuthCheckResult.Passed, Check().Result);
        await Fail(TimeSpan.FromMinutes(59));
        Assert.Equal((AuthCheckResult.Passed, "refreshable"), (Check().Result, Check().Reason));
        await Fail(TimeSpan.FromMinutes(1));
        AuthCheck check = Check();
        Assert.Equal((AuthCheckResult.Warning, AuthStatus.Expired, "refresh_failing"), (check.Result, check.Status, check.Reason));
        Assert.Contains("network", check.Detail, StringComparison.Ordinal);
        Assert.Equal("expired (refresh fails)", Assert.Single(State.Agent().Health.Status().Profiles).StatusText);
        await Token();
        Assert.Equal(AuthCheckResult.Passed, Check().Result);
    }

    [Fact]
    public async Task An_answer_that_repeats_the_token_is_told_for_what_it_is()
    {
        JsonObject stored = Store(Expired, change: profile => profile["access"] = "opaque");
        Server.Answer(HttpStatusCode.OK, """{"access_token":"opaque"}""");
        KrabAuthException error = await Refused(() => Token(), "RefreshFailed");
        Assert.Contains("the answer repeats the old access token, and does not say how long it lives", error.Message, StringComparison.Ordinal);
        Server.Answer(HttpStatusCode.OK, """{"refresh_token":"rt-only"}""");
        error = await Refused(() => Token(), "RefreshFailed");
        Assert.Contains("the answer has no new access token; the refresh token that came is kept", error.Message, StringComparison.Ordinal);
        Assert.Equal("rt-only", Refresh);
        Assert.NotEqual(Text(stored, "refresh"), Refresh);
    }

    private async Task Fail(TimeSpan later, bool renew = false)
    {
        State.Clock.Advance(later);
        Server.Fail();
        await Refused(() => renew ? Renew() : Token(), "RefreshFailed");
    }

    private AuthCheck Check() => State.Agent().Health.Check().Single(check => check.Kind == AuthCheckKind.Profile);
}
