using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>Runs one program and tells the most memory that it had, in KiB. Linux alone: other systems count otherwise.</summary>
internal static partial class Peak
{
    private const int Children = -1;

    /// <summary>Where the most memory stands in <c>struct rusage</c>: after two times of two numbers each.</summary>
    private const int MaximumResidentSet = 4;

    public static int Run(string program, string[] arguments)
    {
        if (!OperatingSystem.IsLinux()) return 1;
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        long[] usage = new long[32];
        if (GetResourceUsage(Children, usage) != 0) throw new InvalidOperationException("getrusage failed.");
        Console.WriteLine(usage[MaximumResidentSet]);
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, [Out] long[] usage);
}
