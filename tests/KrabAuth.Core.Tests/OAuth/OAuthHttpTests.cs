using System.IO.Compression;
using System.Net;
using System.Text.Json;
using KrabAuth.OAuth;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What servers answer instead of a token: always a value with a code, never a body.</summary>
public sealed class OAuthHttpTests : OAuthTestBase
{
    private static readonly Uri Endpoint = new("https://auth.acme.test/token");

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"gone"}""", "invalid_grant", "gone")]
    [InlineData(401, """{"error":{"code":"refresh_token_reused","message":"used"}}""", "refresh_token_reused", "used")]
    [InlineData(401, """{"error":{"type":"authentication_error","message":"no"}}""", "authentication_error", "no")]
    [InlineData(403, """{"code":"unsupported_country","message":"not there"}""", "unsupported_country", "not there")]
    // Where a server says it twice, the words of RFC 6749 §5.2 come first, then those inside "error".
    [InlineData(400, """{"code":"outer","error":"standard","message":"outer","error_description":"standard"}""", "standard", "standard")]
    [InlineData(400, """{"code":"outer","error":{"type":"type","code":"nested","message":"nested"},"message":"outer"}""", "nested", "nested")]
    [InlineData(400, """{"code":"outer","error":{"type":"type"},"message":"outer"}""", "type", "outer")]
    [InlineData(400, """{"error":{"code":"nested","message":"nested"},"error_description":"standard"}""", "nested", "standard")]
    [InlineData(200, """{"error":"slow_down"}""", "slow_down", null)]
    [InlineData(400, """{"error":"<b>not a code</b>"}""", "http_400", null)]
    [InlineData(500, "<html>BODY</html>", "http_500", null)]
    [InlineData(502, "", "http_502", null)]
    [InlineData(400, """["BODY"]""", "http_400", null)]
    [InlineData(200, "<html>BODY</html>", "invalid_response", "the answer is not a JSON object")]
    [InlineData(200, """{"BODY":""", "invalid_response", "the answer is not a JSON object")]
    [InlineData(200, """{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}""", "invalid_response", "the answer is not a JSON object")]
    [InlineData(300, "", "http_300", "the server redirects; requests with a credential do not follow")]
    [InlineData(399, "", "http_399", "the server redirects; requests with a credential do not follow")]
    [InlineData(302, "", "http_302", "the server redirects; requests with a credential do not follow")]
    public async Task An_answer_without_a_token_is_a_code(int status, string body, string code, string? description)
    {
        Server.Answer((HttpStatusCode)status, body);
        OAuthError error = (await Ask()).Error!;
        Assert.Equal((code, description), (error.Code, error.Description));
        Assert.DoesNotContain("BODY", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connection refused", "network")]
    [InlineData("key sk-abcdefghijklmnopqrstuvwxyz", "network")]
    public async Task A_network_that_fails_is_a_code(string message, string code)
    {
        Server.Fail(message);
        OAuthError error = (await Ask()).Error!;
        Assert.Equal(code, error.Code);
        Assert.True(error.IsTransient);
        Assert.StartsWith("auth.acme.test: ", error.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-abcdefghijkl", error.ToString(), StringComparison.Ordinal);
    }

    // A body that is not what its encoding says; the handler unpacks it while it is read.
    [Fact]
    public async Task An_answer_that_cannot_be_unpacked_is_a_code()
    {
        Server.Answer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new GZipStream(new MemoryStream("no archive at all"u8.ToArray()), CompressionMode.Decompress)) });
        OAuthError error = (await Ask()).Error!;
        Assert.Equal("invalid_response", error.Code);
        Assert.StartsWith("auth.acme.test: ", error.Description, StringComparison.Ordinal);
        Assert.True(error.Description!.Length > "auth.acme.test: ".Length);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task It_says_who_asks_and_what_it_understands()
    {
        await Ask();
        IReadOnlyDictionary<string, string> headers = Assert.Single(Server.Requests).Headers;
        Assert.Equal(($"KrabAuth/{typeof(OAuthHttp).Assembly.GetName().Version!.ToString(3)}", "application/json"), (headers["User-Agent"], headers["Accept"]));
    }

    // The network is shared by all clients of a process.
    [Fact]
    public async Task The_network_outlives_it()
    {
        using var network = new ClosableNetwork(Server);
        new OAuthHttp(network, State.Clock).Dispose();
        Assert.False(network.IsClosed);
        using var http = new OAuthHttp(network, State.Clock);
        Server.Serve("https://auth.acme.test/me", []);
        Assert.NotNull((await http.GetAsync(new Uri("https://auth.acme.test/me"), TimeSpan.FromSeconds(30), Cancellation)).Value);
    }

    [Fact]
    public async Task More_than_a_mebibyte_is_not_read()
    {
        Server.Answer(HttpStatusCode.OK, $$"""{"access_token":"{{new string('x', 1024 * 1024)}}"}""");
        OAuthError error = (await Ask()).Error!;
        Assert.Equal("network", error.Code);
        Assert.DoesNotContain("xxxx", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        var clock = new ManualClock();
        Server.Hold();
        Task<OAuthResult<JsonDocument>> asking = Ask(clock);
        await Server.NextArrivalAsync(Cancellation);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(("timeout", "no answer from auth.acme.test within 30 s"), ((await asking).Error!.Code, (await asking).Error!.Description));
    }

    [Fact]
    public async Task Giving_up_is_no_time_out()
    {
        Server.Hold();
        using var cancel = new CancellationTokenSource();
        Task<OAuthResult<JsonDocument>> asking = Ask(cancellation: cancel.Token);
        await Server.NextArrivalAsync(Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    // A secret at the place where the words are cut would be cut with them, and half of it shown.
    [Fact]
    public async Task A_quoted_secret_is_gone_wherever_it_stands()
    {
        const string Refresh = "opaque.refresh.token.without.any.known.shape.0123456789";
        for (int padding = 200; padding < 310; padding += 10)
        {
            Server.Answer(HttpStatusCode.BadRequest, $$"""{"error":"bad","error_description":"{{new string('x', padding)}}{{Refresh}}"}""");
            OAuthError error = (await Ask(refresh: Refresh)).Error!;
            Assert.DoesNotContain(Refresh[..8], error.ToString(), StringComparison.Ordinal);
            Assert.InRange(error.Description!.Length, 1, 301);
        }
    }

    [Fact]
    public async Task Control_characters_do_not_reach_a_terminal()
    {
        Server.Answer(HttpStatusCode.BadRequest, """{"error":"bad","error_description":"a\u001b[2J\r\nb\u0000"}""");
        Assert.Equal("bad: a[2Jb", (await Ask()).Error!.ToString());
    }

    [Fact]
    public async Task The_time_that_a_server_asks_for_is_kept()
    {
        Server.Answer(_ =>
        {
            HttpResponseMessage response = FakeAuthorizationServer.Response(HttpStatusCode.ServiceUnavailable, "{}");
            response.Headers.Add("Retry-After", "17");
            return response;
        });
        OAuthError error = (await Ask()).Error!;
        Assert.Equal(TimeSpan.FromSeconds(17), error.RetryAfter);
        Assert.True(error.IsTransient);
    }

    // RFC 9700 §4.12, RFC 6750 §5.3; CVE-2026-48501: a token request that follows a redirect gives its secrets to another host.
    [Fact]
    public async Task No_redirect_is_followed()
    {
        using var handler = (SocketsHttpHandler)OAuthHttp.CreateHandler();
        Assert.False(handler.AllowAutoRedirect);
        Assert.False(handler.UseCookies);
        Server.Answer(_ =>
        {
            HttpResponseMessage response = FakeAuthorizationServer.Response(HttpStatusCode.TemporaryRedirect, "{}");
            response.Headers.Location = new Uri("https://evil.test/token");
            return response;
        });
        Assert.Equal("http_307", (await Ask()).Error!.Code);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("invalid_grant", null, 400, true)]
    [InlineData("refresh_token_reused", null, 401, true)]
    [InlineData("http_401", "Please try signing in again.", 401, true)]
    [InlineData("http_500", "Please try signing in again.", 500, false)]
    [InlineData("invalid_client", "unknown", 401, false)]
    [InlineData("temporarily_unavailable", null, 503, false)]
    public void Only_a_dead_token_needs_a_new_sign_in(string code, string? description, int status, bool needed)
        => Assert.Equal(needed, new OAuthError(code, description, status).NeedsSignIn);

    private async Task<OAuthResult<JsonDocument>> Ask(TimeProvider? clock = null, string refresh = "r", CancellationToken? cancellation = null)
    {
        using var http = new OAuthHttp(Server, clock ?? State.Clock);
        return await http.PostAsync(
            Endpoint,
            [KeyValuePair.Create("grant_type", "refresh_token"), KeyValuePair.Create("refresh_token", refresh)],
            TokenRequestFormat.Form,
            authorization: null,
            TimeSpan.FromSeconds(30),
            cancellation ?? Cancellation);
    }

    private sealed class ClosableNetwork(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public bool IsClosed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
