using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What is decided when the locks are had, what is kept of it, and what a user is told.</summary>
public sealed class RefreshOutcomeTests : RefreshTestBase
{
    private const string Sub = "sub";

    /// <summary>Words that tell of a token used before, and do not ask for a new sign-in.</summary>
    private const string UsedUp = """{"error":{"message":"Your refresh token has already been used."}}""";

    private string[] Notes => Directory.GetFileSystemEntries(State.InState("locks/oauth-refresh"), "*.failed");

    // A token that lives needs no place to be written to; one that has ended, or is to be renewed whatever it costs, does.
    [Theory]
    [InlineData("StoreReadOnly", "The store is not written while OPENCLAW_AUTH_STORE_READONLY is set")]
    [InlineData("StoreUnwritable", "cannot be written")]
    public async Task Where_nothing_can_be_written_a_living_token_is_used(string errorId, string reason)
    {
        JsonObject stored = Store(Ending);
        if (errorId == "StoreReadOnly") State.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        else State.Write("locks/oauth-refresh", "a file in the place of the directory");
        Assert.Equal(Text(stored, "access"), await Token());
        string warning = Assert.Single(State.Log.Warnings);
        Assert.StartsWith($"{Id} could not be renewed (", warning, StringComparison.Ordinal);
        Assert.Contains(reason, warning, StringComparison.Ordinal);
        Assert.Contains("). Its token is used until it expires, ", warning, StringComparison.Ordinal);
        await Refused(() => Renew(), errorId);
        State.Clock.Advance(Ending);
        await Refused(() => Token(), errorId);
        Assert.Empty(Server.TokenRequests);
    }

    [Fact]
    public async Task An_agent_keeps_its_own_living_token_when_the_server_fails()
    {
        JsonObject own = Store(Ending, agent: Sub);
        Server.Fail();
        Assert.Equal(Text(own, "access"), await Token(Sub));
    }

    // A server that gives the same refresh token again: the access token alone tells that another program was there.
    [Fact]
    public async Task A_renewal_that_left_the_refresh_token_as_it_was_is_seen_too()
    {
        JsonObject theirs = Store(TimeSpan.FromHours(1));
        await RenewBehindALock(agent: null, () =>
        {
            theirs["access"] = "theirs";
            Put(theirs);
        });
        Assert.Equal("theirs", Access);
        Assert.Empty(Server.TokenRequests);
        Assert.Contains($"{Id} was renewed by another program meanwhile; its token is used.", State.Log.VerboseMessages);
    }

    [Fact]
    public async Task What_main_renewed_meanwhile_is_taken_by_an_agent_that_holds_an_old_copy()
    {
        JsonObject own = Store(Expired, refresh: "used-up", agent: Sub);
        JsonObject main = [];
        await RenewBehindALock(Sub, () => main = Store(TimeSpan.FromHours(1)));
        Assert.Equal(Text(main, "access"), await Token(Sub));
        Assert.Empty(Server.TokenRequests);
        Assert.True(JsonNode.DeepEquals(own, StoredProfile(Id, Sub)));
        Assert.Contains($"{Id} was renewed by the main agent; its token is used.", State.Log.VerboseMessages);
    }

    [Fact]
    public async Task A_refusal_is_told_as_one_of_before_and_leaves_no_note_of_trouble()
    {
        Store(Expired, refresh: "dead");
        await Refused(() => Token(), "SignInNeeded");
        Assert.Contains("the server refused its refresh token before", (await Refused(() => Token(), "SignInNeeded")).Message, StringComparison.Ordinal);
        Assert.Empty(Notes);
    }

    [Fact]
    public async Task Who_takes_the_error_of_the_one_before_is_told_so()
    {
        Store(Expired);
        Server.Hold();
        Server.Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain");
        Task<string>[] asking = [Token(), Token()];
        await Server.NextArrivalAsync(Cancellation);
        State.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Server.Release();
        foreach (Task<string> one in asking) await Refused(() => one, "RefreshFailed");
        Assert.Single(State.Log.VerboseMessages, $"The server gave no new token of {Id} to the program before this one; it is not asked again at once.");
        Assert.Single(Notes);
    }

    // Those who wait ask for themselves then; the caller hears of the server's error all the same.
    [Fact]
    public async Task A_note_that_cannot_be_written_does_not_hide_the_servers_error()
    {
        Store(Expired);
        Server.Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain").Answer(HttpStatusCode.ServiceUnavailable, "busy", "text/plain");
        await Refused(() => Token(), "RefreshFailed");
        string note = Assert.Single(Notes);
        File.Delete(note);
        Directory.CreateDirectory(note);
        Assert.Contains("http_503", (await Refused(() => Token(), "RefreshFailed")).Message, StringComparison.Ordinal);
        Assert.Contains(State.Log.VerboseMessages, message => message.StartsWith($"{note} cannot be written: ", StringComparison.Ordinal));
    }

    // A program that honours no lock was faster. Its token is tried where ours was refused, and not where the server is in trouble.
    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", true)]
    [InlineData(401, UsedUp, true)]
    [InlineData(503, "{}", false)]
    public async Task What_stands_in_the_place_of_a_refused_token_is_tried_once(int status, string body, bool tried)
    {
        Store(Expired);
        JsonObject theirs = [];
        Server.Answer(_ =>
        {
            theirs = Store(Expired);
            return FakeAuthorizationServer.Response((HttpStatusCode)status, body);
        });
        if (tried) Assert.Equal(await Token(), Access);
        else await Refused(() => Token(), "RefreshFailed");
        Assert.Equal(tried ? [Text(theirs, "refresh")!] : [], Server.TokenRequests.Skip(1).Select(request => request["refresh_token"]));
    }

    [Fact]
    public async Task Whom_was_asked_and_until_when_the_new_token_lasts_is_told()
    {
        Store(Expired);
        await Token();
        string end = (State.Clock.GetUtcNow() + Server.Lifetime).ToLocalTime().ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"Asking auth.openai.com for a new token of {Id}.", State.Log.VerboseMessages);
        Assert.Contains($"{Id} was renewed; it expires {end}.", State.Log.VerboseMessages);
    }

    [Fact]
    public async Task A_second_attempt_to_save_is_told()
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        Directory.Delete(State.LockPath);
        Server.Release();
        Assert.Equal(await token, Access);
        Assert.Contains(State.Log.VerboseMessages, message => message.StartsWith($"The new token of {Id} is saved again: ", StringComparison.Ordinal));
    }

    // A forced renewal is kept although what it replaces would have lasted longer.
    [Fact]
    public async Task The_answer_replaces_what_was_sent_whatever_their_ends()
    {
        JsonObject stored = Store(TimeSpan.FromDays(3));
        await Renew();
        Assert.NotEqual(Text(stored, "refresh"), Refresh);
        Assert.Equal(await Token(), Access);
    }

    // Two sign-ins of one account: the one that lasts longer stays, and the server's answer where they last as long. It lasts an hour.
    [Theory]
    [InlineData(3_599_999, false)]
    [InlineData(3_600_000, false)]
    [InlineData(3_600_001, true)]
    public async Task A_later_sign_in_of_the_same_account_is_not_overwritten(long left, bool stays)
    {
        Store(Expired);
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        JsonObject theirs = Store(TimeSpan.FromMilliseconds(left));
        Server.Release();
        string got = await token;
        Assert.Equal(stays, Refresh == Text(theirs, "refresh"));
        Assert.Equal(!stays, Access == got);
    }

    // Longer than a request, and a lock that was left behind, can last.
    [Fact]
    public async Task Another_programs_refresh_is_waited_for_for_three_minutes_and_a_half()
    {
        var clock = new ManualClock();
        State.Locks = new LockOptions { Clock = clock };
        string lockFile = await LockFileAsync();
        Store(Expired);
        State.Write(Path.GetRelativePath(State.Root, lockFile), $$"""{"pid":{{Environment.ProcessId}},"createdAt":"2026-01-01T00:00:00.000Z"}""");
        File.SetLastWriteTimeUtc(lockFile, clock.GetUtcNow().UtcDateTime.AddHours(1));
        Task<string> token = Token();
        TimeSpan pause = TimeSpan.FromMilliseconds(50);
        await clock.NextWaitAsync(pause, Cancellation);
        clock.Advance(TimeSpan.FromSeconds(209));
        Task again = clock.NextWaitAsync(pause, Cancellation);
        Assert.Same(again, await Task.WhenAny(again, token));
        File.Delete(lockFile);
        clock.Advance(pause);
        Assert.Equal(await token, Access);
    }

    /// <summary>Where the lock of the profile stands.</summary>
    private async Task<string> LockFileAsync()
    {
        using (await new TokenRefresher(State.Agent()).LockProfileAsync(Id, Codex, Cancellation))
        {
            return Assert.Single(Directory.GetFiles(State.InState("locks/oauth-refresh"), "*.lock"));
        }
    }

    /// <summary>Forces a renewal that waits for the store's lock, and lets another program work meanwhile.</summary>
    private async Task RenewBehindALock(string? agent, Action meanwhile)
    {
        string store = State.InAgent("auth-profiles.json", agent ?? "main");
        string queue = Path.Combine(Path.GetDirectoryName(store)!, ".auth-profiles.json.queue");
        Directory.CreateDirectory(store + ".lock");
        Task renewal = Renew(agent);
        while (!Directory.Exists(queue) || LockQueue.IsEmpty(queue))
        {
            // One that fails, or does not wait at all, never comes to stand in the line.
            if (renewal.IsCompleted) await renewal;
            Assert.False(renewal.IsCompleted);
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        meanwhile();
        Directory.Delete(store + ".lock");
        await renewal;
    }
}
