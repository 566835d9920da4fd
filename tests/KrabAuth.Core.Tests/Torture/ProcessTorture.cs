using System.Globalization;
using KrabAuth.Core.Tests.Processes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>Many processes at one store: killed at any moment, stopped, with wrong clocks, without the locks of the operating system.</summary>
public sealed class ProcessTorture : TortureBase
{
    /// <summary>KRABAUTH_TEST_KILLS raises the number for a long run.</summary>
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("KRABAUTH_TEST_KILLS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 60;

    [Theory]
    [InlineData(8, false)]
    [InlineData(8, true)]
    [InlineData(32, false)]
    [InlineData(32, true)]
    public async Task Writers_that_are_killed_at_any_moment_lose_nothing_that_they_told(int processes, bool twoFiles)
    {
        using TempState state = twoFiles ? TempState.WithStore("{}", "{}") : new TempState();
        Random random = Seed.ToRandom();
        var certain = new HashSet<string>(StringComparer.Ordinal);
        int started = 0;
        List<Worker> workers = [.. Enumerable.Range(0, processes).Select(_ => Start())];
        try
        {
            for (int kill = 0; kill < Kills; kill++)
            {
                int victim = random.Next(processes);
                // It is at work when it has told something; how much more it does before it dies is chance.
                for (int lines = random.Next(1, 4); lines > 0; lines--) certain.Add(await workers[victim].NextAsync(Cancellation) ?? throw new InvalidOperationException("A worker ended by itself."));
                certain.UnionWith(await workers[victim].KillAsync(Cancellation));
                workers[victim].Dispose();
                workers[victim] = Start();
            }
            foreach (Worker worker in workers) certain.UnionWith(await worker.KillAsync(Cancellation));
            await Add(state, "after");
            certain.Add("openrouter:after");
            HashSet<string> stored = AssertWhole(state, certain);
            // Each of them may have stored one more than it could tell.
            Assert.InRange(stored.Count, certain.Count, certain.Count + started);
            Tell($"{processes} processes, {started} started, {certain.Count} updates told, {stored.Count} stored.");
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }

        Worker Start() => Worker.Start(state.Root, $"w{started++}");
    }

    [Theory]
    [InlineData(8, 40)]
    [InlineData(32, 20)]
    public async Task Writers_that_are_left_alone_lose_nothing_and_none_waits_in_vain(int processes, int each)
    {
        using var state = new TempState();
        await WriteAllAsync(state, [.. Enumerable.Range(0, processes).Select(number => Worker.Start(state.Root, $"w{number}", each))], processes * each);
    }

    // What is left to exclude writers then is the lock directory alone.
    [Fact]
    public async Task Without_the_locks_of_the_operating_system_nothing_is_lost()
    {
        using var state = new TempState();
        await WriteAllAsync(state, [.. Enumerable.Range(0, 8).Select(number => Worker.StartWith("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1", state.Root, $"w{number}", 40))], 320);
    }

    [Fact]
    public async Task One_that_is_stopped_keeps_the_others_out_and_goes_on_afterwards()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using var state = new TempState { Locks = Impatient };
        await Add(state, "before");
        string before = state.ReadStore();
        using var worker = Worker.StartHolding(state.Root, "wstopped");
        Assert.Equal("held", await worker.NextAsync(Cancellation));
        Shell.Run("kill", "-STOP", $"{worker.Id}");
        KrabAuthException error = await Fails(() => Add(state, "waiting"), "StoreLocked");
        Assert.Contains("Wait for the other program", error.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.Equal(before, state.ReadStore());
        Shell.Run("kill", "-CONT", $"{worker.Id}");
        await worker.GoOnAsync();
        Assert.Equal(["openrouter:wstopped-0"], await worker.FinishAsync(Cancellation));
        await Add(state, "after");
        AssertWhole(state, new HashSet<string> { "openrouter:before", "openrouter:wstopped-0", "openrouter:after" });
    }

    // A program with the peers' patience takes the lock of one that gave no sign of life for long. What that one was about to write is not written.
    [Fact]
    public async Task One_whose_lock_was_taken_while_it_was_stopped_writes_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using var state = new TempState();
        await Add(state, "before");
        using var worker = Worker.StartHolding(state.Root, "wstopped");
        Assert.Equal("held", await worker.NextAsync(Cancellation));
        Shell.Run("kill", "-STOP", $"{worker.Id}");
        Directory.Delete(state.LockPath);
        Directory.CreateDirectory(state.LockPath);
        string theirs = state.ReadStore().Replace("openrouter:before", "openrouter:theirs", StringComparison.Ordinal);
        File.WriteAllText(state.StorePath, theirs);
        Directory.Delete(state.LockPath);
        Shell.Run("kill", "-CONT", $"{worker.Id}");
        await worker.GoOnAsync();
        (IReadOnlyList<string> stored, string error) = await worker.FailAsync(Cancellation);
        Assert.Empty(stored);
        Assert.StartsWith("LockLost", error, StringComparison.Ordinal);
        Assert.Contains("Run the command again.", error, StringComparison.Ordinal);
        AssertNoSecret(error);
        Assert.Equal(theirs, state.ReadStore());
        await Add(state, "after");
        AssertWhole(state, new HashSet<string> { "openrouter:theirs", "openrouter:after" });
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task One_whose_clock_is_a_day_wrong_is_waited_for(int hours)
    {
        using var state = new TempState { Locks = Impatient };
        using var worker = Worker.StartHolding(state.Root, "wwrong", hours);
        Assert.Equal("held", await worker.NextAsync(Cancellation));
        await Fails(() => Add(state, "waiting"), "StoreLocked");
        await worker.GoOnAsync();
        await worker.FinishAsync(Cancellation);
        await Add(state, "after");
        AssertWhole(state, new HashSet<string> { "openrouter:wwrong-0", "openrouter:after" });
    }

    // A lock that says it was touched tomorrow is not taken: its holder may live. The error says what to do if none does.
    [Theory]
    [InlineData(1, false)]
    [InlineData(365, false)]
    [InlineData(-1, true)]
    [InlineData(-20000, true)]
    public async Task A_lock_that_lies_about_its_time_is_taken_only_when_it_is_old(int days, bool taken)
    {
        using var state = new TempState { Locks = Impatient };
        await Add(state, "before");
        Directory.CreateDirectory(state.LockPath);
        Directory.SetLastWriteTimeUtc(state.LockPath, DateTime.UtcNow.AddDays(days));
        if (!taken)
        {
            KrabAuthException error = await Fails(() => Add(state, "after"), "StoreLocked");
            Assert.Contains($"remove {state.LockPath}", error.Remedy.CommandLine, StringComparison.Ordinal);
            Directory.Delete(state.LockPath);
        }
        await Add(state, "after");
        AssertWhole(state, new HashSet<string> { "openrouter:before", "openrouter:after" });
    }

    private static LockOptions Impatient => new() { Timeout = TimeSpan.FromSeconds(2) };

    private static async Task WriteAllAsync(TempState state, List<Worker> workers, int expected)
    {
        try
        {
            IReadOnlyList<string>[] told = await Task.WhenAll(workers.Select(worker => worker.FinishAsync(Cancellation)));
            HashSet<string> certain = [.. told.SelectMany(ids => ids)];
            Assert.Equal(expected, certain.Count);
            Assert.Equal(expected, AssertWhole(state, certain).Count);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }
}
