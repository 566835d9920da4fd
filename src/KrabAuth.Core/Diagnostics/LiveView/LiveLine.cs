namespace KrabAuth.Diagnostics;

/// <summary>What a piece of a line means; a front end has a colour for it, or none.</summary>
public enum LiveTone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>A heading.</summary>
    Heading,

    /// <summary>Of less interest.</summary>
    Muted,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Will need attention, or passes by itself.</summary>
    Warn,

    /// <summary>Needs attention now.</summary>
    Bad,
}

/// <summary>A piece of a line.</summary>
/// <param name="Text">What shows: no control character is in it.</param>
/// <param name="Tone">What it means.</param>
public readonly record struct LiveSpan(string Text, LiveTone Tone = LiveTone.Plain);

/// <summary>A line of the live view.</summary>
/// <param name="Spans">Its pieces, from left to right.</param>
public sealed record LiveLine(IReadOnlyList<LiveSpan> Spans)
{
    /// <summary>An empty line.</summary>
    public static LiveLine Empty { get; } = new([]);

    internal static LiveLine Of(string text, LiveTone tone = LiveTone.Plain) => new([new LiveSpan(text, tone)]);

    /// <summary>The line without its tones.</summary>
    public override string ToString() => string.Concat(Spans.Select(span => span.Text)).TrimEnd();
}

/// <summary>Where the live view is drawn.</summary>
/// <param name="Width">How many columns a line may take.</param>
/// <param name="Height">How many lines there may be.</param>
/// <param name="IsAscii">Whether nothing but ASCII can be shown.</param>
/// <param name="Hint">What the last line says, such as the key that ends the view.</param>
public sealed record LiveScreen(int Width, int Height, bool IsAscii, string Hint);
