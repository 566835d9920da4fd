using System.Diagnostics;
using System.Text.Json.Nodes;

namespace KrabAuth.Benchmarks.Compare;

/// <summary>How listing and ordering grow with the number of profiles, in milliseconds: each opens the agent anew and reads the store.</summary>
internal static class Scale
{
    private const int Rounds = 15;

    private static readonly int[] Sizes = [10, 1_000, 10_000];

    public static int Run(string directory)
    {
        // Rows of one size take turns with the others too.
        foreach (int size in Sizes) WriteStore(Path.Combine(directory, $"{size}"), size);
        var list = Sizes.ToDictionary(size => size, _ => new List<double>());
        var order = Sizes.ToDictionary(size => size, _ => new List<double>());
        for (int round = -3; round < Rounds; round++)
        {
            foreach (int size in Sizes)
            {
                double listing = Measure(directory, size, static agent => agent.Profiles.List().Count);
                double ordering = Measure(directory, size, static agent => agent.Orders.Resolve("openai").Candidates.Count);
                if (round < 0) continue;
                list[size].Add(listing);
                order[size].Add(ordering);
            }
        }
        Command.Write(new { List = list, Order = order });
        return 0;
    }

    private static double Measure(string directory, int size, Func<AuthAgent, int> read)
    {
        long start = Stopwatch.GetTimestamp();
        int count = read(new AuthWorkspace(new WorkspaceOptions { StateDirectory = Path.Combine(directory, $"{size}") }).OpenAgent());
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return count == size ? milliseconds : throw new InvalidOperationException($"{count} of {size} profiles were found.");
    }

    private static void WriteStore(string stateDirectory, int count)
    {
        var profiles = new JsonObject();
        var usage = new JsonObject();
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (int i = 0; i < count; i++)
        {
            profiles[$"openai:{i}"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["key"] = $"sk-benchmark-{i:D8}" };
            usage[$"openai:{i}"] = new JsonObject { ["lastUsed"] = now - i % 997 * 1000, ["errorCount"] = i % 3, ["cooldownUntil"] = i % 4 == 0 ? now + 3_600_000 : now - i };
        }
        StoreText.Write(stateDirectory, new JsonObject { ["version"] = 1, ["profiles"] = profiles, ["usageStats"] = usage });
    }
}
