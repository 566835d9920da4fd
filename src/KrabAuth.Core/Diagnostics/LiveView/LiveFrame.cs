using System.Text;

namespace KrabAuth.Diagnostics;

/// <summary>
/// The codes by which a view is drawn in place (ECMA-48, and the alternate screen of xterm): entered, drawn as often as it takes, and left
/// with the screen and the cursor as they were.
/// </summary>
public static class LiveFrame
{
    /// <summary>Takes the alternate screen and hides the cursor.</summary>
    public const string Enter = "\u001b[?1049h\u001b[?25l\u001b[2J";

    /// <summary>Gives both back.</summary>
    public const string Leave = "\u001b[0m\u001b[?25h\u001b[?1049l";

    /// <summary>Draws over what is there, line by line, so that nothing flickers; what is left below is cleared.</summary>
    /// <param name="lines">The lines, none as wide as the screen: what follows the last column would clear it.</param>
    /// <param name="useColor">Whether tones have colours.</param>
    public static string Draw(IReadOnlyList<LiveLine> lines, bool useColor)
    {
        var frame = new StringBuilder("\u001b[H");
        for (int index = 0; index < lines.Count; index++)
        {
            if (index > 0) frame.Append("\r\n");
            foreach (LiveSpan span in lines[index].Spans)
            {
                string code = useColor ? Code(span.Tone) : string.Empty;
                if (code.Length > 0) frame.Append("\u001b[").Append(code).Append('m').Append(span.Text).Append("\u001b[0m");
                else frame.Append(span.Text);
            }
            frame.Append("\u001b[K");
        }
        return frame.Append("\u001b[J").ToString();
    }

    private static string Code(LiveTone tone) => tone switch
    {
        LiveTone.Heading => "1",
        LiveTone.Muted => "2",
        LiveTone.Good => "32",
        LiveTone.Warn => "33",
        LiveTone.Bad => "31",
        _ => string.Empty,
    };
}
