using System.Net;
using System.Net.Sockets;
using System.Text;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The listener on real sockets: what it answers, what it survives, and that it goes.</summary>
public sealed class LoopbackListenerTests : LoopbackTestBase
{
    [Fact]
    public void The_redirect_uri_keeps_its_host_and_path_and_gets_the_port() => Assert.Equal($"http://localhost:{_port}{Callback}", _listener.RedirectUri);

    // openclaude CVE-2026-42073: any page could end the sign-in with an error, because the state was looked at last.
    [Theory]
    [InlineData("?code=C&state=wrong")]
    [InlineData("?code=C")]
    [InlineData("?code=C&state=")]
    [InlineData("?error=access_denied&state=wrong")]
    [InlineData("?error=access_denied")]
    [InlineData("?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state=wrong")]
    public async Task A_wrong_state_is_answered_and_survived_whatever_else_it_brings(string query)
    {
        string response = await Ask(RawHttp.Get(_port, Callback + query));
        Assert.Equal(400, RawHttp.Status(response));
        Assert.Contains("State mismatch", response, StringComparison.Ordinal);
        Assert.DoesNotContain("access_denied", response, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", response, StringComparison.OrdinalIgnoreCase);
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    // The order is state, then error, then code.
    [Fact]
    public async Task With_the_right_state_an_error_comes_before_a_code()
    {
        Task<string> request = Ask(RawHttp.Get(_port, $"{Callback}?code=C&error=access_denied&error_description=No&state={Right}"));
        AuthorizationAnswer answer = await _listener.Answer.WaitAsync(Cancellation);
        Assert.Null(answer.Code);
        Assert.Equal("access_denied: No", answer.Error!.ToString());
        Task shown = _listener.ShowAsync(CallbackPages.Failure("Acme", "No"));
        await request;
        await Follow();
        await shown;
    }

    [Fact]
    public async Task The_right_state_without_a_code_is_answered_and_survived()
    {
        Assert.Equal(400, RawHttp.Status(await Ask(RawHttp.Get(_port, $"{Callback}?state={Right}"))));
        await FinishAsync();
    }

    // DNS rebinding: CVE-2025-66414, GHSA-9h52-p55h-vw2f, GHSA-xw59-hvm2-8pj6, GHSA-8jxr-pr72-r468, CVE-2026-42559.
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:PORT")]
    [InlineData("localhost.evil.example:PORT")]
    [InlineData("localhost")]
    [InlineData("localhost:1")]
    [InlineData("127.0.0.2:PORT")]
    [InlineData("0.0.0.0:PORT")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_request_for_another_host_is_refused(string? host)
    {
        string[] headers = host is null ? [] : [$"Host: {host.Replace("PORT", $"{_port}", StringComparison.Ordinal)}"];
        Assert.Equal(403, RawHttp.Status(await Ask(RawHttp.Request("GET", $"{Callback}?code=C&state={Right}", headers))));
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task Each_name_of_this_machine_is_its_own(string host)
        => Assert.Equal(400, RawHttp.Status(await Ask(RawHttp.Request("GET", Callback, $"Host: {host}:{_port}"))));

    // everruns #2447: an image on any page can race a forged code; only the navigation of a whole page is the redirect.
    [Theory]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Sec-Fetch-Mode: no-cors")]
    [InlineData("Sec-Fetch-Mode: cors")]
    [InlineData("Sec-Fetch-Dest: image")]
    [InlineData("Sec-Fetch-Dest: iframe")]
    public async Task A_request_that_is_no_navigation_is_refused(string header)
    {
        Assert.Equal(403, RawHttp.Status(await Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}", header))));
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    [Theory]
    [InlineData("POST", Callback, 405)]
    [InlineData("HEAD", Callback, 405)]
    [InlineData("OPTIONS", Callback, 405)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", Callback + "/", 404)]
    [InlineData("GET", "/auth/%63allback", 404)]
    [InlineData("GET", "/done", 404)]
    public async Task Another_method_or_path_is_not_the_redirect(string method, string path, int status)
    {
        string response = await Ask(RawHttp.Request(method, $"{path}?code=C&state={Right}", $"Host: localhost:{_port}"));
        Assert.Equal(status, RawHttp.Status(response));
        Assert.Equal(status == 405 ? "GET" : null, RawHttp.Header(response, "Allow"));
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    [Theory]
    [InlineData("?code=C&state=the-right-state&state=the-right-state")]
    [InlineData("?code=C&code=D&state=the-right-state")]
    [InlineData("?code=C&state=the-right-state&error=x&error=y")]
    public async Task A_parameter_that_stands_twice_is_refused(string query) // RFC 6749 §3.1
    {
        Assert.Equal(400, RawHttp.Status(await Ask(RawHttp.Get(_port, Callback + query))));
        Assert.False(_listener.Answer.IsCompleted);
    }

    [Fact]
    public async Task A_head_that_never_ends_is_answered_and_hung_up_on()
    {
        string response = await Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}", "X: " + new string('x', 3 * CallbackRequest.LargestHead)));
        Assert.Equal(400, RawHttp.Status(response));
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    [Fact]
    public async Task Who_sends_slowly_is_hung_up_on_when_the_time_is_over()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
        await client.GetStream().WriteAsync("GET /auth/callback?code=C"u8.ToArray(), Cancellation);
        await _clock.NextWaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
        Task<string> reading = RawHttp.ReadAsync(client.GetStream(), Cancellation);
        Assert.False(reading.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(string.Empty, await reading);
        await FinishAsync();
    }

    [Fact]
    public async Task Of_pipelined_requests_the_first_alone_counts()
    {
        string wrong = RawHttp.Get(_port, Callback + "?code=C&state=wrong");
        string response = await Ask(wrong + RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        Assert.Equal(400, RawHttp.Status(response));
        Assert.Equal(1, response.Split("HTTP/1.1 ").Length - 1);
        Assert.Equal("close", RawHttp.Header(response, "Connection"));
        Assert.False(_listener.Answer.IsCompleted);
    }

    [Theory]
    [InlineData("GET /auth/callback?code=C&state=the-right-state HTTP/1.1\r\nHost: localhost")]
    [InlineData("")]
    public async Task Half_a_request_is_none(string text)
    {
        Assert.Equal(400, RawHttp.Status(await RawHttp.SendAsync(_port, text, close: true, Cancellation)));
        Assert.False(_listener.Answer.IsCompleted);
        await FinishAsync();
    }

    [Fact]
    public async Task A_half_closed_connection_still_gets_its_answer()
        => Assert.Equal(404, RawHttp.Status(await RawHttp.SendAsync(_port, RawHttp.Get(_port, "/nothing"), close: true, Cancellation)));

    // RFC 9700 §4.3.1: the code stays in no history; everruns #2447: a code works once.
    [Fact]
    public async Task The_page_comes_at_an_address_without_the_code_and_only_when_all_is_done()
    {
        Task<string> first = Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"));
        Assert.Equal("C", (await _listener.Answer.WaitAsync(Cancellation)).Code);
        Assert.Equal(404, RawHttp.Status(await Follow()));
        string second = await Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        Assert.Equal(410, RawHttp.Status(second));
        Assert.Contains("This sign-in is over", second, StringComparison.Ordinal);
        Assert.False(first.IsCompleted);
        Task shown = _listener.ShowAsync(CallbackPages.Success("Acme", null));
        Assert.Equal(302, RawHttp.Status(await first));
        Assert.Equal("/done", RawHttp.Header(await first, "Location"));
        Assert.DoesNotContain("code=", await first, StringComparison.Ordinal);
        Assert.Contains("You are signed in", await Follow(), StringComparison.Ordinal);
        await shown;
    }

    [Fact]
    public async Task A_browser_that_does_not_follow_is_waited_for_two_seconds()
    {
        Task<string> request = Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        await _listener.Answer.WaitAsync(Cancellation);
        Task shown = _listener.ShowAsync(CallbackPages.Success("Acme", null));
        await request;
        Assert.False(shown.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await shown.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Every_answer_forbids_to_keep_it_to_frame_it_and_to_run_anything()
    {
        Task<string> redirect = Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        await _listener.Answer.WaitAsync(Cancellation);
        List<string> responses =
        [
            await Ask(RawHttp.Get(_port, "/")), await Ask(RawHttp.Get(_port, Callback)), await Ask("nonsense\r\n\r\n"), await Ask(RawHttp.Request("POST", Callback, $"Host: localhost:{_port}")),
            await Ask(RawHttp.Request("GET", Callback, "Host: evil")), await Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}")),
        ];
        Task shown = _listener.ShowAsync(CallbackPages.Success("Acme", null));
        responses.AddRange([await redirect, await Follow()]);
        await shown;
        Assert.Equal([404, 400, 400, 405, 403, 410, 302, 200], responses.Select(RawHttp.Status));
        Assert.All(responses, response =>
        {
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", RawHttp.Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("text/html; charset=utf-8", RawHttp.Header(response, "Content-Type"));
            Assert.Equal(("no-store", "no-referrer", "nosniff", "DENY"), (RawHttp.Header(response, "Cache-Control"), RawHttp.Header(response, "Referrer-Policy"), RawHttp.Header(response, "X-Content-Type-Options"), RawHttp.Header(response, "X-Frame-Options")));
            string body = response.Split("\r\n\r\n", 2)[1];
            Assert.Equal(RawHttp.Header(response, "Content-Length"), $"{Encoding.UTF8.GetByteCount(body)}");
            Assert.DoesNotContain("<script", body, StringComparison.OrdinalIgnoreCase);
        });
    }

    private Task<string> Ask(string request) => RawHttp.SendAsync(_port, request, Cancellation);

    private Task<string> Follow() => Ask(RawHttp.Get(_port, "/done", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"));

    /// <summary>The right redirect still ends the sign-in.</summary>
    private async Task FinishAsync()
    {
        Task<string> request = Ask(RawHttp.Get(_port, $"{Callback}?code=C&state={Right}"));
        Assert.Equal("C", (await _listener.Answer.WaitAsync(Cancellation)).Code);
        Task shown = _listener.ShowAsync(CallbackPages.Success("Acme", null));
        Assert.Equal(302, RawHttp.Status(await request));
        Assert.Equal(200, RawHttp.Status(await Follow()));
        await shown;
    }
}
