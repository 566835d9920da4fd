using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>When a token is renewed, by how many requests, and what is on the disk when it is used.</summary>
public sealed class RefreshTests : RefreshTestBase
{
    // One margin for every decision (#103846, P103988, P105070, P113395).
    [Theory]
    [InlineData(60_001, false)]
    [InlineData(60_000, true)]
    [InlineData(-1, true)]
    public async Task A_token_with_more_than_a_minute_is_used_as_it_is(long milliseconds, bool renewed)
    {
        JsonObject stored = Store(TimeSpan.FromMilliseconds(milliseconds));
        string token = await Token();
        Assert.Equal(renewed, token != Text(stored, "access"));
        Assert.Equal(renewed ? 1 : 0, Server.TokenRequests.Count);
        Assert.Equal(token, Access);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData("soon")]
    public async Task An_end_that_is_no_time_means_that_nobody_knows(object? expires)
    {
        Store(TimeSpan.Zero, change: profile => profile["expires"] = expires is long number ? number : (string?)expires);
        await Token();
        Assert.Single(Server.TokenRequests);
    }

    // #82069, #80738: "force" must really ask.
    [Fact]
    public async Task Force_asks_although_the_token_is_good()
    {
        JsonObject stored = Store(TimeSpan.FromHours(1));
        await Renew();
        Assert.Single(Server.TokenRequests);
        Assert.NotEqual(Text(stored, "access"), Access);
    }

    // #55389, #53082: a new refresh token that is only in memory is lost with the process.
    [Fact]
    public async Task The_new_tokens_are_on_the_disk_before_they_are_used()
    {
        JsonObject stored = Store(Expired);
        string token = await Token();
        Assert.Equal(token, Access);
        Assert.NotEqual(Text(stored, "refresh"), Refresh);
        await Renew();
        Assert.Equal(0, Server.Reuses);
    }

    // RFC 6749 §6.
    [Fact]
    public async Task The_old_refresh_token_is_kept_if_none_comes()
    {
        JsonObject stored = Store(Expired);
        Server.Rotates = false;
        await Token();
        Assert.Equal(Text(stored, "refresh"), Refresh);
    }

    [Fact]
    public async Task What_else_the_profile_holds_survives()
    {
        Store(Expired, change: profile =>
        {
            profile["future"] = new JsonObject { ["a"] = 1 };
            profile["displayName"] = "Work";
            profile["idToken"] = "id-token";
            profile["chatgptPlanType"] = "team";
            profile["copyToAgents"] = false;
        });
        await Token();
        JsonObject after = StoredProfile(Id);
        Assert.Equal(1, after["future"]!["a"]!.GetValue<int>());
        Assert.Equal(("Work", "id-token", "plus", false), (Text(after, "displayName"), Text(after, "idToken"), Text(after, "chatgptPlanType"), after["copyToAgents"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task With_two_files_the_profile_is_written_to_the_first_and_its_record_to_the_second()
    {
        Store(Expired, refresh: "dead");
        State.Write("agents/main/agent/auth-state.json", """{ "version": 1, "usageStats": {}, "future": 1 }""");
        await Refused(() => Token(), "SignInNeeded");
        JsonNode state = JsonNode.Parse(State.ReadState())!;
        Assert.NotNull(state["usageStats"]![Id]!["krabauthRefusedRefresh"]);
        Assert.Equal(1, state["future"]!.GetValue<int>());
        Assert.DoesNotContain("usageStats", State.ReadStore(), StringComparison.Ordinal);
        Store(Expired);
        string token = await Token();
        Assert.Equal(token, Access);
        Assert.Null(JsonNode.Parse(State.ReadState())!["usageStats"]![Id]!["krabauthRefusedRefresh"]);
    }

    // #26322: one name for every agent and program, so that they wait for one another.
    [Fact]
    public async Task The_lock_is_that_of_the_peers_and_so_is_the_one_of_the_store()
    {
        Store(Expired);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Codex}\0{Id}")));
        string path = State.InState($"locks/oauth-refresh/sha256-{hash}.lock");
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        JsonNode owner = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(Environment.ProcessId, owner["pid"]!.GetValue<int>());
        Assert.True(Directory.Exists(State.LockPath));
        Server.Release();
        await token;
        Assert.False(File.Exists(path));
        Assert.False(Path.Exists(State.LockPath));
    }

    [Fact]
    public async Task Two_hundred_at_once_ask_once()
    {
        Store(Expired);
        Server.Hold();
        Task<string>[] asking = [.. Enumerable.Range(0, 200).Select(_ => Task.Run(() => Token(), Cancellation))];
        await Server.NextArrivalAsync(Cancellation);
        Server.Release();
        string[] tokens = await Task.WhenAll(asking);
        Assert.Equal(Access, Assert.Single(tokens.Distinct(StringComparer.Ordinal)));
        Assert.Single(Server.TokenRequests);
        Assert.Equal(0, Server.Reuses);
    }

    // A server in trouble is not asked by each of those who wait: the first one's error is theirs.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Those_who_wait_take_the_error_of_the_one_before(bool force)
    {
        Store(Expired);
        Server.Hold();
        for (int answer = 0; answer < 50; answer++) Server.Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain");
        Task[] asking = [.. Enumerable.Range(0, 50).Select(_ => force ? Renew() : Token())];
        await Server.NextArrivalAsync(Cancellation);
        State.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Server.Release();
        foreach (Task one in asking) Assert.Contains("http_503", (await Refused(() => one, "RefreshFailed")).Message, StringComparison.Ordinal);
        Assert.Single(Server.TokenRequests);
    }

    [Fact]
    public async Task Who_comes_after_an_error_asks_again()
    {
        Store(Expired);
        Server.Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain");
        await Refused(() => Token(), "RefreshFailed");
        Assert.Equal(await Token(), Access);
        Assert.Equal(2, Server.TokenRequests.Count);
    }

    // Those that are forced at once have one wish: a token that is newer than the one they saw.
    [Fact]
    public async Task Twenty_that_force_at_once_ask_once()
    {
        Store(TimeSpan.FromHours(1));
        Server.Hold();
        Task[] asking = [.. Enumerable.Range(0, 20).Select(_ => Renew())];
        await Server.NextArrivalAsync(Cancellation);
        Server.Release();
        await Task.WhenAll(asking);
        Assert.Single(Server.TokenRequests);
    }

    // #3611, and a peer's own refresh: what is on the disk after the waiting counts.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_another_program_renewed_meanwhile_is_taken(bool force)
    {
        Store(Expired);
        Directory.CreateDirectory(State.LockPath);
        Task<string> token = force ? RenewAndRead() : Token();
        while (!Directory.Exists(State.InAgent(".auth-profiles.json.queue")) || LockQueue.IsEmpty(State.InAgent(".auth-profiles.json.queue"))) await Task.Yield();
        JsonObject theirs = Store(TimeSpan.FromHours(1));
        Directory.Delete(State.LockPath);
        Assert.Equal(Text(theirs, "access"), await token);
        Assert.Empty(Server.TokenRequests);

        async Task<string> RenewAndRead()
        {
            await Renew();
            return Access;
        }
    }

    // #121733, #89278: who gives up waiting does not make the server's answer vanish.
    [Fact]
    public async Task The_answer_is_saved_although_its_caller_has_gone()
    {
        JsonObject stored = Store(Expired);
        Server.Hold();
        using var cancel = new CancellationTokenSource();
        Task<UsableCredential> asking = State.Agent().Credentials.ForProfileAsync(Id, cancel.Token);
        await Server.NextArrivalAsync(Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(Text(stored, "refresh"), Refresh);
        Server.Release();
        // The next one waits behind the request that is on its way.
        string token = await Token();
        Assert.Equal(token, Access);
        Assert.Single(Server.TokenRequests);
    }

    // #85118: a token that lives needs no lock.
    [Fact]
    public async Task A_good_token_is_had_while_the_store_is_locked()
    {
        JsonObject stored = Store(TimeSpan.FromHours(1));
        Directory.CreateDirectory(State.LockPath);
        Assert.Equal(Text(stored, "access"), await Token());
    }

    [Fact]
    public async Task A_lock_that_cannot_be_had_leaves_a_living_token_and_nothing_else()
    {
        State.Locks = new LockOptions { Timeout = TimeSpan.Zero };
        JsonObject stored = Store(Ending);
        Directory.CreateDirectory(State.LockPath);
        Assert.Equal(Text(stored, "access"), await Token());
        Assert.Contains("could not be renewed", Assert.Single(State.Log.Warnings), StringComparison.Ordinal);
        State.Clock.Advance(Ending);
        await Refused(() => Token(), "StoreLocked");
        Assert.Empty(Server.TokenRequests);
    }

    // The peers call it refresh_contention: another program is asking, for longer than any request may take.
    [Fact]
    public async Task A_refresh_that_another_program_does_not_finish_is_not_begun_a_second_time()
    {
        var clock = new ManualClock();
        State.Locks = new LockOptions { Clock = clock };
        Store(Expired);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Codex}\0{Id}")));
        string path = State.Write($"locks/oauth-refresh/sha256-{hash}.lock", $$"""{"pid":{{Environment.ProcessId}},"createdAt":"2026-01-01T00:00:00.000Z"}""");
        // It lives: its time is renewed for as long as it is waited for.
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime.AddHours(1));
        Task<string> token = Token();
        await clock.NextWaitAsync(TimeSpan.FromMilliseconds(50), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(210));
        await Refused(() => token, "StoreLocked");
        Assert.Empty(Server.TokenRequests);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_sign_in_without_a_refresh_token_is_not_renewed()
    {
        Store(Expired, refresh: " ");
        await Refused(() => Token(), "NotRefreshable");
        Assert.Empty(Server.TokenRequests);
    }

    [Fact]
    public async Task A_key_is_not_renewed()
    {
        State.Write("agents/main/agent/auth-profiles.json", """{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } } }""");
        await Refused(() => State.Agent().Credentials.RenewAsync("p:a", Cancellation), "NotRefreshable");
        await Refused(() => State.Agent().Credentials.RenewAsync("p:b", Cancellation), "ProfileNotFound");
    }

    [Fact]
    public async Task Nothing_that_is_said_holds_a_token()
    {
        Store(Expired);
        await Token();
        Assert.NotEmpty(State.Log.VerboseMessages);
        AssertNoSecret(Said);
    }
}
