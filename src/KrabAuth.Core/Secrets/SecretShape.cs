using System.Text.RegularExpressions;

namespace KrabAuth.Secrets;

/// <summary>Recognises texts that are secrets by their shape: the well-known beginnings of keys and tokens.</summary>
public static partial class SecretShape
{
    private const int Shortest = 12;

    /// <summary>Whether a text, or the part after its first colons, looks like a secret.</summary>
    public static bool IsMatch(string? text) => text is { Length: >= Shortest } && Known().IsMatch(text);

    [GeneratedRegex(@"(?:^|:)(?:sk-[A-Za-z0-9_-]{12,}|gh[pousr]_[A-Za-z0-9]{12,}|github_pat_|gsk_[A-Za-z0-9]{12,}|AIza[A-Za-z0-9_-]{16,}|ya29\.|eyJ[A-Za-z0-9_-]{8,}\.|xai-[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{12,})", RegexOptions.CultureInvariant)]
    private static partial Regex Known();
}
