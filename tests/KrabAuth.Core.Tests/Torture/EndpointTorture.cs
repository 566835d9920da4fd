using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>
/// Token endpoints that do what they must not, over real connections. Whatever they do: the stored sign-in stays as it was, the error says
/// what happened and what to do, no token leaks, and once the endpoint is well again the same sign-in is renewed.
/// </summary>
public sealed class EndpointTorture : TortureBase, IDisposable
{
    private const string Id = "acme:me";
    private const string Access = "the-access-token-that-has-ended";
    private const string Refresh = "the-refresh-token-of-the-store";
    private const string Fresh = """{"access_token":"a-fresh-access-token","refresh_token":"a-fresh-refresh-token","expires_in":3600}""";

    private readonly TempState _state = new();
    private readonly HttpMessageHandler _network = OAuthHttp.CreateHandler();

    public EndpointTorture() => _state.Http = _network;

    public void Dispose()
    {
        _network.Dispose();
        _state.Dispose();
    }

    public static TheoryData<string, byte[]> Answers { get; } = new()
    {
        { "http_500", HostileEndpoint.Text(500, $$"""{"error_description":"{{Refresh}}"}""") },
        { "http_500", HostileEndpoint.Text(500, string.Empty) },
        { "http_429", HostileEndpoint.Text(429, "<html>slow down</html>", "text/html", "Retry-After: 17\r\n") },
        { "http_503", HostileEndpoint.Text(503, "busy", "text/plain") },
        { "invalid_response", HostileEndpoint.Text(200, "<html><body>Sign in to the hotel's network</body></html>", "text/html") },
        { "invalid_response", HostileEndpoint.Text(200, "{}") },
        { "invalid_response", HostileEndpoint.Text(200, """{"access_token":""}""") },
        { "invalid_response", HostileEndpoint.Text(200, """{"access_token":["a"],"refresh_token":{}}""") },
        { "invalid_response", HostileEndpoint.Text(200, """{"access_token":"a-fresh-access-tok""") },
        { "network", "\u0016\u0003\u0001 this is no HTTP at all\r\n\r\n"u8.ToArray() },
        { "network", Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{new string('h', 200_000)}\r\n\r\n") },
        { "network", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{"u8.ToArray() },
        { "network", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Garbage_changes_nothing(string code, byte[] answer)
    {
        await using var endpoint = new HostileEndpoint(HostileEndpoint.Say(answer));
        await AssertSurvivesAsync(endpoint, code);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_takes_the_token_nowhere(int status)
    {
        await using var elsewhere = new HostileEndpoint(HostileEndpoint.Say(HostileEndpoint.Text(200, Fresh)));
        await using var endpoint = new HostileEndpoint(HostileEndpoint.Say(HostileEndpoint.Text(status, string.Empty, headers: $"Location: {elsewhere.Address}\r\n")));
        await AssertSurvivesAsync(endpoint, $"http_{status}");
        Assert.Equal(0, elsewhere.Requests);
    }

    [Fact]
    public async Task A_hundred_megabytes_are_not_read()
    {
        HostileEndpoint? flood = null;
        await using var endpoint = flood = new HostileEndpoint((socket, cancellation) => flood!.FloodAsync(socket, 100 * 1024 * 1024, cancellation));
        await AssertSurvivesAsync(endpoint, "network");
        Assert.InRange(endpoint.Sent, 0, 32 * 1024 * 1024);
    }

    // The answer may have been lost on its way: the server decides, at the next try, whether the token was used up.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_network_that_is_gone_between_request_and_answer_changes_nothing(bool reset)
    {
        await using var endpoint = new HostileEndpoint((socket, _) =>
        {
            if (reset) socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return Task.CompletedTask;
        });
        await AssertSurvivesAsync(endpoint, "network");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"a-fr")]
    public async Task One_that_does_not_come_to_an_end_is_given_up_after_two_minutes(string begin)
    {
        await using var endpoint = new HostileEndpoint(async (socket, cancellation) =>
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(begin), cancellation);
            await Task.Delay(Timeout.Infinite, cancellation);
        });
        var clock = new ManualClock();
        _state.Timers = clock;
        string before = Store(endpoint, clock);
        Task<string> token = Token();
        await endpoint.NextArrivalAsync(Cancellation);
        clock.Advance(TimeSpan.FromMinutes(2));
        AssertSaysWhy(await Fails(() => token.WaitAsync(Patience.Limit, Cancellation), "RefreshFailed"), "timeout");
        Assert.Equal(before, _state.ReadStore());
        AssertNothingLeft(_state);
    }

    [Fact]
    public async Task A_second_answer_to_one_request_is_not_taken_for_that_of_the_next()
    {
        byte[] once = HostileEndpoint.Text(200, Fresh);
        byte[] twice = HostileEndpoint.Text(200, Fresh.Replace("a-fresh", "somebody-elses", StringComparison.Ordinal));
        await using var endpoint = new HostileEndpoint(HostileEndpoint.Say([.. once, .. twice]));
        Store(endpoint, TimeProvider.System);
        for (int i = 0; i < 20; i++)
        {
            await _state.Agent().Credentials.RenewAsync(Id, Cancellation);
            Assert.Equal("a-fresh-access-token", await Token());
        }
        Assert.DoesNotContain("somebody-elses", _state.ReadStore(), StringComparison.Ordinal);
    }

    private async Task AssertSurvivesAsync(HostileEndpoint endpoint, string code)
    {
        string before = Store(endpoint, TimeProvider.System);
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            AssertSaysWhy(await Fails(() => Token(), "RefreshFailed"), code);
            Assert.Equal(before, _state.ReadStore());
            AssertNothingLeft(_state);
        }
        endpoint.Answer = HostileEndpoint.Say(HostileEndpoint.Text(200, Fresh));
        Assert.Equal("a-fresh-access-token", await Token());
        Assert.Contains("a-fresh-refresh-token", _state.ReadStore(), StringComparison.Ordinal);
    }

    private void AssertSaysWhy(KrabAuthException error, string code)
    {
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        Assert.Contains("see whether the provider can be reached", error.Remedy.CommandLine, StringComparison.Ordinal);
        foreach (string text in _state.Log.Warnings.Concat(_state.Log.VerboseMessages).Append(error.ToString()))
        {
            Assert.DoesNotContain(Refresh, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Access, text, StringComparison.Ordinal);
            Assert.DoesNotContain("a-fresh", text, StringComparison.Ordinal);
        }
    }

    private string Store(HostileEndpoint endpoint, TimeProvider clock)
    {
        _state.Write("providers/acme.json", new JsonObject
        {
            ["id"] = "acme",
            ["oauth"] = new JsonObject { ["authorizationEndpoint"] = "https://auth.acme.test/authorize", ["tokenEndpoint"] = endpoint.Address.AbsoluteUri, ["clientId"] = "krab" },
        }.ToJsonString());
        _state.Write("agents/main/agent/auth-profiles.json", new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject
            {
                [Id] = new JsonObject
                {
                    ["type"] = "oauth", ["provider"] = "acme", ["access"] = Access, ["refresh"] = Refresh,
                    ["expires"] = Math.Min(clock.GetUtcNow().ToUnixTimeMilliseconds(), _state.Clock.Milliseconds) - 1000,
                },
            },
        }.ToJsonString());
        return _state.ReadStore();
    }

    private async Task<string> Token() => (await _state.Agent().Credentials.ForProfileAsync(Id, Cancellation)).Secret.Reveal();
}
