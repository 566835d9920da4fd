using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace KrabAuth.OAuth;

/// <summary>The pages that the browser shows at the end of a sign-in. They load nothing, run nothing, and escape all that is not theirs.</summary>
internal static class CallbackPages
{
    private const string Style = """
        :root{color-scheme:light dark}
        body{font:1.05rem/1.6 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
        main{max-width:34rem;padding:2rem 1.5rem}
        h1{font-size:1.5rem;margin:0 0 .75rem;border-left:.35rem solid var(--mark);padding-left:.75rem}
        p{margin:.5rem 0}
        .ok{--mark:#1a7f37}.error{--mark:#b3261e}.note{--mark:#8a6d00}
        code{font-size:.95em;overflow-wrap:anywhere}
        """;

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The sign-in is done: shown only after the tokens are stored.</summary>
    public static byte[] Success(string provider, string? account) => Page(
        200, "ok", "You are signed in", [$"KrabAuth has stored the sign-in to {provider}{(account is null ? string.Empty : $" as {account}")}.", "You can close this page."]);

    /// <summary>The sign-in failed.</summary>
    public static byte[] Failure(string provider, string detail) => Page(
        400, "error", "The sign-in failed", [$"{provider} answered: {detail}", "Nothing was changed. Start the sign-in again in your terminal."]);

    /// <summary>The sign-in is over.</summary>
    public static byte[] AlreadyDone() => Page(410, "note", "This sign-in is over", ["It was used already. If you are not signed in, start again in your terminal."]);

    /// <summary>The request is not the answer that is waited for.</summary>
    public static byte[] Refused(int status, string reason) => Page(status, "error", "Not the answer that is waited for", [reason, "KrabAuth goes on waiting for the right one."]);

    /// <summary>Leads the browser to an address without the code, so that none stays in its history (RFC 9700 §4.3.1).</summary>
    public static byte[] Redirect(string path) => Response(302, "Found", string.Empty, $"Location: {path}\r\n");

    private static byte[] Page(int status, string kind, string title, IEnumerable<string> paragraphs)
    {
        string body = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{WebUtility.HtmlEncode(title)} · KrabAuth</title>
            <style>{Style}</style>
            </head>
            <body>
            <main class="{kind}">
            <h1>{WebUtility.HtmlEncode(title)}</h1>
            {string.Concat(paragraphs.Select(paragraph => $"<p>{WebUtility.HtmlEncode(paragraph)}</p>\n"))}</main>
            </body>
            </html>

            """;
        // RFC 9110 §15.5.6: who is told that a method is wrong is told which are right.
        return Response(status, Reason(status), body, status == 405 ? "Allow: GET\r\n" : string.Empty);
    }

    private static byte[] Response(int status, string reason, string body, string extra)
    {
        byte[] content = Encoding.UTF8.GetBytes(body);
        string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\n")
            + "Content-Type: text/html; charset=utf-8\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n")
            + $"Content-Security-Policy: {Policy}\r\n"
            + "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
            + "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n"
            + extra + "\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. content];
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        410 => "Gone",
        _ => "Error",
    };
}
