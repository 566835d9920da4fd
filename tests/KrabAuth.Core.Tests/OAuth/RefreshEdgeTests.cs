using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Servers and moments that go wrong in unusual ways: the one new token is kept all the same.</summary>
public sealed class RefreshEdgeTests : RefreshTestBase
{
    // A token that nobody gave a life has ended when it comes; those who waited use it all the same.
    [Fact]
    public async Task A_server_that_states_no_life_is_asked_once()
    {
        Store(Expired);
        Server.Hold();
        for (int i = 0; i < 20; i++) Server.Answer(HttpStatusCode.OK, $$"""{"access_token":"opaque-{{i}}","refresh_token":"refresh-{{i}}"}""");
        Task<string>[] asking = [.. Enumerable.Range(0, 20).Select(_ => Token())];
        await Server.NextArrivalAsync(Cancellation);
        Server.Release();
        Assert.Equal("opaque-0", Assert.Single((await Task.WhenAll(asking)).Distinct()));
        Assert.Single(Server.TokenRequests);
    }

    [Theory]
    [InlineData("""{"access_token":"fine","refresh_token":"the-new-one","expires_in":3600,"id_token":"e30.eyJlbWFpbCI6Ilx1ZDgwMCJ9.x"}""", true)]
    [InlineData("""{"access_token":"fine","refresh_token":"the-new-one","expires_in":3600,"scope":"\ud800"}""", true)]
    [InlineData("""{"access_token":"\ud800","refresh_token":"the-new-one","expires_in":3600}""", false)]
    [InlineData("""{"refresh_token":"the-new-one","expires_in":3600}""", false)]
    public async Task A_new_refresh_token_is_kept_whatever_else_the_answer_lacks(string answer, bool usable)
    {
        Store(Expired);
        Server.Answer(HttpStatusCode.OK, answer);
        if (usable) Assert.Equal("fine", await Token());
        else Assert.Contains("no new access token", (await Refused(() => Token(), "RefreshFailed")).Message, StringComparison.Ordinal);
        Assert.Equal("the-new-one", Refresh);
    }

    // Too many open files, a network share that hiccups: one renewal of the lock fails while the server is asked.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_that_could_not_be_renewed_once_is_still_ours(bool twoFiles)
    {
        var clock = new ManualClock();
        State.Locks = new LockOptions { Clock = clock };
        Store(Expired);
        if (twoFiles) State.Write("agents/main/agent/auth-state.json", """{"version":1}""");
        string path = State.LockPath;
        Server.Hold();
        Task<string> token = Token();
        await Server.NextArrivalAsync(Cancellation);
        Directory.Move(path, path + ".aside");
        File.CreateSymbolicLink(path, "/nowhere");
        clock.Advance(TimeSpan.FromSeconds(10));
        File.Delete(path);
        Directory.Move(path + ".aside", path);
        Server.Release();
        Assert.Equal(await token, Access);
        Assert.False(Path.Exists(path));
        await State.Agent().Orders.SetAsync(Codex, [Id], Cancellation);
    }

    // A server that hangs may not cost another provider's tokens: those who have some in hand outwait it.
    [Fact]
    public async Task A_sign_in_outwaits_another_profiles_slow_refresh()
    {
        // The usual 45 seconds against the 120 of a request, in small.
        State.Locks = new LockOptions { Timeout = TimeSpan.FromMilliseconds(100) };
        Assert.True(new LockOptions().Patient.Timeout > OAuthClient.RefreshTimeout + TimeSpan.FromSeconds(60));
        Store(Expired);
        DefineAcme();
        Server.Serve("https://auth.acme.test/token", _ => FakeAuthorizationServer.Response(HttpStatusCode.OK, """{"access_token":"acme-access","refresh_token":"acme-refresh","expires_in":3600}"""));
        Server.Hold();
        Task<string> slow = Token();
        await Server.NextArrivalAsync(Cancellation);
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        // Longer than those wait who have nothing in hand.
        Assert.NotSame(signIn, await Task.WhenAny(signIn, Task.Delay(State.Locks.Timeout * 2, Cancellation)));
        Server.Release();
        await slow;
        Assert.Equal("acme-refresh", Text(StoredProfile((await signIn).ProfileId), "refresh"));
    }

    // Revoked is the sign-in, not one of its tokens while another is on its way.
    [Fact]
    public async Task Revoking_waits_for_a_refresh_that_is_under_way_and_revokes_what_came_of_it()
    {
        DefineAcme();
        string? revoked = null;
        Server.Serve("https://auth.acme.test/revoke", request =>
        {
            revoked = request["token"];
            return FakeAuthorizationServer.Response(HttpStatusCode.OK, "{}");
        });
        string old = Server.GrantRefreshToken();
        State.Write("agents/main/agent/auth-profiles.json", new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject { ["acme:a"] = new JsonObject { ["type"] = "oauth", ["provider"] = "acme", ["access"] = "old", ["refresh"] = old, ["expires"] = State.Clock.Milliseconds - 1000 } },
        }.ToJsonString());
        Server.Hold();
        Task<UsableCredential> token = State.Agent().Credentials.ForProfileAsync("acme:a", Cancellation);
        await Server.NextArrivalAsync(Cancellation);
        Task<SignOutResult> signOut = State.Agent().SignIns.SignOutAsync("acme:a", revoke: true, Cancellation);
        Server.Release();
        await token;
        Assert.True((await signOut).Revoked);
        Assert.NotNull(revoked);
        Assert.NotEqual(old, revoked);
    }

    [Fact]
    public async Task A_code_that_ended_while_the_server_thought_is_over()
    {
        var clock = new ManualClock();
        Task<OAuthResult<OAuthCredential>> run = new DevicePolling(Prompt, clock).RunAsync(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromSeconds(12),
            _ =>
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult<OAuthResult<OAuthCredential>>(DevicePolling.Pending);
            },
            Cancellation);
        await clock.NextWaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("expired_token", (await run).Error!.Code);
    }

    // What is for this machine does not go through the user's proxy: .NET sends it there, tokens included.
    [Theory]
    [InlineData("http://127.0.0.1:8080/token", true)]
    [InlineData("http://localhost:8080/token", true)]
    [InlineData("http://[::1]:8080/token", true)]
    [InlineData("https://auth.example.com/token", false)]
    public void This_machine_is_not_asked_through_a_proxy(string address, bool bypassed)
    {
        var proxy = new LoopbackBypass(new WebProxy("http://proxy.example.com:3128"));
        Assert.Equal(bypassed, proxy.IsBypassed(new Uri(address)));
        Assert.Equal(bypassed, proxy.GetProxy(new Uri(address)) is null);
        Assert.IsType<LoopbackBypass>(((SocketsHttpHandler)OAuthHttp.CreateHandler()).Proxy);
    }
}
