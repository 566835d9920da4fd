using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>
/// A caller whose thread has work of its own, as that of a window: it may block until a sign-in is done, so nothing of the sign-in may
/// wait for that thread.
/// </summary>
public sealed class CallerContextTests : OAuthTestBase
{
    private const string Endpoint = "https://auth.acme.test/device";

    private readonly HostThread _caller = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_sign_in_through_the_browser_does_not_need_it()
    {
        OAuthSettings settings = AcmeSettings();
        var flow = new BrowserFlow(ClientOf(Acme, settings), settings, Browser, Prompt, State.Host, State.Clock);
        Task<OAuthResult<OAuthCredential>> running = _caller.Begin(() => flow.RunAsync(Acme, new BrowserFlowOptions(UseBrowser: false, BrowserFlow.UsualLimit), _ => Task.CompletedTask, Cancellation));
        await PasteAnswer();
        Assert.NotNull((await running).Value);
        Assert.Equal(0, _caller.Calls);
    }

    [Fact]
    public async Task The_end_of_the_listener_does_not_need_it()
    {
        LoopbackListener listener = LoopbackListener.TryStart("http://localhost:0/cb", _clock)!;
        listener.Expect("s");
        int port = new Uri(listener.RedirectUri).Port;
        Task<string> redirect = RawHttp.SendAsync(port, RawHttp.Get(port, "/cb?code=C&state=s"), Cancellation);
        await listener.Answer.WaitAsync(Cancellation);
        Task shown = _caller.Begin(() => listener.ShowAsync(CallbackPages.Success("Acme", null)));
        Assert.Equal(302, RawHttp.Status(await redirect));
        _clock.Advance(TimeSpan.FromSeconds(2));
        await shown;
        await _caller.Begin(() => listener.DisposeAsync().AsTask());
        Assert.Equal(0, _caller.Calls);
    }

    [Theory]
    [InlineData(Acme)]
    [InlineData(Codex)]
    [InlineData("minimax-portal")]
    public async Task The_question_for_a_device_code_does_not_need_it(string provider)
    {
        var network = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<OAuthResult<OAuthCredential>> running = Start(provider, network.Task, HttpStatusCode.BadRequest);
        Assert.False(running.IsCompleted);
        network.SetResult();
        Assert.Equal("http_400", (await running).Error!.Code);
        Assert.Equal(0, _caller.Calls);
    }

    [Theory]
    [InlineData(Acme)]
    [InlineData(Codex)]
    [InlineData("minimax-portal")]
    public async Task The_waiting_for_another_device_does_not_need_it(string provider)
    {
        Task<OAuthResult<OAuthCredential>> running = Start(provider, Task.CompletedTask, HttpStatusCode.OK);
        Assert.True(Prompt.DeviceCode.IsCompleted);
        _clock.Advance(DevicePolling.DefaultInterval);
        Assert.Equal("http_401", (await running).Error!.Code);
        Assert.Equal(0, _caller.Calls);
    }

    /// <summary>A device sign-in that is given a code, or not, and whose first poll ends it.</summary>
    private Task<OAuthResult<OAuthCredential>> Start(string provider, Task network, HttpStatusCode status)
    {
        OAuthSettings settings = provider == Acme ? AcmeSettings() with { DeviceAuthorizationEndpoint = new Uri(Endpoint) } : SettingsOf(provider);
        Server.Serve(settings.DeviceAuthorizationEndpoint!.AbsoluteUri, request => FakeAuthorizationServer.Response(status, status == HttpStatusCode.OK ? Granted(request).ToJsonString() : "{}"));
        Server.Serve(new Uri(settings.DeviceAuthorizationEndpoint, "token").AbsoluteUri, _ => FakeAuthorizationServer.Response(HttpStatusCode.Unauthorized, "{}"));
        var client = new OAuthClient(provider, settings, new OAuthHttp(new SlowNetwork(network, Server), _clock), _clock, State.Host);
        return _caller.Begin(() => new DeviceFlow(client, settings, _clock).RunAsync(Prompt, Cancellation));
    }

    private static JsonObject Granted(ServerRequest request) => new()
    {
        ["device_code"] = "d", ["device_auth_id"] = "d", ["user_code"] = "U", ["verification_uri"] = "https://acme.test/device", ["state"] = request["state"],
    };

    /// <summary>A network whose first answer waits.</summary>
    private sealed class SlowNetwork(Task ready, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }
}
