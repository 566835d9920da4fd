using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What becomes of a refresh that fails, and of an answer that cannot be kept.</summary>
public sealed class RefreshFailureTests : RefreshTestBase
{
    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""")]
    [InlineData(401, """{"error":{"code":"refresh_token_reused"}}""")]
    [InlineData(401, """{"error":{"code":"refresh_token_expired"}}""")]
    [InlineData(401, """{"error":{"message":"Your refresh token has already been used to generate a new access token. Please try signing in again."}}""")]
    public async Task A_dead_refresh_token_is_remembered_and_never_sent_again(int status, string body)
    {
        Store(Expired);
        Server.Answer((HttpStatusCode)status, body);
        KrabAuthException error = await Refused(() => Token(), "SignInNeeded");
        Assert.StartsWith($"OAuth token refresh failed for {Codex}: ", error.Message, StringComparison.Ordinal);
        Assert.Equal($"krabauth models auth login --provider {Codex} --profile-id {Id}", error.Remedy.CommandLine);
        for (int i = 0; i < 3; i++) await Refused(() => Token(), "SignInNeeded");
        await Refused(() => Renew(), "SignInNeeded");
        Assert.Single(Server.TokenRequests);
    }

    // #86215: status and checks tell it.
    [Fact]
    public async Task The_status_says_that_signing_in_is_needed_and_the_check_fails()
    {
        Store(Expired, refresh: "dead");
        AuthAgent agent = State.Agent();
        Assert.Equal((AuthCheckResult.Passed, "refreshable"), Check());
        await Refused(() => Token(), "SignInNeeded");
        Assert.Equal((AuthCheckResult.Failed, "sign_in_needed"), Check());
        Assert.Equal(1, HealthInspector.ExitCode(agent.Health.Check()));
        Assert.False(agent.Profiles.Get(Id).Refreshable);

        (AuthCheckResult, string) Check()
        {
            AuthCheck check = agent.Health.Check().Single(check => check.Kind == AuthCheckKind.Profile);
            return (check.Result, check.Reason);
        }
    }

    [Fact]
    public async Task While_the_last_token_lives_the_check_warns()
    {
        JsonObject stored = Store(TimeSpan.FromDays(3), refresh: "dead");
        await Refused(() => Renew(), "SignInNeeded");
        AuthCheck check = State.Agent().Health.Check().Single(check => check.Kind == AuthCheckKind.Profile);
        Assert.Equal((AuthCheckResult.Warning, "sign_in_needed"), (check.Result, check.Reason));
        Assert.Equal(Text(stored, "access"), await Token());
    }

    // A peer signed in again, or refreshed: the mark is about another token.
    [Fact]
    public async Task A_new_refresh_token_clears_it_by_itself()
    {
        Store(Expired, refresh: "dead");
        await Refused(() => Token(), "SignInNeeded");
        JsonObject store = JsonNode.Parse(State.ReadStore())!.AsObject();
        store["profiles"]![Id]!["refresh"] = Server.GrantRefreshToken();
        State.Write("agents/main/agent/auth-profiles.json", store.ToJsonString());
        Assert.True(State.Agent().Profiles.Get(Id).Refreshable);
        Assert.Equal(await Token(), Access);
        Assert.DoesNotContain("krabauthRefusedRefresh", State.ReadStore(), StringComparison.Ordinal);
    }

    // #79021: the profile that worked last is not the one to begin with any more; a second one is used.
    [Fact]
    public async Task The_next_profile_is_used_and_the_dead_one_is_not_the_last_good()
    {
        Store(Expired, refresh: "dead");
        JsonObject store = JsonNode.Parse(State.ReadStore())!.AsObject();
        store["profiles"]!["openai-codex:second"] = Store(TimeSpan.FromHours(1), account: new FakeAccount("acct-2", "two@example.com"));
        store["order"] = new JsonObject { [Codex] = new JsonArray(Id, "openai-codex:second") };
        store["lastGood"] = new JsonObject { [Codex] = Id };
        State.Write("agents/main/agent/auth-profiles.json", store.ToJsonString());
        AuthAgent agent = State.Agent();
        Assert.Equal(Id, agent.Orders.Select(Codex));
        await Refused(() => Token(), "SignInNeeded");
        Assert.Null(JsonNode.Parse(State.ReadStore())!["lastGood"]?[Codex]);
        Assert.Equal("openai-codex:second", (await agent.Credentials.ForProviderAsync(Codex, cancellationToken: Cancellation)).ProfileId);
        OrderCandidate dead = agent.Orders.Resolve(Codex).Candidates.Single(candidate => candidate.ProfileId == Id);
        Assert.Equal((ReasonCodes.SignInNeeded, null), (dead.ReasonCode, dead.Rank));
    }

    [Theory]
    [InlineData("network")]
    [InlineData("http_503")]
    [InlineData("http_302")]
    [InlineData("invalid_response")]
    public async Task Trouble_of_the_network_leaves_a_living_token_with_a_warning_and_an_error_without(string code)
    {
        JsonObject stored = Store(Ending);
        Prepare();
        Assert.Equal(Text(stored, "access"), await Token());
        string warning = Assert.Single(State.Log.Warnings);
        Assert.Contains(code, warning, StringComparison.Ordinal);
        State.Clock.Advance(Ending);
        Prepare();
        KrabAuthException error = await Refused(() => Token(), "RefreshFailed");
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        // Nothing is held against the token: the next try is as good as the first.
        Assert.Equal(await Token(), Access);
        Assert.Equal(3, Server.TokenRequests.Count);
        AssertNoSecret([error.ToString(), .. Said]);

        void Prepare()
        {
            if (code == "network") Server.Fail();
            else if (code == "http_503") Server.Answer(HttpStatusCode.ServiceUnavailable, "busy");
            else if (code == "http_302") Server.Answer(HttpStatusCode.Redirect, string.Empty);
            else Server.Answer(HttpStatusCode.OK, "<html></html>");
        }
    }

    [Fact]
    public async Task Force_does_not_take_the_old_token_for_a_new_one()
    {
        Store(TimeSpan.FromHours(1));
        Server.Fail();
        await Refused(() => Renew(), "RefreshFailed");
    }

    [Fact]
    public async Task A_server_that_takes_more_than_two_minutes_is_given_up()
    {
        Store(Expired);
        // The server's two minutes are on this clock; the locks are on their own.
        var clock = new ManualClock();
        State.Timers = clock;
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(token.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("timeout", (await Refused(() => token, "RefreshFailed")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_quotes_the_tokens_shows_none_of_them()
    {
        JsonObject stored = Store(Expired);
        Server.Answer(request => FakeAuthorizationServer.Response(
            HttpStatusCode.InternalServerError, $$"""{"error":"oops","error_description":"{{request["refresh_token"]}} of {{Text(stored, "access")}}"}"""));
        KrabAuthException error = await Refused(() => Token(), "RefreshFailed");
        Assert.Contains("[redacted]", error.Message, StringComparison.Ordinal);
        AssertNoSecret([error.ToString(), .. Said]);
    }

    // #105666: an answer is never thrown away. Another program took the lock meanwhile.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_that_is_lost_while_the_server_is_asked_does_not_lose_the_answer(bool taken)
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        Directory.Delete(State.LockPath);
        // A lock of a dead program: it is cleared away when the answer is saved.
        if (taken) File.WriteAllText(State.LockPath, """{"pid":2147483646,"createdAt":"2020-01-01T00:00:00.000Z"}""");
        Server.Release();
        Assert.Equal(await token, Access);
        await Renew();
        Assert.Equal(0, Server.Reuses);
    }

    [Fact]
    public async Task A_store_that_was_damaged_meanwhile_is_an_error_that_tells_of_the_loss()
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        State.Write("agents/main/agent/auth-profiles.json", "{not json");
        Server.Release();
        KrabAuthException error = await Refused(() => token, "RefreshUnsaved");
        Assert.Contains("could not be saved", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error.ToString());
        Assert.Equal("{not json", State.ReadStore());
    }

    [Fact]
    public async Task A_program_that_signed_in_to_another_account_meanwhile_is_not_overwritten()
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        JsonObject theirs = Store(TimeSpan.FromMinutes(5), account: new FakeAccount("acct-other", "other@example.com"));
        Server.Release();
        await token;
        Assert.Equal(Text(theirs, "refresh"), Refresh);
    }

    [Fact]
    public async Task A_profile_that_was_removed_meanwhile_stays_removed()
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        State.Write("agents/main/agent/auth-profiles.json", """{"version":1,"profiles":{}}""");
        Server.Release();
        await token;
        Assert.Equal("""{"version":1,"profiles":{}}""", State.ReadStore());
    }
}
