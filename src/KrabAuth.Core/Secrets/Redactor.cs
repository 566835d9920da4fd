using System.Text.RegularExpressions;

namespace KrabAuth.Secrets;

/// <summary>Takes secrets out of texts that others wrote: answers of servers, output of programs. The one place that does it.</summary>
public static partial class Redactor
{
    private const int ShortestMarked = 18;

    /// <summary>Replaces what looks like a secret by a mask of the form <c>abcdef…wxyz</c>, or <c>***</c> where it is short.</summary>
    /// <param name="text">The text.</param>
    /// <param name="known">Secrets that are known to be at stake; they go whatever they look like, the longest first.</param>
    public static string Redact(string text, params IEnumerable<Secret?> known)
    {
        foreach (string secret in known.OfType<Secret>().Select(secret => secret.Reveal()).Where(secret => secret.Length > 3).OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }
        text = PrivateKey().Replace(text, "[redacted]");
        text = Named().Replace(text, static match => match.Groups["head"].Value + Mark(match.Groups["secret"].Value));
        return Shaped().Replace(text, static match => Mark(match.Value));
    }

    private static string Mark(string secret) => secret.Contains('…', StringComparison.Ordinal) ? secret
        : secret.Length < ShortestMarked ? SecretMask.Hidden
        : $"{secret[..6]}…{secret[^4..]}";

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    /// <summary>A value whose name says that it is secret: headers, variables, JSON members, query parameters, options. A reference such as $NAME stays.</summary>
    [GeneratedRegex(
        @"(?<head>Authorization\s*:\s*(?:Bearer|Basic|token)\s+|\bBearer\s+(?=\S{18})|\b[A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD)\s*=\s*[""']?(?!\$)|""(?:access_token|refresh_token|id_token|token|api_?key|apiKey|secret|client_secret|password|code|code_verifier|accessToken|refreshToken|key)""\s*:\s*""|[?&#](?:access_token|refresh_token|id_token|token|api_?key|key|code|client_secret|secret|state)=|--(?:token|api-key|key|secret|password)[ =])(?<secret>[^\s""'&,;}]+)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    /// <summary>Texts that are secret by their look alone.</summary>
    [GeneratedRegex(@"\b" + SecretShape.Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Shaped();
}
