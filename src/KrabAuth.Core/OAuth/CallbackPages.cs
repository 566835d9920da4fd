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
        *{box-sizing:border-box}
        body{font:1.05rem/1.6 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;margin:0;padding:1rem;min-height:100vh;display:grid;place-items:center;background:light-dark(#f6f6f4,#1b1c1d);color:light-dark(#1c1c1a,#eceae6)}
        main{width:100%;max-width:34rem;min-width:0;padding:1.75rem 1.5rem;overflow-wrap:anywhere;background:light-dark(#fff,#242628);border:1px solid light-dark(#d9d8d4,#3b3e41);border-top:.35rem solid var(--mark);border-radius:.5rem}
        h1{font-size:1.5rem;line-height:1.3;margin:0 0 .75rem}
        p{margin:.5rem 0}
        footer{margin-top:1.25rem;font-size:.85rem;color:light-dark(#62615c,#a3a19b)}
        .ok{--mark:light-dark(#1a7f37,#4cb368)}.error{--mark:light-dark(#b3261e,#ef7b73)}.note{--mark:light-dark(#8a6d00,#d7b64a)}
        """;

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The sign-in is done: shown only after the tokens are stored.</summary>
    public static byte[] Success(string provider, string? account) => Page(
        200, "ok", "You are signed in", [$"KrabAuth has stored the sign-in to {provider}{(account is null ? string.Empty : $" as {account}")}.", "You can close this page."]);

    /// <summary>The sign-in failed.</summary>
    public static byte[] Failure(string provider, string detail) => Page(
        400, "error", "The sign-in failed", [$"{provider}: {detail}", "Nothing was changed. Start the sign-in again in your terminal."]);

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
            {string.Concat(paragraphs.Select(paragraph => $"<p>{WebUtility.HtmlEncode(paragraph)}</p>\n"))}<footer>KrabAuth</footer>
            </main>
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
