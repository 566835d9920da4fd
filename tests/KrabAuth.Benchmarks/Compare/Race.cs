using System.Diagnostics;
using System.Text.Json;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>What a process of a race tells at its end.</summary>
/// <param name="Done">The updates that it made.</param>
/// <param name="LongestWait">The longest wait for the lock, in milliseconds.</param>
internal sealed record Lap(int Done, double LongestWait);

/// <summary>
/// Starts processes that update one counter under a lock, lets them go at one moment, and tells updates a second and the longest wait.
/// Each says <c>ready</c>, waits for a line, and ends with a <see cref="Lap"/> in JSON.
/// </summary>
internal static class Race
{
    public static int Run(int count, string specification)
    {
        Command command = Command.Read(specification)[0];
        List<Process> racers = [.. Enumerable.Range(0, count).Select(_ => Process.Start(command.StartInfo())!)];
        foreach (Process racer in racers)
        {
            if (racer.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException($"A process of {command.Name} did not begin.");
        }
        long start = Stopwatch.GetTimestamp();
        foreach (Process racer in racers) racer.StandardInput.WriteLine("go");
        Lap[] laps = [.. racers.Select(racer => JsonSerializer.Deserialize<Lap>(racer.StandardOutput.ReadToEnd(), JsonSerializerOptions.Web)!)];
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (Process racer in racers) racer.WaitForExit();
        int done = laps.Sum(lap => lap.Done);
        Command.Write(new { Done = done, PerSecond = done / seconds, LongestWait = laps.Max(lap => lap.LongestWait) });
        return 0;
    }
}
