using System.Globalization;
using System.Text;

namespace KrabAuth.Diagnostics;

/// <summary>
/// Builds a page that is HTML and well-formed XML at once. Texts are escaped as they are added; what is no character of either, and what
/// turns the direction of the text around it, is shown as a replacement mark.
/// </summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _page = new();

    /// <summary>Adds markup of our own.</summary>
    public HtmlText Raw(string markup)
    {
        _page.Append(markup);
        return this;
    }

    /// <summary>Adds a text from anywhere.</summary>
    public HtmlText Text(string text)
    {
        _page.Append(Escape(text));
        return this;
    }

    /// <summary>Adds an element that holds a text alone.</summary>
    /// <param name="tag">The name of the element, with attributes of our own.</param>
    /// <param name="text">The text, from anywhere.</param>
    public HtmlText Element(string tag, string text) => Raw($"<{tag}>").Text(text).Raw($"</{tag.Split(' ')[0]}>\n");

    /// <summary>Adds a command. Each word is kept together where a line ends: a dash without its name is another command.</summary>
    public HtmlText Code(string command)
        => Raw("<code>").Raw(string.Join(' ', command.Split(' ').Select(word => $"<span>{Escape(word)}</span>"))).Raw("</code>");

    /// <summary>Adds a moment: exact, and how far away it is.</summary>
    public HtmlText Moment(DateTimeOffset moment, DateTimeOffset now)
        => Raw($"<time datetime=\"{moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\">").Raw($"<span>{Exact(moment)},</span> <span>{Away(moment, now)}</span></time>");

    /// <summary>A moment, to the minute.</summary>
    public static string Exact(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>How far away a moment is: <c>in 3h</c>, <c>2d ago</c>.</summary>
    public static string Away(DateTimeOffset moment, DateTimeOffset now)
    {
        long left = (long)(moment - now).TotalMilliseconds;
        return left > 0 ? $"in {Profiles.DurationText.Remaining(left)}" : $"{Profiles.DurationText.Remaining(-left)} ago";
    }

    /// <summary>A text as content or as the value of an attribute.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            escaped.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' or '\t' => " ",
                0xFFFE or 0xFFFF => "\uFFFD",
                _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format ? "\uFFFD" : rune.ToString(),
            });
        }
        return escaped.ToString();
    }

    /// <summary>The page.</summary>
    public override string ToString() => _page.ToString();
}
