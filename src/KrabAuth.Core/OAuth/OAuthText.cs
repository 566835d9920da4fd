using KrabAuth.Secrets;

namespace KrabAuth.OAuth;

/// <summary>Words of servers, made fit for a message.</summary>
internal static class OAuthText
{
    private const int LongestCode = 64;
    private const int LongestDescription = 300;

    /// <summary>Whether a text has the form of an error code (RFC 6749 §5.2).</summary>
    public static bool IsCode(string? text)
        => text is { Length: > 0 and <= LongestCode } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Whether a character shows as itself: no control, nothing that turns the direction of what follows.</summary>
    public static bool IsVisible(char c) => !char.IsControl(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format;

    /// <summary>Without control characters, without secrets, and short.</summary>
    public static string? Clean(string? text, params IEnumerable<Secret?> known)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        string visible = new([.. text.Where(IsVisible)]);
        // Before it is cut: half a secret would not be known again.
        string redacted = Redactor.Redact(visible.Trim(), known);
        return redacted.Length <= LongestDescription ? redacted : redacted[..LongestDescription] + "…";
    }
}
