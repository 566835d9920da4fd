using System.Diagnostics;

namespace KrabAuth.TestSupport;

/// <summary>Runs a program of the operating system for what the base class library does not do.</summary>
public static class Shell
{
    /// <summary>Runs a program to its end; an error if it fails.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {errors}");
    }
}
