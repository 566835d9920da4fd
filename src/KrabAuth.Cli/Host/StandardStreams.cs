using System.Runtime.InteropServices;

namespace KrabAuth.Cli.Host;

/// <summary>
/// The three standard streams as bytes. On Linux and macOS they are used as the system offers them: loading the runtime's
/// console to print one document would cost a quarter of the start, and write control codes to the terminal.
/// </summary>
internal sealed partial class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;

    private readonly bool _isWindows = OperatingSystem.IsWindows();

    public bool InputIsTerminal => _isWindows ? !Console.IsInputRedirected : Native.IsTerminal(Input);

    public bool OutputIsTerminal => _isWindows ? !Console.IsOutputRedirected : Native.IsTerminal(Output);

    public void WriteOutput(ReadOnlySpan<byte> bytes)
    {
        if (_isWindows) WriteTo(Console.OpenStandardOutput(), bytes);
        else Native.Write(Output, bytes);
    }

    public void WriteError(ReadOnlySpan<byte> bytes)
    {
        if (_isWindows) WriteTo(Console.OpenStandardError(), bytes);
        else Native.Write(Error, bytes);
    }

    private static void WriteTo(Stream stream, ReadOnlySpan<byte> bytes)
    {
        using (stream) stream.Write(bytes);
    }

    /// <summary>The calls of the C library.</summary>
    private static unsafe partial class Native
    {
        private const int Interrupted = 4;
        private const int BrokenPipe = 32;
        private const short Writable = 4;

        /// <summary>EAGAIN: Linux's number and that of macOS.</summary>
        private static readonly int TryAgain = OperatingSystem.IsLinux() ? 11 : 35;

        public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

        /// <summary>Writes all of it. A reader that went away is not an error: <c>| head</c> has what it wanted.</summary>
        public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
        {
            fixed (byte* start = bytes)
            {
                for (int written = 0; written < bytes.Length;)
                {
                    nint count = write(descriptor, start + written, (nuint)(bytes.Length - written));
                    if (count >= 0)
                    {
                        written += (int)count;
                        continue;
                    }
                    int error = Marshal.GetLastPInvokeError();
                    if (error == BrokenPipe) return;
                    if (error == TryAgain) WaitUntilWritable(descriptor);
                    else if (error != Interrupted) throw new IOException($"The output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.");
                }
            }
        }

        /// <summary>Another program that shares the terminal or the pipe may have made it non-blocking.</summary>
        private static void WaitUntilWritable(int descriptor)
        {
            var wanted = new PollDescriptor { Descriptor = descriptor, Events = Writable };
            _ = poll(&wanted, 1, -1);
        }

        [LibraryImport("libc")]
        private static partial int isatty(int descriptor);

        [LibraryImport("libc", SetLastError = true)]
        private static partial nint write(int descriptor, byte* bytes, nuint count);

        [LibraryImport("libc")]
        private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);
    }
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
