using System.Text.RegularExpressions;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The pages in a real browser, which follows the redirect as the one of a user does.</summary>
public sealed class ChromiumTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_redirect_ends_on_the_page_that_says_so()
    {
        await using LoopbackListener listener = Listen(out int port);
        Task<string> browsing = Chromium.BrowseAsync($"http://localhost:{port}/callback?code=the-code&state=right", "--dump-dom");
        Assert.Equal("the-code", (await Answer(listener, browsing)).Code);
        await listener.ShowAsync(CallbackPages.Success("Acme", "<b>me@example.com</b>"));
        string page = await browsing;
        Assert.Contains("You are signed in", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;me@example.com&lt;/b&gt;", page, StringComparison.Ordinal);
    }

    // A page of somebody else's that asks for the callback by an image, a frame and a script, with the state that it cannot know.
    [Fact]
    public async Task A_page_that_embeds_the_callback_gets_nothing()
    {
        await using LoopbackListener listener = Listen(out int port);
        await using var relay = new Relay(port);
        string page = Path.Combine(Directory.CreateTempSubdirectory("krabauth-test-page-").FullName, "evil.html");
        string target = $"http://localhost:{port}/callback?code=forged&amp;state=right";
        await File.WriteAllTextAsync(page, $"<img src=\"{target}\"><iframe src=\"{target}\"></iframe><script src=\"{target}\"></script><p>loaded</p>", Cancellation);
        // The browser is sent to the listener by way of a place that writes down what came by.
        string shown = await Chromium.BrowseAsync(new Uri(page).AbsoluteUri, "--dump-dom", $"--host-resolver-rules=MAP localhost:{port} 127.0.0.1:{relay.Port}");
        Assert.Contains("loaded", shown, StringComparison.Ordinal);
        Assert.Equal(["iframe", "image", "script"], relay.Exchanges.Select(exchange => Regex.Match(exchange.Request, @"(?<=^Sec-Fetch-Dest: )\w+", RegexOptions.Multiline | RegexOptions.IgnoreCase).Value).Order());
        Assert.All(relay.Exchanges, exchange =>
        {
            Assert.Matches($@"^GET /callback\?code=forged&state=right HTTP/1\.1\r\nHost: localhost:{port}\r\n", exchange.Request);
            Assert.StartsWith("HTTP/1.1 403 ", exchange.Response, StringComparison.Ordinal);
        });
        Assert.False(listener.Answer.IsCompleted);
        Directory.Delete(Path.GetDirectoryName(page)!, recursive: true);
    }

    [Fact]
    public async Task The_pages_can_be_looked_at()
    {
        string directory = Chromium.PicturesDirectory();
        foreach (int width in new[] { 1280, 400 })
        {
            await PictureAsync(CallbackPages.Success("OpenAI Codex (ChatGPT)", "somebody@example.com"), Path.Combine(directory, $"success-{width}.png"), width);
            await PictureAsync(CallbackPages.Failure("OpenAI Codex (ChatGPT)", "access_denied: The resource owner or authorization server denied the request. https://example.com/a/very/long/address/that/does/not/break"), Path.Combine(directory, $"error-{width}.png"), width);
            string over = Path.Combine(directory, $"over-{width}.png");
            await using LoopbackListener listener = Listen(out int port);
            Task<string> first = RawHttp.SendAsync(port, RawHttp.Get(port, "/callback?code=C&state=right"), Cancellation);
            await listener.Answer.WaitAsync(Cancellation);
            await Chromium.BrowseAsync($"http://localhost:{port}/callback?code=C&state=right", $"--screenshot={over}", $"--window-size={width},800");
            Assert.True(File.Exists(over));
            await listener.DisposeAsync();
            await first;
        }
    }

    private static async Task PictureAsync(byte[] page, string path, int width)
    {
        await using LoopbackListener listener = Listen(out int port);
        Task<string> browsing = Chromium.BrowseAsync($"http://localhost:{port}/callback?code=C&state=right", $"--screenshot={path}", $"--window-size={width},800");
        await Answer(listener, browsing);
        await listener.ShowAsync(page);
        await browsing;
        Assert.True(File.Exists(path));
    }

    private static LoopbackListener Listen(out int port)
    {
        LoopbackListener listener = LoopbackListener.TryStart("http://localhost:0/callback", TimeProvider.System)!;
        listener.Expect("right");
        port = new Uri(listener.RedirectUri).Port;
        return listener;
    }

    /// <summary>What came back, unless the browser has ended without it.</summary>
    private static async Task<AuthorizationAnswer> Answer(LoopbackListener listener, Task<string> browsing)
    {
        if (await Task.WhenAny(listener.Answer, browsing) == browsing) Assert.Fail($"The browser ended without an answer: {await browsing}");
        return await listener.Answer;
    }
}
