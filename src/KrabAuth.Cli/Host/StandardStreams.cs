namespace KrabAuth.Cli.Host;

/// <summary>
/// The standard streams as bytes. On Linux and macOS they are used as the system offers them: loading the runtime's
/// console to print one document would cost a quarter of the start, and write control codes to the terminal.
/// </summary>
internal sealed class StandardStreams
{
    private readonly bool _isWindows = OperatingSystem.IsWindows();

    // In this order, and before anything else is opened: see Native.IsGiven.
    private readonly bool _hasInput = IsGiven(Native.StandardInput);
    private readonly bool _hasOutput = IsGiven(Native.StandardOutput);
    private readonly bool _hasError = IsGiven(Native.StandardError);

    public bool InputIsTerminal => _isWindows ? !Console.IsInputRedirected : _hasInput && Native.IsTerminal(Native.StandardInput);

    public bool OutputIsTerminal => _isWindows ? !Console.IsOutputRedirected : _hasOutput && Native.IsTerminal(Native.StandardOutput);

    public bool ErrorIsTerminal => _isWindows ? !Console.IsErrorRedirected : _hasError && Native.IsTerminal(Native.StandardError);

    /// <summary>Whether whoever read the output is gone, as <c>head</c> when it has its lines. Windows tells by a write alone.</summary>
    public bool IsReaderGone => !_isWindows && _hasOutput && Native.IsReaderGone(Native.StandardOutput);

    /// <summary>Standard input; nothing at all where there is none.</summary>
    public Stream OpenInput() => _hasInput ? Console.OpenStandardInput() : Stream.Null;

    /// <summary>The same by lines.</summary>
    public TextReader InputLines => _hasInput ? Console.In : TextReader.Null;

    /// <summary>How many columns and lines the terminal has; what a terminal has had since it was made of glass, where it does not tell.</summary>
    public static (int Width, int Height) OutputSize()
    {
        (int Width, int Height) size = OperatingSystem.IsLinux() ? Native.WindowSize() ?? default : (Console.WindowWidth, Console.WindowHeight);
        return size is { Width: > 0, Height: > 0 } ? size : (80, 24);
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    public void WriteOutput(ReadOnlySpan<byte> bytes)
    {
        if (_isWindows) WriteTo(Console.OpenStandardOutput(), bytes);
        else if (Write(_hasOutput, Native.StandardOutput, bytes) is { } problem) throw new IOException($"The output cannot be written: {problem}.");
    }

    /// <summary>Writes what people are told beside the result. Where that cannot be, nobody listens: the result and the exit code are what they are.</summary>
    public void WriteError(ReadOnlySpan<byte> bytes)
    {
        if (!_isWindows)
        {
            _ = Write(_hasError, Native.StandardError, bytes);
            return;
        }
        try
        {
            WriteTo(Console.OpenStandardError(), bytes);
        }
        catch (IOException)
        {
            // See above.
        }
    }

    private static bool IsGiven(int descriptor) => OperatingSystem.IsWindows() || Native.IsGiven(descriptor);

    private static string? Write(bool isGiven, int descriptor, ReadOnlySpan<byte> bytes)
        => isGiven ? Native.Write(descriptor, bytes) : bytes.IsEmpty ? null : Native.NotThere;

    private static void WriteTo(Stream stream, ReadOnlySpan<byte> bytes)
    {
        using (stream) stream.Write(bytes);
    }
}
