using System.Net;
using System.Net.Sockets;
using System.Text;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What the listener says to whoever asks, and what it makes of the right redirect.</summary>
public sealed class LoopbackAnswersTests : LoopbackTestBase
{
    [Theory]
    [InlineData("GET /auth/callback HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403, "The request names another host.")]
    [InlineData("POST /auth/callback HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 405, "Only GET is answered.")]
    [InlineData("GET /auth/callback HTTP/1.1\r\nHost: localhost:PORT\r\nSec-Fetch-Dest: image\r\n\r\n", 403, "The request does not come from a page that you opened.")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 404, "There is nothing here.")]
    [InlineData("GET /auth/callback?code=C HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400, "State mismatch.")]
    [InlineData("GET /auth/callback?state=the-right-state HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400, "Missing authorization code.")]
    [InlineData("GET /auth/callback?code=&state=the-right-state HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400, "Missing authorization code.")]
    [InlineData("nonsense\r\n\r\n", 400, "The request cannot be read.")]
    public async Task Each_refusal_says_why(string request, int status, string why)
    {
        string response = await Ask(request.Replace("PORT", $"{_port}", StringComparison.Ordinal));
        Assert.Equal(status, RawHttp.Status(response));
        Assert.Contains($"<p>{why}</p>", response, StringComparison.Ordinal);
        Assert.False(_listener.Answer.IsCompleted);
    }

    // No end and no time-out is waited for where more could not make it right; the clock of this test stands.
    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("AS MUCH AS IS READ")]
    public async Task What_cannot_become_a_request_is_answered_at_once(string text)
        => Assert.Equal(400, RawHttp.Status(await Ask(text.Length == 4 ? text : text.PadRight(CallbackRequest.LargestHead, 'x'))));

    [Theory]
    [InlineData("code=C", "C", null)]
    [InlineData("error=access_denied", null, "access_denied")]
    public async Task The_issuer_comes_with_a_code_and_with_an_error(string query, string? code, string? error) // RFC 9207 §2
    {
        Task<string> request = Ask(RawHttp.Get(_port, $"{Callback}?{query}&state={Right}&iss=https%3A%2F%2Fauth.acme.test"));
        AuthorizationAnswer answer = await _listener.Answer.WaitAsync(Cancellation);
        Assert.Equal((code, error, "https://auth.acme.test", false), (answer.Code, answer.Error?.Code, answer.Issuer, answer.IsBare));
        await _listener.DisposeAsync();
        Assert.Equal(string.Empty, await request);
    }

    // A connection that is closed with something unread is reset, and takes the answer along.
    [Fact]
    public async Task Who_is_still_sending_is_let_finish_and_not_reset()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n".PadRight(2 * CallbackRequest.LargestHead, 'x')), Cancellation);
        Assert.Equal(400, RawHttp.Status(await RawHttp.ReadAsync(stream, Cancellation)));
        for (int i = 0; i < 200; i++)
        {
            await stream.WriteAsync("x"u8.ToArray(), Cancellation);
            await Task.Yield();
        }
        client.Client.Shutdown(SocketShutdown.Send);
    }

    private Task<string> Ask(string request) => RawHttp.SendAsync(_port, request, Cancellation);
}
