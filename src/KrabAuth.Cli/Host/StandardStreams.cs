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
