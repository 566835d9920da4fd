using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Input;

/// <summary>Reads keys one by one from the terminal, which shows none of them while it is open.</summary>
internal abstract class Terminal
{
    /// <summary>A paste arrives at once; a person needs longer between two keys.</summary>
    protected static readonly TimeSpan PasteGap = TimeSpan.FromMilliseconds(50);

    public static Terminal Open() => OperatingSystem.IsWindows() ? new WindowsTerminal() : new UnixTerminal();

    /// <summary>
    /// Asks for a line. A secret is not shown; and as a long one wraps over two lines on the screen and is copied with
    /// the line break, a line break with more right behind it does not end it.
    /// </summary>
    /// <returns>The line, or <see langword="null"/> if the person cancelled.</returns>
    public string? ReadLine(CliContext cli, string prompt, bool isSecret, CancellationToken cancellationToken = default)
    {
        var line = new LineEditor();
        using (Hide())
        {
            cli.WriteErrorText(TextCells.CleanLines(prompt));
            LineState state;
            do
            {
                int shown = line.Text.Length;
                while (cancellationToken.CanBeCanceled && !HasMore())
                {
                    if (cancellationToken.IsCancellationRequested) return null;
                }
                state = ReadKey() is { } key ? line.Feed(key) : LineState.Cancelled;
                if (state == LineState.Ended && isSecret && HasMore()) state = LineState.Open;
                if (!isSecret) Echo(cli, line.Text, shown);
            }
            while (state == LineState.Open);
            cli.WriteErrorText("\r\n");
            return state == LineState.Ended ? line.Text : null;
        }
    }

    /// <summary>Stops the terminal from showing keys until the result is disposed.</summary>
    public abstract IDisposable Hide();

    /// <summary>The next key, waited for if need be; <see langword="null"/> at the end of input.</summary>
    public abstract char? ReadKey();

    /// <summary>Whether a key is there, or comes within a moment; also at the end of input.</summary>
    public abstract bool HasMore();

    private static void Echo(CliContext cli, string text, int shown)
    {
        if (text.Length > shown) cli.WriteErrorText(text[shown..]);
        else if (text.Length < shown) cli.WriteErrorText(string.Concat(Enumerable.Repeat("\b \b", shown - text.Length)));
    }
}
