using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KrabAuth.Host;

/// <summary>Tells a program that it is to end. Windows knows no such thing: there the console tells every program on it by itself.</summary>
internal static partial class StopSignal
{
    /// <summary>Sends a signal to a process, unless the terminal did so already.</summary>
    public static void Send(int processId, PosixSignal signal)
    {
        if (OperatingSystem.IsWindows() || (signal == PosixSignal.SIGINT && IsInForeground())) return;
        // Whether it is still there to be told is seen by who waits for its end.
        _ = Kill(processId, Number(signal));
    }

    /// <summary>
    /// Ctrl+C goes to all programs in the foreground of the terminal. One that is told twice takes the second for impatience, and
    /// leaves its work undone.
    /// </summary>
    private static bool IsInForeground()
    {
        if (!File.Exists("/dev/tty")) return false;
        try
        {
            using SafeFileHandle terminal = File.OpenHandle("/dev/tty");
            return ForegroundGroup(terminal) == ProcessGroup();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No terminal belongs to this process, or none that it may look at.
            return false;
        }
    }

    /// <summary>The same on every system that has signals.</summary>
    private static int Number(PosixSignal signal) => signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGTERM => 15, _ => 2 };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(SafeFileHandle terminal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int ProcessGroup();
}
