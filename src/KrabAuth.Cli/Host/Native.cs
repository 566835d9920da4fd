using System.Runtime.InteropServices;

namespace KrabAuth.Cli.Host;

/// <summary>
/// The calls of the C library that the program makes on Linux and macOS, with their errors. Used before anything else is
/// loaded, so that what they replace need not be.
/// </summary>
internal static unsafe partial class Native
{
    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    /// <summary>Larger than <c>struct termios</c> of any system; its members are nobody's business here.</summary>
    private const int ModeSize = 256;

    /// <summary>TCSADRAIN: what was typed ahead stays.</summary>
    private const int WhenWritten = 1;

    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private const short Readable = 1;

    /// <summary>TIOCGWINSZ of Linux.</summary>
    private const nuint TellWindowSize = 0x5413;

    private const short Writable = 4;

    /// <summary>EAGAIN: Linux's number and that of macOS.</summary>
    private static int TryAgain => OperatingSystem.IsLinux() ? 11 : 35;

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>Reads the start of a file; nothing of one that cannot be read.</summary>
    public static int ReadFile(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* name = path)
        fixed (byte* start = buffer)
        {
            int descriptor = open(name, 0);
            if (descriptor < 0) return 0;
            nint count = read(descriptor, start, (nuint)buffer.Length);
            _ = close(descriptor);
            return (int)Math.Max(count, 0);
        }
    }

    public static int Read(byte[] buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do count = read(StandardInput, start, (nuint)buffer.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return (int)count;
        }
    }

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
                // Another program that shares the terminal or the pipe may have made it non-blocking.
                if (error == TryAgain) Wait(descriptor, Writable, -1);
                else if (error != Interrupted) throw new IOException($"The output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
    }

    /// <summary>Whether there is something to read on standard input, now or within the time.</summary>
    public static bool HasInput(int milliseconds) => Wait(StandardInput, Readable, milliseconds);

    /// <summary>The mode of the terminal at standard input; <see langword="null"/> if it has none.</summary>
    public static byte[]? GetMode()
    {
        byte[] mode = new byte[ModeSize];
        fixed (byte* pointer = mode) return tcgetattr(StandardInput, pointer) == 0 ? mode : null;
    }

    public static void SetMode(byte[] mode)
    {
        fixed (byte* pointer = mode) _ = tcsetattr(StandardInput, WhenWritten, pointer);
    }

    /// <summary>The same mode without echo, line editing and keys that send signals.</summary>
    public static byte[] Raw(byte[] mode)
    {
        byte[] raw = [.. mode];
        fixed (byte* pointer = raw) cfmakeraw(pointer);
        return raw;
    }

    /// <summary>How many columns and lines the terminal at standard output has; <see langword="null"/> if it does not tell. Linux alone: elsewhere the number of the request, and how its argument is passed, differ.</summary>
    public static (int Width, int Height)? WindowSize()
    {
        WindowDescriptor window;
        return ioctl(StandardOutput, TellWindowSize, &window) == 0 && window is { Columns: > 0, Rows: > 0 } ? (window.Columns, window.Rows) : null;
    }

    private static bool Wait(int descriptor, short what, int milliseconds)
    {
        var wanted = new PollDescriptor { Descriptor = descriptor, Events = what };
        return poll(&wanted, 1, milliseconds) > 0 && (wanted.Returned & what) != 0;
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static partial int open(byte* path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc")]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, byte* mode);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int descriptor, int when, byte* mode);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* mode);

    [LibraryImport("libc")]
    private static partial int ioctl(int descriptor, nuint request, WindowDescriptor* window);

    /// <summary><c>struct winsize</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowDescriptor
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsWide;
        public ushort PixelsHigh;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
