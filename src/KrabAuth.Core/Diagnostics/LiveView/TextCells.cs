using System.Globalization;
using System.Text;

namespace KrabAuth.Diagnostics;

/// <summary>Texts on a screen of fixed columns. What a store holds was written by anybody: nothing of it may steer the terminal.</summary>
public static class TextCells
{
    /// <summary>The text on one line, with a question mark for all that does not show as itself.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) clean.Append(IsVisible(rune) ? rune.ToString() : "?");
        return clean.ToString();
    }

    /// <summary>The same for a text of several lines.</summary>
    public static string CleanLines(string text)
    {
        if (IsPlain(text)) return text;
        var clean = new StringBuilder(text.Length);
        for (int index = 0; index < text.Length;)
        {
            bool isWhole = Rune.TryGetRuneAt(text, index, out Rune rune);
            bool isKept = isWhole && (rune.Value is '\n' or '\t' || (rune.Value == '\r' && index + 1 < text.Length && text[index + 1] == '\n') || IsVisible(rune));
            clean.Append(isKept ? rune.ToString() : "?");
            index += isWhole ? rune.Utf16SequenceLength : 1;
        }
        return clean.ToString();
    }

    /// <summary>Whether all shows as itself without a closer look. A loop: the framework's own search would be compiled at the first line of a session.</summary>
    private static bool IsPlain(string text)
    {
        foreach (char c in text)
        {
            if (c is (< ' ' or > '~') and not '\n') return false;
        }
        return true;
    }

    /// <summary>How many columns a clean text takes.</summary>
    internal static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes()) width += Width(rune);
        return width;
    }

    /// <summary>The text in exactly so many columns: filled up with spaces, or cut with a mark where something is missing.</summary>
    internal static string Fit(string text, int width, bool isAscii)
    {
        if (width <= 0) return string.Empty;
        int needed = Width(text);
        if (needed <= width) return text + new string(' ', width - needed);
        string mark = isAscii ? "~" : "…";
        var cut = new StringBuilder();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (used + Width(rune) > width - 1) break;
            cut.Append(rune.ToString());
            used += Width(rune);
        }
        return cut.Append(mark).Append(' ', width - 1 - used).ToString();
    }

    /// <summary>The same for a path, whose end tells more than its beginning.</summary>
    internal static string FitEnd(string text, int width, bool isAscii)
    {
        if (Width(text) <= width || width <= 1) return Fit(text, width, isAscii);
        int start = text.Length, used = 1;
        while (start > 0)
        {
            int previous = start > 1 && char.IsSurrogatePair(text[start - 2], text[start - 1]) ? start - 2 : start - 1;
            int cells = Width(text[previous..start]);
            if (used + cells > width) break;
            (start, used) = (previous, used + cells);
        }
        return (isAscii ? "~" : "…") + text[start..] + new string(' ', width - used);
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    /// <summary>Marks take no column of their own; what East Asia writes, and pictures, take two (UAX #11).</summary>
    private static int Width(Rune rune)
    {
        if (rune.Value < 0x300) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) return 0;
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}
