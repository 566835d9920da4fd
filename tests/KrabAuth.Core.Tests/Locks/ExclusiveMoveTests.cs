using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>A lock that is a file gets its name once, however many want it at the same time.</summary>
public sealed class ExclusiveMoveTests : IDisposable
{
    private const int Movers = 4;
    private const int Rounds = 300;

    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task Of_those_that_want_a_name_at_once_one_gets_it()
    {
        using var start = new Barrier(Movers);
        int[][] winners = await Task.WhenAll(Enumerable.Range(0, Movers).Select(mover => Task.Factory.StartNew(() => Won(mover, start), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(Enumerable.Range(0, Rounds), winners.SelectMany(rounds => rounds).Order());
    }

    [Fact]
    public void What_has_the_name_stays_and_so_does_what_wanted_it()
    {
        string path = _state.Write("mine", "mine"), taken = _state.Write("taken", "theirs");
        Assert.False(NativeFile.TryMoveExclusively(path, taken));
        Assert.Equal(("mine", "theirs"), (File.ReadAllText(path), File.ReadAllText(taken)));
        Assert.Throws<DirectoryNotFoundException>(() => NativeFile.TryMoveExclusively(path, Path.Combine(_state.Root, "gone", "name")));
        Assert.True(NativeFile.TryMoveExclusively(path, taken + "2"));
        Assert.Equal((false, "mine"), (File.Exists(path), File.ReadAllText(taken + "2")));
    }

    private int[] Won(int mover, Barrier start)
    {
        var won = new List<int>();
        for (int round = 0; round < Rounds; round++)
        {
            string mine = _state.Write($"{mover}-{round}", string.Empty);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            if (NativeFile.TryMoveExclusively(mine, Path.Combine(_state.Root, $"name-{round}"))) won.Add(round);
        }
        return [.. won];
    }
}
