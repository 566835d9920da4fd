using KrabAuth.Interop.Tests.Support;
using KrabAuth.TestSupport;

namespace KrabAuth.Interop.Tests;

/// <summary>Writers of ours that are killed or stopped, between writers that take npm's proper-lockfile.</summary>
[Trait("Category", "Torture")]
public sealed class LockTorture : IDisposable
{
    private const int PerWriter = 10;

    private readonly Node _node;
    private readonly TempHome _home = new();

    public LockTorture(Node node)
    {
        _node = node;
        node.Require();
        _home.WriteEmptyStore();
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public async Task Peers_and_ours_that_are_killed_lose_nothing_that_they_told(int processes)
    {
        var seed = TestSeed.New();
        TestContext.Current.TestOutputHelper!.WriteLine($"{seed}");
        Random random = seed.ToRandom();
        int started = 0;
        List<Session> peers = [.. Enumerable.Range(0, processes / 2).Select(number => Session.Start(_home, _node, "locker.mjs", "write", _home.StorePath, $"peer{number}", $"{PerWriter}").For(TimeSpan.FromMinutes(5)))];
        List<Session> ours = [.. Enumerable.Range(0, processes / 2).Select(_ => Start())];
        var told = new List<string>();
        try
        {
            for (int kill = 0; kill < processes; kill++)
            {
                int victim = random.Next(ours.Count);
                // It is at work when it has told something; how much more it does before it dies is chance.
                await ours[victim].LineAsync(line => line.StartsWith("openrouter:", StringComparison.Ordinal));
                told.AddRange(WholeLines(await ours[victim].KillAsync()));
                ours[victim].Dispose();
                ours[victim] = Start();
            }
            foreach (Session writer in ours.Concat(peers)) told.AddRange(WholeLines((await writer.FinishAsync()).Succeeded()));
        }
        finally
        {
            foreach (Session writer in ours.Concat(peers)) writer.Dispose();
        }
        HashSet<string> stored = [.. _home.ProfileIds()];
        Assert.Empty(told.Except(stored));
        // A writer that was killed may have stored one more than it could tell.
        Assert.InRange(stored.Count, told.Count, told.Count + processes);
        Assert.Equal(processes / 2 * PerWriter, stored.Count(id => id.StartsWith("openrouter:peer", StringComparison.Ordinal)));
        Assert.False(Path.Exists(_home.StorePath + ".lock"));

        Session Start() => Session.Worker(_home, _home.StateDirectory, $"ours{started++}", $"{PerWriter}").For(TimeSpan.FromMinutes(5));
    }

    // The peers take a lock that was not touched for half a minute. Who comes back after that must not write over what they wrote.
    [Fact]
    public async Task One_that_is_stopped_for_longer_than_a_lock_lives_loses_it_to_a_peer_and_writes_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        using Session worker = Session.Worker(_home, "hold", _home.StateDirectory, "stopped", "0").For(TimeSpan.FromMinutes(2));
        await worker.LineAsync(line => line == "held");
        worker.Signal("STOP");
        using Session peer = Session.Start(_home, _node, "locker.mjs", "write", _home.StorePath, "peer", "3").For(TimeSpan.FromMinutes(2));
        string[] theirs = WholeLines((await peer.FinishAsync()).Succeeded());
        Assert.Equal(3, theirs.Length);
        worker.Signal("CONT");
        Outcome outcome = await worker.FinishAsync("\n");
        Assert.Equal(3, outcome.ExitCode);
        Assert.StartsWith("LockLost", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Run the command again.", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-or-", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(theirs.Order(StringComparer.Ordinal), _home.ProfileIds().Order(StringComparer.Ordinal));
    }

    /// <summary>What was being written when the writer died may be half a line.</summary>
    private static string[] WholeLines(string output) => output[..(output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
