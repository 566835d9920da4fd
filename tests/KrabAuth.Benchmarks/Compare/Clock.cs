using System.Diagnostics;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>
/// Starts commands in turns (A, B, C, A, B, C …), so that whatever else the machine does meets all of them, and tells how long each run
/// took from its start to its end, in milliseconds.
/// </summary>
internal static class Clock
{
    /// <summary>Runs of a command whose time does not count: files come into memory.</summary>
    private const int Warmups = 2;

    public static int Run(int rounds, string specification)
    {
        List<Command> commands = Command.Read(specification);
        var times = commands.ToDictionary(command => command.Name, _ => new List<double>());
        for (int round = -Warmups; round < rounds; round++)
        {
            foreach (Command command in commands)
            {
                double milliseconds = Measure(command);
                if (round >= 0) times[command.Name].Add(milliseconds);
            }
        }
        Command.Write(times);
        return 0;
    }

    private static double Measure(Command command)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(command.StartInfo())!;
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return process.ExitCode == 0 ? milliseconds : throw new InvalidOperationException($"{command.Name} ended with exit code {process.ExitCode}.");
    }
}
