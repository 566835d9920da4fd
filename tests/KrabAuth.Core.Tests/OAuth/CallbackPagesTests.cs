using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

public sealed class CallbackPagesTests
{
    private const string Markup = "<script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"alert(1)' & <b>";

    // RFC 9700 §4.11; what is shown came through a browser, or from a server's error.
    [Fact]
    public void Whatever_comes_from_elsewhere_is_escaped()
    {
        foreach (byte[] page in new[] { CallbackPages.Success(Markup, Markup), CallbackPages.Failure(Markup, Markup), CallbackPages.Refused(400, Markup) })
        {
            string text = Encoding.UTF8.GetString(page);
            string body = text.Split("\r\n\r\n", 2)[1];
            Assert.Contains("&lt;script&gt;alert(1)", body, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>", body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void A_line_end_cannot_add_a_header()
    {
        string text = Encoding.UTF8.GetString(CallbackPages.Failure("Acme\r\nX-Evil: 1", "a\r\n\r\nb"));
        Assert.DoesNotContain("X-Evil", text.Split("\r\n\r\n", 2)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_allows_this_one_style_and_nothing_else()
    {
        string page = Encoding.UTF8.GetString(CallbackPages.Success("Acme", "me@example.com"));
        string style = Regex.Match(page, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Equal($"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", RawHttp.Header(page, "Content-Security-Policy"));
        Assert.DoesNotMatch("""(?i)\b(?:src|href|style|on[a-z]+)\s*=""", page);
        Assert.Contains("as me@example.com", page, StringComparison.Ordinal);
    }

    // What a person reads, line by line; the status and its reason as RFC 9110 §15 has them.
    [Fact]
    public void Every_page_says_how_it_ended_and_what_comes_next()
    {
        AssertPage(CallbackPages.Success("Acme", null), "200 OK", "ok", "You are signed in", "KrabAuth has stored the sign-in to Acme.", "You can close this page.");
        AssertPage(CallbackPages.Success("Acme", "me@example.com"), "200 OK", "ok", "You are signed in", "KrabAuth has stored the sign-in to Acme as me@example.com.", "You can close this page.");
        AssertPage(CallbackPages.Failure("Acme", "no"), "400 Bad Request", "error", "The sign-in failed", "Acme: no", "Nothing was changed. Start the sign-in again in your terminal.");
        AssertPage(CallbackPages.AlreadyDone(), "410 Gone", "note", "This sign-in is over", "It was used already. If you are not signed in, start again in your terminal.");
    }

    [Theory]
    [InlineData(400, "Bad Request")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "Not Found")]
    [InlineData(405, "Method Not Allowed")]
    [InlineData(500, "Error")]
    public void A_refusal_says_why_and_that_the_right_answer_is_still_waited_for(int status, string reason)
        => AssertPage(CallbackPages.Refused(status, "Why."), $"{status} {reason}", "error", "Not the answer that is waited for", "Why.", "KrabAuth goes on waiting for the right one.");

    [Fact]
    public void A_redirect_has_an_address_and_no_page()
    {
        string[] parts = Encoding.UTF8.GetString(CallbackPages.Redirect("/done")).Split("\r\n\r\n", 2);
        Assert.StartsWith("HTTP/1.1 302 Found\r\n", parts[0], StringComparison.Ordinal);
        Assert.Equal("/done", RawHttp.Header(parts[0], "Location"));
        Assert.Equal("0", RawHttp.Header(parts[0], "Content-Length"));
        Assert.Empty(parts[1]);
    }

    private static void AssertPage(byte[] page, string status, string kind, string title, params string[] paragraphs)
    {
        string[] parts = Encoding.UTF8.GetString(page).Split("\r\n\r\n", 2);
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", parts[0], StringComparison.Ordinal);
        Assert.Equal($"{title} · KrabAuth", Assert.Single(Texts(parts[1], "title")));
        Assert.Equal(title, Assert.Single(Texts(parts[1], "h1")));
        Assert.Equal(paragraphs, Texts(parts[1], "p"));
        // The mark at the top has a colour for each kind.
        Assert.Contains($"<main class=\"{kind}\">", parts[1], StringComparison.Ordinal);
        Assert.Contains($".{kind}{{--mark:", parts[1], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(string html, string element)
        => Regex.Matches(html, $"<{element}>(.*?)</{element}>").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));
}
