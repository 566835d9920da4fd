using System.Runtime.InteropServices;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Input;

/// <summary>The few calls of the C library that a prompt without echo needs, on standard input.</summary>
internal static unsafe partial class Native
{
    private const int StandardInput = 0;

    /// <summary>Larger than <c>struct termios</c> of any system; its members are nobody's business here.</summary>
    private const int ModeSize = 256;

    /// <summary>TCSADRAIN: what was typed ahead stays.</summary>
    private const int WhenWritten = 1;

    private const short ReadableInput = 1;

    public static byte[]? GetMode()
    {
        byte[] mode = new byte[ModeSize];
        fixed (byte* pointer = mode) return tcgetattr(StandardInput, pointer) == 0 ? mode : null;
    }

    public static void SetMode(byte[] mode)
    {
        fixed (byte* pointer = mode) _ = tcsetattr(StandardInput, WhenWritten, pointer);
    }

    public static byte[] Raw(byte[] mode)
    {
        byte[] raw = [.. mode];
        fixed (byte* pointer = raw) cfmakeraw(pointer);
        return raw;
    }

    public static int Read(byte[] buffer)
    {
        fixed (byte* pointer = buffer) return (int)read(StandardInput, pointer, (nuint)buffer.Length);
    }

    public static bool HasInput(int milliseconds)
    {
        var wanted = new PollDescriptor { Descriptor = StandardInput, Events = ReadableInput };
        return poll(&wanted, 1, milliseconds) > 0 && (wanted.Returned & ReadableInput) != 0;
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, byte* mode);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int descriptor, int when, byte* mode);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* mode);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, byte* buffer, nuint size);

    [LibraryImport("libc")]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);
}
