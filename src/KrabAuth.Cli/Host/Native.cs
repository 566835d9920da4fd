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

    /// <summary>F_GETFD and FD_CLOEXEC.</summary>
    private const int TellFlags = 1;
    private const int ClosedAtStart = 1;

    /// <summary>O_RDONLY.</summary>
    private const int ReadOnly = 0;

    private const int Interrupted = 4;
    private const int BadDescriptor = 9;
    private const int BrokenPipe = 32;
    private const short Readable = 1;

    /// <summary>POLLERR and POLLHUP.</summary>
    private const short Gone = 8 | 16;

    /// <summary>TIOCGWINSZ of Linux.</summary>
    private const nuint TellWindowSize = 0x5413;

    private const short Writable = 4;

    /// <summary>EAGAIN: Linux's number and that of macOS.</summary>
    private static int TryAgain => OperatingSystem.IsLinux() ? 11 : 35;

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>
    /// Whether a standard stream is one that the parent gave. Where it gave none, the number belongs to whatever is opened next: to the
    /// runtime's own pipes, and then to files. What the runtime opens is closed when another program is started (FD_CLOEXEC), and
    /// what came through such a start is not, so that the flag tells the two apart. A number that is still free is taken here, by
    /// something that gives nothing and takes nothing, for the programs that are started too.
    /// </summary>
    public static bool IsGiven(int descriptor)
    {
        int flags = fcntl(descriptor, TellFlags);
        if (flags >= 0) return (flags & ClosedAtStart) == 0;
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            // The lowest free number: this one, where those below it were taken before.
            _ = open(nothing, ReadOnly);
        }
        return false;
    }

    /// <summary>Reads the start of a file; nothing of one that cannot be read.</summary>
    public static int ReadFile(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* name = path)
        fixed (byte* start = buffer)
        {
            int descriptor = open(name, ReadOnly);
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
    /// <returns>Why it cannot be written; <see langword="null"/> if it is.</returns>
    public static string? Write(int descriptor, ReadOnlySpan<byte> bytes)
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
                if (error == BrokenPipe) return null;
                // Another program that shares the terminal or the pipe may have made it non-blocking.
                if (error == TryAgain) Wait(descriptor, Writable, -1);
                else if (error != Interrupted) return Marshal.GetPInvokeErrorMessage(error);
            }
        }
        return null;
    }

    /// <summary>What the system says of a stream that is not there.</summary>
    public static string NotThere => Marshal.GetPInvokeErrorMessage(BadDescriptor);

    /// <summary>Whether nobody can read any more what is written there.</summary>
    public static bool IsReaderGone(int descriptor) => (Poll(descriptor, 0, 0) & Gone) != 0;

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

    private static bool Wait(int descriptor, short what, int milliseconds) => (Poll(descriptor, what, milliseconds) & what) != 0;

    private static short Poll(int descriptor, short what, int milliseconds)
    {
        var wanted = new PollDescriptor { Descriptor = descriptor, Events = what };
        return poll(&wanted, 1, milliseconds) > 0 ? wanted.Returned : (short)0;
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int request);

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
