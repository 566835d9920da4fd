using System.Net;
using System.Text.RegularExpressions;
using KrabAuth.Core.Tests.OAuth;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Reports;

/// <summary>The page in a real browser, which obeys its policy.</summary>
public sealed class ReportInBrowserTests : IDisposable
{
    private readonly TempState _state = HtmlReportTests.Sample();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task The_style_is_let_in_and_what_is_put_into_the_page_later_is_not()
    {
        string page = await WriteAsync();
        string text = await File.ReadAllTextAsync(page, Cancellation);
        string watched = Path.Combine(_state.Home, "watched.html");
        // A script that was smuggled in does not run: the title stays.
        await File.WriteAllTextAsync(watched, text.Replace("</main>", "<script>document.title = 'taken over'</script><p onclick='x' style='color:red'>end</p></main>", StringComparison.Ordinal), Cancellation);
        string seen = await Chromium.BrowseAsync(new Uri(watched).AbsoluteUri, "--dump-dom");
        Assert.Contains("mistral:trial", seen, StringComparison.Ordinal);
        Assert.Contains("<title>KrabAuth report: OpenClaw, main</title>", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("<title>taken over", seen, StringComparison.Ordinal);
        // Another style is refused, and the page looks different without any.
        Assert.NotEqual(await PictureAsync(page), await PictureAsync(await WithoutStyleAsync(text)));
    }

    // Measured by scripts, which the policy would stop, in frames of one page; paper is what the rules for it make of a screen as wide as A4
    // without its margins.
    [Fact]
    public async Task No_moment_is_torn_and_nothing_is_wider_than_the_page()
    {
        const string Measure = """
            <script>
            const parts = [...document.querySelectorAll('time span')];
            document.title = `${innerWidth}: ${parts.length > 0} ${parts.filter(part => part.getClientRects().length !== 1).length} ${document.documentElement.scrollWidth - innerWidth}`;
            </script>
            """;
        string text = await File.ReadAllTextAsync(await WriteAsync(), Cancellation);
        string policy = Regex.Match(text, "<meta http-equiv=\"Content-Security-Policy\"[^>]*>").Value;
        Assert.NotEmpty(policy);
        string screen = text.Replace(policy, string.Empty, StringComparison.Ordinal).Replace("</body>", Measure + "</body>", StringComparison.Ordinal);
        string paper = screen.Replace("@media print", "@media all", StringComparison.Ordinal);
        Assert.NotEqual(screen, paper);
        string frames = string.Concat(new[] { (500, screen), (1000, screen), (1280, screen), (718, paper) }.Select(
            each => $"<iframe style='border:0;width:{each.Item1}px;height:900px' srcdoc=\"{WebUtility.HtmlEncode(each.Item2)}\"></iframe>"));
        string measured = Path.Combine(_state.Home, "measured.html");
        await File.WriteAllTextAsync(measured, $"<!DOCTYPE html><body>{frames}<script>onload = () => document.title = Array.from(frames, frame => frame.document.title).join('; ')</script>", Cancellation);
        string seen = await Chromium.BrowseAsync(new Uri(measured).AbsoluteUri, "--dump-dom", "--hide-scrollbars");
        Assert.Equal("500: true 0 0; 1000: true 0 0; 1280: true 0 0; 718: true 0 0", Regex.Match(seen, "<title>([^<]*)</title>").Groups[1].Value);
    }

    [Fact]
    public async Task The_page_can_be_looked_at()
    {
        string directory = Chromium.PicturesDirectory();
        string page = new Uri(await WriteAsync()).AbsoluteUri;
        foreach (int width in new[] { 1280, 400 })
        {
            foreach ((string name, string scheme) in new[] { ("light", "1"), ("dark", "0") })
            {
                string picture = Path.Combine(directory, $"report-{width}-{name}.png");
                await Chromium.BrowseAsync(page, $"--screenshot={picture}", $"--window-size={width},2600", $"--blink-settings=preferredColorScheme={scheme}");
                Assert.True(File.Exists(picture));
            }
        }
        string paper = Path.Combine(directory, "report.pdf");
        await Chromium.BrowseAsync(page, $"--print-to-pdf={paper}", "--no-pdf-header-footer");
        Assert.True(File.Exists(paper));
    }

    private Task<string> WriteAsync() => _state.Agent().Health.WriteReportAsync(Path.Combine(_state.Home, "report.html"), new ReportOptions { Force = true }, Cancellation);

    private async Task<string> WithoutStyleAsync(string text)
    {
        string path = Path.Combine(_state.Home, "bare.html");
        await File.WriteAllTextAsync(path, text.Replace("<style>", "<style>/* another one, which the policy refuses */", StringComparison.Ordinal), Cancellation);
        return path;
    }

    private async Task<byte[]> PictureAsync(string page)
    {
        string picture = Path.Combine(_state.Home, "page.png");
        await Chromium.BrowseAsync(new Uri(page).AbsoluteUri, $"--screenshot={picture}", "--window-size=800,600");
        return await File.ReadAllBytesAsync(picture, Cancellation);
    }
}
