using System.Net;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The request of a renewal, and the tasks that the end of the process waits for.</summary>
public sealed class RefreshRequestTests : OAuthTestBase
{
    private static readonly OAuthCredential Credential = new(Acme, Secret.Of("a"), Secret.Of("r"));

    [Fact]
    public async Task A_provider_that_nobody_defined_has_no_endpoint_to_ask()
        => Assert.Equal("Provider \"acme\" has no token endpoint.", (await Refused(() => Send(), "EndpointUnknown")).Message);

    // The network belongs to the host, which goes on using it.
    [Fact]
    public async Task The_hosts_network_is_left_open()
    {
        DefineAcme();
        using var network = new Network();
        State.Http = network;
        Assert.Equal("new", (await Send()).Value!.Access!.Reveal());
        Assert.False(network.IsDisposed);
        Assert.Equal("new", (await Send()).Value!.Access!.Reveal());
    }

    [Fact]
    public async Task A_task_is_unfinished_until_it_ends()
    {
        var unfinished = new UnfinishedRequests();
        var source = new TaskCompletionSource<int>();
        Assert.False(unfinished.Any);
        Task<int> tracked = unfinished.Track(source.Task);
        Assert.True(unfinished.Any);
        source.SetResult(1);
        Assert.Equal(1, await tracked);
        Assert.False(unfinished.Any);
    }

    private Task<OAuthResult<OAuthCredential>> Send() => RefreshRequest.SendAsync(State.Workspace(), "acme:a", Credential);

    private sealed class Network : HttpMessageHandler
    {
        public bool IsDisposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(FakeAuthorizationServer.Response(HttpStatusCode.OK, """{"access_token":"new","expires_in":60}"""));

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
