using System.Text.RegularExpressions;

namespace KrabAuth.Secrets;

/// <summary>Recognises texts that are secrets by their shape: the well-known beginnings of keys and tokens.</summary>
public static partial class SecretShape
{
    private const int Shortest = 12;

    /// <summary>The shapes, for <see cref="Redactor"/> too: what is hidden in one place is hidden in all.</summary>
    internal const string Pattern =
        @"(?:sk-[A-Za-z0-9_-]{12,}|gh[pousr]_[A-Za-z0-9]{12,}|github_pat_[A-Za-z0-9_]{12,}|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}"
        + @"|gsk_[A-Za-z0-9]{12,}|AIza[A-Za-z0-9_-]{16,}|ya29\.[A-Za-z0-9_-]{10,}|1//0[A-Za-z0-9_-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+"
        + @"|xai-[A-Za-z0-9]{16,}|pplx-[A-Za-z0-9]{10,}|npm_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{12,}|r8_[A-Za-z0-9]{20,}|rt_[A-Za-z0-9_-]{20,}|[0-9]{8,10}:[A-Za-z0-9_-]{35})";

    /// <summary>Whether a text, or the part after its first colons, looks like a secret.</summary>
    public static bool IsMatch(string? text) => text is { Length: >= Shortest } && Known().IsMatch(text);

    [GeneratedRegex("(?:^|:)" + Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Known();
}
