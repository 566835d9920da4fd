namespace KrabAuth.Cli.Host;

/// <summary>
/// The standard streams as bytes. On Linux and macOS they are used as the system offers them: loading the runtime's
/// console to print one document would cost a quarter of the start, and write control codes to the terminal.
/// </summary>
internal sealed class StandardStreams
{
    private readonly bool _isWindows = OperatingSystem.IsWindows();

    public bool InputIsTerminal => _isWindows ? !Console.IsInputRedirected : Native.IsTerminal(Native.StandardInput);

    public bool OutputIsTerminal => _isWindows ? !Console.IsOutputRedirected : Native.IsTerminal(Native.StandardOutput);

    public bool ErrorIsTerminal => _isWindows ? !Console.IsErrorRedirected : Native.IsTerminal(Native.StandardError);

    /// <summary>How many columns and lines the terminal has; what a terminal has had since it was made of glass, where it does not tell.</summary>
    public static (int Width, int Height) OutputSize()
    {
        (int Width, int Height) size = OperatingSystem.IsLinux() ? Native.WindowSize() ?? default : (Console.WindowWidth, Console.WindowHeight);
        return size is { Width: > 0, Height: > 0 } ? size : (80, 24);
    }

    public void WriteOutput(ReadOnlySpan<byte> bytes)
    {
        if (_isWindows) WriteTo(Console.OpenStandardOutput(), bytes);
        else Native.Write(Native.StandardOutput, bytes);
    }

    public void WriteError(ReadOnlySpan<byte> bytes)
    {
        if (_isWindows) WriteTo(Console.OpenStandardError(), bytes);
        else Native.Write(Native.StandardError, bytes);
    }

    private static void WriteTo(Stream stream, ReadOnlySpan<byte> bytes)
    {
        using (stream) stream.Write(bytes);
    }
}
