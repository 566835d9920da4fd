using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>One account, several agents: who owns its tokens, and who must never get them.</summary>
public sealed class RefreshAgentsTests : RefreshTestBase
{
    private const string Sub = "sub";

    private static readonly FakeAccount Other = new("acct-other", "me@example.com");

    private readonly string _subStore;

    public RefreshAgentsTests() => _subStore = State.InAgent("auth-profiles.json", Sub);

    // #84463: an agent reads main's sign-in, and gets no copy of it.
    [Fact]
    public async Task What_an_agent_inherits_is_renewed_in_main()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_subStore)!);
        Store(Expired);
        Assert.Equal(await Token(Sub), Access);
        Assert.False(File.Exists(_subStore));
        Assert.Single(Server.TokenRequests);
    }

    // A copy that another program made: the owner is main, with main's refresh token.
    [Fact]
    public async Task A_stale_copy_is_not_renewed_but_what_it_is_a_copy_of()
    {
        JsonObject copy = Store(TimeSpan.FromHours(-2), refresh: "used-up", agent: Sub);
        JsonObject main = Store(Expired);
        string token = await Token(Sub);
        Assert.Equal((token, token != Text(main, "access")), (Access, true));
        Assert.Equal(Text(main, "refresh"), Assert.Single(Server.TokenRequests)["refresh_token"]);
        Assert.True(JsonNode.DeepEquals(copy, StoredProfile(Id, Sub)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stale_copy_takes_what_main_has_without_asking(bool force)
    {
        Store(TimeSpan.FromHours(-2), refresh: "used-up", agent: Sub);
        JsonObject main = Store(TimeSpan.FromHours(1));
        if (force) await Renew(Sub);
        Assert.Equal(Text(main, "access"), await Token(Sub));
        Assert.Empty(Server.TokenRequests);
    }

    // Five agents with the same bytes (#26322: 499 failures in ten hours).
    [Fact]
    public async Task Agents_with_identical_copies_ask_once_and_agree()
    {
        JsonObject main = Store(Expired);
        string[] agents = ["main", "a", "b", "c", "d"];
        foreach (string agent in agents.Skip(1)) Put(main, agent);
        Server.Hold();
        Task<string>[] asking = [.. agents.SelectMany(agent => Enumerable.Range(0, 4).Select(_ => Task.Run(() => Token(agent), Cancellation)))];
        await Server.NextArrivalAsync(Cancellation);
        Server.Release();
        string[] tokens = await Task.WhenAll(asking);
        Assert.Equal(Access, Assert.Single(tokens.Distinct(StringComparer.Ordinal)));
        Assert.Single(Server.TokenRequests);
        Assert.Equal(0, Server.Reuses);
    }

    // The agent renewed it later than main: main's copy would be refused at its next refresh.
    [Fact]
    public async Task An_older_copy_in_main_gets_the_new_tokens_too()
    {
        JsonObject own = Store(Expired, agent: Sub);
        JsonObject older = own.DeepClone().AsObject();
        older["expires"] = State.Clock.Milliseconds - 7_200_000;
        older["future"] = 1;
        Put(older);
        string token = await Token(Sub);
        Assert.Equal((token, token), (Access, Text(StoredProfile(Id, Sub), "access")));
        Assert.Equal(Text(StoredProfile(Id, Sub), "refresh"), Refresh);
        Assert.Equal(1, StoredProfile(Id)["future"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_main_that_cannot_be_written_costs_a_warning_and_not_the_token()
    {
        JsonObject own = Store(Expired, agent: Sub);
        JsonObject older = own.DeepClone().AsObject();
        older["expires"] = 1;
        Put(older);
        State.Locks = new KrabAuth.Storage.LockOptions { Timeout = TimeSpan.Zero };
        Directory.CreateDirectory(State.LockPath);
        Assert.Equal(await Token(Sub), Text(StoredProfile(Id, Sub), "access"));
        Assert.Contains(State.Log.Warnings, warning => warning.Contains("main agent", StringComparison.Ordinal));
    }

    // Two accounts with one e-mail, or two people: no token changes hands.
    [Fact]
    public async Task The_sign_in_of_another_account_is_neither_taken_nor_overwritten()
    {
        Store(Expired, agent: Sub);
        JsonObject foreign = Store(TimeSpan.FromHours(1), account: Other);
        string token = await Token(Sub);
        Assert.NotEqual(Text(foreign, "access"), token);
        Assert.Single(Server.TokenRequests);
        Assert.True(JsonNode.DeepEquals(foreign, StoredProfile(Id)));
    }

    [Fact]
    public async Task Nor_when_the_own_refresh_fails()
    {
        Store(Expired, refresh: "dead", agent: Sub);
        Store(TimeSpan.FromHours(1), account: Other);
        await Refused(() => Token(Sub), "SignInNeeded");
    }

    [Fact]
    public async Task Main_that_became_fresh_while_the_server_failed_is_read_through()
    {
        JsonObject stale = Store(Expired, agent: Sub);
        Put(stale);
        Server.Answer(_ =>
        {
            Store(TimeSpan.FromHours(1));
            return FakeAuthorizationServer.Response(HttpStatusCode.ServiceUnavailable, string.Empty);
        });
        string token = await Token(Sub);
        Assert.Equal(Access, token);
        Assert.True(JsonNode.DeepEquals(stale, StoredProfile(Id, Sub)));
    }

    // A program that honours no lock used the token first, and what it left has ended as well.
    [Fact]
    public async Task A_token_that_was_reused_is_tried_once_more_with_what_is_stored_now()
    {
        Store(Expired);
        JsonObject theirs = [];
        Server.Answer(_ =>
        {
            theirs = Store(Expired);
            return FakeAuthorizationServer.Response(HttpStatusCode.Unauthorized, """{"error":{"code":"refresh_token_reused"}}""");
        });
        Assert.Equal(await Token(), Access);
        Assert.Equal(2, Server.TokenRequests.Count);
        Assert.Equal(Text(theirs, "refresh"), Server.TokenRequests[1]["refresh_token"]);
    }

    // An agent's own sign-in is its own, whatever main has.
    [Fact]
    public async Task An_own_sign_in_of_an_agent_stays_in_that_agent()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_subStore)!);
        JsonObject main = Store(TimeSpan.FromHours(1));
        Server.Account = Other;
        DefineAcme();
        Task<KrabAuth.Profiles.AuthProfile> signIn = State.Agent(Sub).SignIns.SignInAsync(new SignInRequest(Acme), Prompt, Browser, Cancellation);
        await PasteAnswer();
        Assert.Equal("acme:me@example.com", (await signIn).ProfileId);
        Assert.NotNull(StoredProfile("acme:me@example.com", Sub));
        Assert.True(JsonNode.DeepEquals(main, StoredProfile(Id)));
        Assert.DoesNotContain("acme", State.ReadStore(), StringComparison.Ordinal);
    }
}
