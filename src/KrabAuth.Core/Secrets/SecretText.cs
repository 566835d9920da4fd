using System.Text;

namespace KrabAuth.Secrets;

/// <summary>Cleans what people paste: terminals wrap, word processors decorate.</summary>
public static class SecretText
{
    /// <summary>
    /// Removes line breaks anywhere and every character that an HTTP header cannot carry (above U+00FF), then trims.
    /// Spaces inside are kept, so that <c>Bearer x</c> survives. May return an empty text.
    /// </summary>
    public static string Normalize(string? text)
    {
        if (string.IsNullOrEmpty(text)) return string.Empty;
        var clean = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            // Surrogates and U+2028/2029 are above U+00FF and go with the rest.
            if (c is '\r' or '\n' || c > '\u00FF') continue;
            clean.Append(c);
        }
        return clean.ToString().Trim();
    }

    /// <summary>Removes all white space: for tokens that contain none, but were wrapped over several lines.</summary>
    public static string RemoveWhiteSpace(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c)) clean.Append(c);
        }
        return clean.ToString();
    }
}
