using System.Text;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Rendering;

/// <summary>
/// A little colour for people; none where it is not wanted. What is painted holds a mark in place of the code, and the code comes when
/// all else has been cleaned: a store may hold the same codes, and nothing of it steers the terminal.
/// </summary>
internal sealed class Style(bool useColor)
{
    /// <summary>Made anew in each process, so that nobody could have written it into a file before.</summary>
    private static readonly string Mark = $"\u0001{Random.Shared.NextInt64():x}\u0001";

    public string Heading(string text) => Paint("1", text);

    public string Muted(string text) => Paint("2", text);

    public string Good(string text) => Paint("32", text);

    public string Warn(string text) => Paint("33", text);

    public string Bad(string text) => Paint("31", text);

    /// <summary>The text as a terminal gets it: clean, with the codes where it was painted.</summary>
    public static string Show(string painted)
    {
        int mark = painted.IndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0) return TextCells.CleanLines(painted);
        var shown = new StringBuilder(painted.Length);
        int start = 0;
        for (; mark >= 0; mark = painted.IndexOf(Mark, start, StringComparison.Ordinal))
        {
            int code = mark + Mark.Length, end = painted.IndexOf('m', code) + 1;
            shown.Append(TextCells.CleanLines(painted[start..mark])).Append("\u001b[").Append(painted, code, end - code);
            start = end;
        }
        return shown.Append(TextCells.CleanLines(painted[start..])).ToString();
    }

    private string Paint(string code, string text) => useColor && text.Length > 0 ? $"{Mark}{code}m{text}{Mark}0m" : text;
}
