using System.Net;
using System.Net.Sockets;
using System.Text;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A sign-in in the middle of everything that a page, a scanner or a broken program can send.</summary>
public sealed class HostileRequestsTests : OAuthTestBase
{
    private const int Count = 10_000;
    private const int AtOnce = 24;

    /// <summary>Fewer than the listener serves at once, for each costs it the whole time that a request may take.</summary>
    private const int SlowOnes = 40;

    private const string Markup = "<script>alert(1)</script>";

    [Fact]
    public async Task Ten_thousand_hostile_requests_do_not_keep_the_right_one_from_signing_in()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme, request => request with { NoBrowser = true });
        Uri address = (await Prompt.Address.WaitAsync(Cancellation)).Address;
        int port = new Uri(ServerRequest.Parse(address.Query).ToDictionary()["redirect_uri"]).Port;
        Task<string>[] slow = [.. Enumerable.Range(0, SlowOnes).Select(_ => RawHttp.SendAsync(port, "GET /auth/callback?state=", Cancellation))];
        int answered = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count - SlowOnes),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation },
            async (number, cancellation) =>
            {
                (string request, bool close, int status) = Hostile(number, port);
                string response = await RawHttp.SendAsync(port, request, close, cancellation);
                Assert.Equal(status, RawHttp.Status(response));
                Assert.DoesNotContain("<script", response, StringComparison.OrdinalIgnoreCase);
                Interlocked.Increment(ref answered);
            });
        Assert.Equal(Count - SlowOnes, answered);
        Assert.All(await Task.WhenAll(slow), response => Assert.Equal(string.Empty, response));
        Assert.False(signIn.IsCompleted);
        Assert.Empty(Server.TokenRequests);

        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        string page = await browser.GetStringAsync(Server.Authorize(address), Cancellation);
        Assert.Contains("You are signed in", page, StringComparison.Ordinal);
        Assert.Equal("acme:me@example.com", (await signIn).ProfileId);
        Assert.Single(Server.TokenRequests);
    }

    private static (string Request, bool Close, int Status) Hostile(int number, int port)
    {
        string encoded = Uri.EscapeDataString(Markup);
        return (number % 12) switch
        {
            0 => (RawHttp.Get(port, $"/auth/callback?code=x&state=guess-{number}"), false, 400),
            1 => (RawHttp.Get(port, $"/auth/callback?error=access_denied&error_description={encoded}&state={number}"), false, 400),
            2 => (RawHttp.Request("GET", "/auth/callback?code=x", "Host: rebound.example"), false, 403),
            3 => (RawHttp.Get(port, $"/{Markup}?{encoded}"), false, 404),
            4 => (RawHttp.Get(port, "/auth/callback?code=x", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"), false, 403),
            5 => (RawHttp.Get(port, "/auth/callback?error=x", "Origin: https://evil.example"), false, 403),
            6 => (RawHttp.Request("POST", "/auth/callback", $"Host: localhost:{port}", "Content-Length: 20") + $"state={Markup}", false, 405),
            7 => (string.Concat(Enumerable.Repeat(RawHttp.Get(port, "/auth/callback?state=x"), 5)), false, 400),
            8 => (RawHttp.Get(port, "/auth/callback?state=x", "X: " + new string('x', CallbackRequest.LargestHead)), false, 400),
            9 => ("GET /auth/callback?code=x&sta", true, 400),
            10 => (RawHttp.Get(port, "/auth/callback?state=a&state=b"), true, 400),
            _ => ($"\u0016\u0003\u0001{Markup}\r\n\r\n", false, 400),
        };
    }

    [Fact]
    public async Task Who_holds_all_connections_is_cut_off_and_the_right_request_served()
    {
        var clock = new ManualClock();
        LoopbackListener listener = LoopbackListener.TryStart("http://127.0.0.1:0/cb", clock)!;
        listener.Expect("right");
        int port = new Uri(listener.RedirectUri).Port;
        List<TcpClient> clients = [];
        for (int i = 0; i < 80; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /cb"), Cancellation);
            clients.Add(client);
        }
        Task<string> right = RawHttp.SendAsync(port, RawHttp.Request("GET", "/cb?code=C&state=right", $"Host: 127.0.0.1:{port}"), Cancellation);
        // All but the one that the other address keeps for itself.
        for (int i = 0; i < LoopbackListener.MostConnections - 1; i++) await clock.NextWaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        Assert.False(listener.Answer.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("C", (await listener.Answer.WaitAsync(Cancellation)).Code);
        await listener.DisposeAsync();
        Assert.DoesNotContain("You are signed in", await right, StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
    }
}
