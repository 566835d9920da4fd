using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A host with a thread of its own, as a window has, may wait there for a token: nothing that it waits for needs that thread.</summary>
public sealed class HostThreadTests : OAuthTestBase
{
    private static readonly OAuthCredential Credential = new(Acme, Secret.Of("a"), Secret.Of("r")) { IdToken = Secret.Of("i") };

    private readonly HostThread _thread = new();

    private readonly LateNetwork _network = new();

    public HostThreadTests() => State.Http = _network;

    [Theory]
    [InlineData(false, """{"access_token":"new","expires_in":60}""")]
    [InlineData(true, "{}")]
    public async Task It_is_not_needed_for_the_request_of_a_renewal(bool looksUp, string answer)
    {
        DefineAcme(looksUp ? new JsonObject { ["issuer"] = "https://id.acme.test" } : null);
        Task<OAuthResult<OAuthCredential>> request = _thread.Begin(() => RefreshRequest.SendAsync(State.Workspace(), "acme:a", Credential));
        _network.Answer(answer);
        Assert.Equal(looksUp, (await request).Value is null);
        Assert.Equal(0, _thread.Calls);
    }

    [Fact]
    public async Task Nor_for_the_other_requests_of_a_client()
    {
        var settings = new OAuthSettings { ClientId = "krab", RevocationEndpoint = new Uri("https://a.test/r"), UserInfoEndpoint = new Uri("https://a.test/u") };
        var client = new OAuthClient(Acme, settings, new OAuthHttp(_network, State.Clock), State.Clock, State.Host);
        Task<OAuthCredential> identified = _thread.Begin(() => client.IdentifyAsync(Credential, Cancellation));
        Task<OAuthError?> revoked = _thread.Begin(() => client.RevokeAsync(Credential.Refresh!, "refresh_token", Cancellation));
        _network.Answer("""{"email":"me@acme.test"}""");
        Assert.Equal(("me@acme.test", null), ((await identified).Email, await revoked));
        Assert.Equal(0, _thread.Calls);
    }

    [Fact]
    public async Task Nor_for_a_token_and_the_lock_that_it_waits_for()
    {
        DefineAcme();
        State.Write("agents/main/agent/auth-profiles.json", """{ "profiles": { "acme:a": { "type": "oauth", "provider": "acme", "access": "a", "refresh": "r", "expires": 1 } } }""");
        var refresher = new TokenRefresher(State.Agent());
        StoreLock first = await refresher.LockProfileAsync("acme:a", Acme, Cancellation);
        Task<StoreLock> second = _thread.Begin(() => refresher.LockProfileAsync("acme:a", Acme, Cancellation));
        Task<OAuthCredential> renewed = _thread.Begin(() => refresher.GetAsync("acme:a", force: false, Cancellation));
        first.Dispose();
        (await second).Dispose();
        _network.Answer("""{"access_token":"new","expires_in":60}""");
        Assert.Equal("new", (await renewed).Access!.Reveal());
        Assert.Equal(0, _thread.Calls);
    }

    /// <summary>Answers when a test says so.</summary>
    private sealed class LateNetwork : HttpMessageHandler
    {
        private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Answer(string body) => _answer.SetResult(body);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => FakeAuthorizationServer.Response(HttpStatusCode.OK, await _answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
    }
}
