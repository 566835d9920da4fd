using System.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>What a run of the program left.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string Everything => Output + Error;
}

/// <summary>Runs the built program as a user would: as a process, in an environment that holds nothing of this one.</summary>
internal static class Program
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string FilePath { get; } = BuiltProgram.Of(typeof(Program).Assembly);

    public static Outcome Run(TempHome home, string[] args, byte[]? input = null, string? file = null)
    {
        using Process process = Start(home, file ?? FilePath, args);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            if (input is not null) process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading, which is for the test to judge.
        }
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"krabauth {string.Join(' ', args)} did not end.");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    public static Process Start(TempHome home, string file, IEnumerable<string> args)
    {
        ProcessStartInfo start = CleanProcess.At(home.Root, file, args);
        foreach ((string name, string value) in home.Variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
