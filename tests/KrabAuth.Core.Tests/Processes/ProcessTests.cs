using System.Diagnostics;
using System.Globalization;
using KrabAuth.Providers;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Processes;

/// <summary>Several processes at one store, some of which are killed.</summary>
public sealed class ProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 100)]
    [InlineData(true, 25)]
    public async Task Four_processes_that_write_at_once_lose_nothing(bool twoFiles, int each)
    {
        using TempState state = twoFiles ? TempState.WithStore("{}", "{}") : new TempState();
        List<Worker> workers = [.. Enumerable.Range(0, 4).Select(number => Worker.Start(state.Root, $"w{number}", each))];
        try
        {
            IReadOnlyList<string>[] stored = await Task.WhenAll(workers.Select(worker => worker.FinishAsync(Cancellation)));
            Assert.Equal(4 * each, stored.Sum(ids => ids.Count));
            Assert.Equal(
                stored.SelectMany(ids => ids).Order(StringComparer.Ordinal),
                state.Agent().Profiles.List().Select(profile => profile.ProfileId));
            Assert.False(Path.Exists(state.LockPath));
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    /// <summary>KRABAUTH_TEST_KILLS raises the number for a long run.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_writer_leaves_a_whole_store_and_no_one_waits_for_it(bool twoFiles)
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("KRABAUTH_TEST_KILLS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 40;
        var random = new Random(20261121);
        using TempState state = twoFiles ? TempState.WithStore("{}", "{}") : new TempState();
        // Only the killed worker ever holds this lock, so that what it leaves need not grow as old as a peer's might be.
        state.Locks = new LockOptions { Stale = TimeSpan.FromSeconds(2) };
        var certain = new HashSet<string>(StringComparer.Ordinal);
        for (int kill = 0; kill < kills / 2; kill++)
        {
            using (var worker = Worker.Start(state.Root, $"k{kill}"))
            {
                for (int lines = random.Next(1, 4); lines > 0; lines--) certain.Add((await worker.NextAsync(Cancellation))!);
                SpinFor(TimeSpan.FromMicroseconds(random.Next(0, 5000)));
                certain.UnionWith(await worker.KillAsync(Cancellation));
            }
            (StrictJson? whole, JsonProblem? problem) = StrictJson.Check(File.ReadAllBytes(state.StorePath));
            Assert.True(whole is not null, $"{problem}");

            string next = $"openrouter:after-{kill}";
            await state.Agent().Profiles.AddAsync(new NewSecret("openrouter", SignInMethod.ApiKey, "a-key-after-a-kill") { ProfileId = next }, Cancellation);
            certain.Add(next);
            HashSet<string> stored = [.. state.Agent().Profiles.List().Select(profile => profile.ProfileId)];
            Assert.Superset(certain, stored);
            // Each worker may have stored one more than it could tell.
            Assert.True(stored.Count <= certain.Count + kill + 1);
            Assert.False(Path.Exists(state.LockPath));
            Assert.DoesNotContain(state.Files(), path => path.EndsWith(".krabtmp", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_generous_umask_opens_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no umask.");
        using var state = new TempState();
        using (var worker = Worker.StartInShell("umask 0", state.Root, "u", 1)) Assert.Single(await worker.FinishAsync(Cancellation));
        Assert.Equal("600", Mode(state.StorePath));
        Assert.Equal("600", Mode(state.InAgent(".auth-profiles.json.queue/holder")));
        Assert.Equal("700", Mode(state.InAgent(".auth-profiles.json.queue")));
        Assert.Equal("700", Mode(Path.GetDirectoryName(state.StorePath)!));
        Assert.Equal("700", Mode(state.InState("agents")));
    }

    private static string Mode(string path) => OperatingSystem.IsWindows() ? string.Empty : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    /// <summary>Any moment will do: the worker is somewhere in its next write.</summary>
    private static void SpinFor(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
        }
    }
}
