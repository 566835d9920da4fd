using System.Text;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Secrets;

namespace KrabAuth.Cli.Host;

/// <summary>
/// The process as the commands see it: where output goes, where a person can be asked, and the one place through which
/// everything for standard error passes, so that a secret given as an argument by mistake is not repeated there.
/// </summary>
internal sealed class CliContext(ProgramName program, IReadOnlyList<string> args) : IAuthLog
{
    /// <summary>The first words that Core's recommended commands have.</summary>
    private static readonly string[] CommandGroups = ["models ", "model ", "agents ", "channels ", "secrets ", "migrate ", "monitor ", "doctor", "onboard", "completion "];

    private readonly StandardStreams _streams = new();
    private readonly Lock _errorLock = new();

    /// <summary>The name that the program was started under.</summary>
    public ProgramName Program { get; } = program;

    /// <summary>How this call was made, for commands that are recommended to the user: the program with the global options that were given.</summary>
    public string CommandPrefix { get; set; } = program.Text;

    /// <summary>Whether the user asked for a narration.</summary>
    public bool IsVerbose { get; set; }

    /// <summary>The environment.</summary>
    public IHostEnvironment Environment { get; } = new SystemHostEnvironment();

    /// <summary>Whether a person reads the output, and not a program.</summary>
    public bool IsForPerson => _streams.OutputIsTerminal;

    /// <summary>Colours, where a person can see them and did not forbid them. Not on Windows, whose console may show the codes.</summary>
    public bool UseColor => IsForPerson
        && !OperatingSystem.IsWindows()
        && string.IsNullOrEmpty(Environment.GetVariable("NO_COLOR"))
        && Environment.GetVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>Whether a line on standard error can be written over again and again. Not on Windows, whose console may show the codes.</summary>
    public bool CanShowProgress => _streams.ErrorIsTerminal && !OperatingSystem.IsWindows() && Environment.GetVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>Whether a screen of output can be drawn over again and again. Not on Windows, whose console may show the codes.</summary>
    public bool CanRedraw => IsForPerson && !OperatingSystem.IsWindows() && Environment.GetVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>Whether characters beyond ASCII are shown as what they are: where the locale says so, and in what goes to a program.</summary>
    public bool ShowsUnicode => !IsForPerson || Locale().Contains("utf", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a person can be asked.</summary>
    public bool CanAsk => _streams.InputIsTerminal;

    /// <summary>Whether whoever read the output is gone.</summary>
    public bool IsReaderGone => _streams.IsReaderGone;

    /// <summary>Standard input, for who cannot be asked; nothing at all where there is none.</summary>
    public Stream OpenInput() => _streams.OpenInput();

    /// <summary>The same by lines.</summary>
    public TextReader InputLines => _streams.InputLines;

    /// <summary>Whether a word stands on the command line.</summary>
    public bool Mentions(string word) => args.Contains(word);

    /// <summary>Writes a result in words. What a store holds was written by anybody: nothing of it steers the terminal.</summary>
    public void Write(string text) => WriteAsItIs(Style.Show(text));

    /// <summary>Writes a result that has to arrive as it is: a secret, the codes that draw a screen.</summary>
    public void WriteAsItIs(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a result.</summary>
    public void Write(ReadOnlySpan<byte> utf8) => _streams.WriteOutput(utf8);

    /// <summary>Writes a line for people to standard error.</summary>
    public void WriteError(string line) => WriteErrorText(TextCells.CleanLines(Redact(line)) + "\n");

    /// <summary>Writes a prompt, without a line break.</summary>
    public void WriteErrorText(string text) => WriteErrorAsItIs(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes to standard error what another program said there.</summary>
    public void WriteErrorAsItIs(ReadOnlySpan<byte> bytes)
    {
        lock (_errorLock) _streams.WriteError(bytes);
    }

    /// <inheritdoc/>
    public void Verbose(string message)
    {
        if (IsVerbose) WriteError($"Verbose: {message}");
    }

    /// <inheritdoc/>
    public void Warning(string message) => WriteError($"Warning: {ForThisCall(message)}");

    /// <summary>Core spells commands as <c>krabauth models …</c>; the user has to repeat them under this name and with these options.</summary>
    public string ForThisCall(string text)
    {
        foreach (string group in CommandGroups) text = text.Replace($"krabauth {group}", $"{CommandPrefix} {group}", StringComparison.Ordinal);
        return text;
    }

    /// <summary>The locale of texts (POSIX: the first of the three that is set counts).</summary>
    private string Locale()
    {
        foreach (string name in new[] { "LC_ALL", "LC_CTYPE", "LANG" })
        {
            if (Environment.GetVariable(name) is { Length: > 0 } locale) return locale;
        }
        return string.Empty;
    }

    /// <summary>Replaces arguments that look like secrets: messages name what they are about, and that may be such an argument.</summary>
    private string Redact(string text)
    {
        foreach (string argument in args)
        {
            string value = argument.StartsWith("--", StringComparison.Ordinal) ? argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..] : argument;
            if (SecretShape.IsMatch(value)) text = text.Replace(value, SecretMask.Hidden, StringComparison.OrdinalIgnoreCase);
        }
        return text;
    }
}
