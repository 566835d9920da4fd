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
}
