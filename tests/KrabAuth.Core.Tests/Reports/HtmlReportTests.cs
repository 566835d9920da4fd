using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using FsCheck.Fluent;
using KrabAuth.Core.Tests.Properties;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Reports;

/// <summary>The page: complete, well-formed, closed to everything outside, and free of secrets.</summary>
public sealed class HtmlReportTests : IDisposable
{
    private const long Now = FrozenClock.VectorNow;
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    private readonly TempState _state = Sample();
    private readonly FakeProviderApi _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A store with something of everything.</summary>
    internal static TempState Sample() => TempState.WithStore($$$"""
        {"version":1,"profiles":{
          "anthropic:default":{"type":"api_key","provider":"anthropic","key":"sk-ant-CANARY-0123456789abcdef"},
          "anthropic:work":{"type":"token","provider":"anthropic","token":"sk-ant-oat01-CANARY-0123456789abcdef","expires":{{{Now + (333L * 86400000)}}},"email":"work@example.com"},
          "github-copilot:github":{"type":"token","provider":"github-copilot","token":"ghu_CANARY0123456789","expires":{{{Now + (12L * 3600000)}}} },
          "mistral:trial":{"type":"token","provider":"mistral","token":"CANARY-mistral-0123456789","expires":{{{Now - (3L * 86400000)}}} },
          "openai:default":{"type":"api_key","provider":"openai","key":"sk-CANARY-0123456789abcdef"},
          "openai:team":{"type":"api_key","provider":"openai","key":"sk-CANARY-9876543210abcdef","displayName":"Team <b>key</b> & \"more\""},
          "openai-codex:me@example.com":{"type":"oauth","provider":"openai-codex","access":"CANARY-access-0123456789","refresh":"CANARY-refresh-0123456789","accountId":"acct","expires":{{{Now + (10L * 86400000)}}},"email":"me@example.com"},
          "openai-codex:work@example.com":{"type":"oauth","provider":"openai-codex","access":"CANARY-access-9876543210","refresh":"CANARY-refresh-9876543210","accountId":"acct-2","expires":{{{Now + (2L * 3600000)}}}} },
         "usageStats":{
          "anthropic:default":{"lastUsed":{{{Now - 3600000}}} },
          "openai:default":{"disabledUntil":253402300799000,"disabledReason":"manual"},
          "openai:team":{"disabledUntil":{{{Now + 18000000}}},"disabledReason":"billing","errorCount":2} } }
        """);

    public void Dispose()
    {
        _api.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task It_shows_every_profile_what_to_do_and_where_it_comes_from()
    {
        XDocument page = Parse(await MakeAsync());
        string text = page.Root!.Value;
        AuthAgent agent = _state.Agent();
        Assert.All(agent.Profiles.List(), profile => Assert.Contains(profile.Label, text, StringComparison.Ordinal));
        Assert.Contains("Connect-KrabProvider mistral -Method Token -ProfileId 'mistral:trial'", text, StringComparison.Ordinal);
        // Where a line ends, no dash is left behind without its name.
        Assert.Contains(page.Descendants(Html + "code").First().Elements(Html + "span"), word => word.Value == "-ProfileId");
        Assert.Contains("billing until 2023-11-15 03:13 UTC, in 5h", text, StringComparison.Ordinal);
        Assert.Contains("disabled by the user", text, StringComparison.Ordinal);
        Assert.Contains("2023-11-14 22:13 UTC", text, StringComparison.Ordinal);
        Assert.Contains(_state.Root, text, StringComparison.Ordinal);
        Assert.Contains("Something needs attention now.", text, StringComparison.Ordinal);
        Assert.Contains("The providers were not asked", text, StringComparison.Ordinal);
        Assert.Contains("No secret is in this page.", text, StringComparison.Ordinal);
        // What ends or waits is in the timeline, once each, in words; the pictures are for the eye alone.
        Assert.Equal(6, page.Descendants(Html + "ul").Single(list => (string?)list.Attribute("class") == "timeline").Elements().Count());
        Assert.Empty(_api.Requests);
    }

    [Fact]
    public async Task What_the_doctor_found_is_in_it()
    {
        _state.Write("openclaw.json", """{ "auth": { "order": { "anthropic": ["anthropic:nobody"] } } }""");
        List<Diagnostics.Doctor.DoctorFinding> findings = [.. _state.Workspace().Doctor.Examine("main")];
        Assert.NotEmpty(findings);
        string text = Parse(await MakeAsync()).Root!.Value;
        Assert.All(findings, finding => Assert.Contains(finding.Id, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quotas_are_asked_for_on_request_and_have_a_bar_with_a_name()
    {
        _state.Http = _api;
        _api.Serve("https://chatgpt.com/backend-api/wham/usage", """{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":93,"limit_window_seconds":18000}}}""");
        XDocument page = Parse(await MakeAsync(new ReportOptions { AsksUsage = true }));
        XElement[] bars = [.. page.Descendants(Html + "svg").Where(svg => (string?)svg.Attribute("role") == "img")];
        Assert.Equal(2, bars.Length);
        Assert.All(bars, bar => Assert.Equal("93% used", (string?)bar.Attribute("aria-label")));
        Assert.Contains("unknown: Not asked: an API key has no subscription.", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_holds_no_secret_and_no_piece_of_one()
    {
        string page = await MakeAsync();
        Assert.DoesNotContain("CANARY", page, StringComparison.Ordinal);
        Assert.All(_state.Agent().Profiles.List(), profile => Assert.DoesNotContain(profile.SecretHint, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_refers_to_nothing_outside_and_lets_nothing_in()
    {
        XDocument page = Parse(await MakeAsync());
        string[] tags = ["script", "link", "img", "iframe", "object", "embed", "base", "form", "input", "audio", "video"];
        Assert.DoesNotContain(page.Descendants(), element => tags.Contains(element.Name.LocalName));
        Assert.All(page.Descendants().Attributes(), attribute =>
        {
            Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName is "src" or "style", attribute.ToString());
            if (attribute.Name.LocalName == "href") Assert.StartsWith("#", attribute.Value, StringComparison.Ordinal);
        });
        string style = page.Descendants(Html + "style").Single().Value;
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        string policy = (string)page.Descendants(Html + "meta").Single(meta => (string?)meta.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!;
        Assert.Equal($"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'; base-uri 'none'; form-action 'none'", policy);
    }

    [Fact]
    public async Task Who_hears_it_read_gets_headings_captions_and_scopes()
    {
        XDocument page = Parse(await MakeAsync());
        Assert.Single(page.Descendants(Html + "h1"));
        Assert.All(page.Descendants(Html + "section"), section => Assert.Equal((string?)section.Attribute("aria-labelledby"), (string?)section.Element(Html + "h2")!.Attribute("id")));
        Assert.All(page.Descendants(Html + "table"), table => Assert.NotEmpty(table.Element(Html + "caption")!.Value));
        Assert.All(page.Descendants(Html + "th"), head => Assert.NotNull(head.Attribute("scope")));
        Assert.All(page.Descendants(Html + "svg"), svg => Assert.True((string?)svg.Attribute("aria-hidden") == "true" || svg.Attribute("aria-label") is not null));
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Distinct(ids);
        Assert.All(page.Descendants(Html + "a"), link => Assert.Contains(((string)link.Attribute("href")!)[1..], ids));
    }

    [Fact]
    public void Whatever_a_store_holds_is_shown_as_text_and_no_more() => Property.Holds(
        ArbMap.Default.ArbFor<(string Id, string Name)>().Filter(input => input.Id is not null && input.Name is not null),
        input =>
        {
            const string Hostile = "</style><script>alert(1)</script>\" onload='x' ]]> & \u0000\uFFFE\u202e";
            using TempState state = TempState.WithStore($$"""
                {"version":1,"profiles":{ {{JsonSerializer.Serialize("p:" + input.Id + Hostile)}}:{"type":"token","provider":"p","token":"t","displayName":{{JsonSerializer.Serialize(input.Name + Hostile)}},"expires":{{Now - 1}} } } }
                """);
            AuthAgent agent = state.Agent();
            string text = new HtmlReport(new ReportContent(agent.Health.Status(), null, [], state.Clock.GetUtcNow(), remedy => remedy.PowerShell)).Write();
            XDocument page = Parse(text);
            Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName == "script");
            Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName == "onload");
            Assert.Equal(agent.Profiles.List().Count, page.Descendants(Html + "th").Count(head => (string?)head.Attribute("scope") == "row"));
            Assert.DoesNotContain('\u202e', text);
        },
        60);

    [Fact]
    public async Task It_is_written_whole_for_its_owner_alone_and_replaces_nothing_unasked()
    {
        _state.Host.CurrentDirectory = _state.Home;
        string path = await WriteAsync("report.html");
        Assert.Equal(Path.Combine(_state.Home, "report.html"), path);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await File.WriteAllTextAsync(path, "mine", Cancellation);
        Assert.Equal("ReportFileExists", (await Assert.ThrowsAsync<KrabAuthException>(() => WriteAsync(path))).ErrorId);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, Cancellation));
        await WriteAsync(path, new ReportOptions { Force = true });
        Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(path, Cancellation), StringComparison.Ordinal);
        Assert.Equal("report.html", Path.GetFileName(Assert.Single(Directory.GetFiles(_state.Home))));
        Assert.Equal("ReportNotWritten", (await Assert.ThrowsAsync<KrabAuthException>(() => WriteAsync(Path.Combine(_state.Home, "nowhere", "r.html")))).ErrorId);
        Assert.Equal("ReportNotWritten", (await Assert.ThrowsAsync<KrabAuthException>(() => WriteAsync(_state.Home, new ReportOptions { Force = true }))).ErrorId);
    }

    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader);
    }

    private async Task<string> MakeAsync(ReportOptions? options = null) => Encoding.UTF8.GetString(await _state.Agent().Health.MakeReportAsync(options ?? new ReportOptions(), Cancellation));

    private Task<string> WriteAsync(string path, ReportOptions? options = null) => _state.Agent().Health.WriteReportAsync(path, options ?? new ReportOptions(), Cancellation);
}
