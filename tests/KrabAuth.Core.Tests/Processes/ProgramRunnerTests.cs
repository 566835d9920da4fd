using System.Runtime.InteropServices;
using KrabAuth.Host;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Processes;

/// <summary>Programs that are told to end.</summary>
public sealed class ProgramRunnerTests : IDisposable
{
    /// <summary>Nobody moves it, so no time to end runs out, unless a test does.</summary>
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];

    public ProgramRunnerTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");

    public void Dispose() => _stop.Dispose();

    /// <summary>A program that was ended at once left files half written and servers half asked.</summary>
    [Fact]
    public async Task A_program_is_told_and_has_time_to_leave_its_work_in_order()
    {
        ProgramStoppedException stopped = await Assert.ThrowsAsync<ProgramStoppedException>(
            () => Run("trap 'kill -KILL $!; echo in order; echo words >&2; exit 7' TERM; trap 'exit 8' INT; sleep 1000 >/dev/null 2>&1 & echo ready; wait"));
        Assert.Equal((7, _stop.Token), (stopped.ExitCode, stopped.CancellationToken));
        Assert.Equal(["ready", "in order"], _lines);
        Assert.Equal("words\n", string.Concat(_errors));
    }

    [Fact]
    public async Task A_program_that_says_much_while_it_ends_is_read_on()
    {
        ProgramStoppedException stopped = await Assert.ThrowsAsync<ProgramStoppedException>(
            () => Run("trap 'kill -KILL $!; head -c 1000000 /dev/zero | tr \"\\0\" x >&2; exit 7' TERM; sleep 1000 >/dev/null 2>&1 & echo ready; wait"));
        Assert.Equal((7, 1_000_000), (stopped.ExitCode, _errors.Sum(text => text.Length)));
    }

    [Fact]
    public async Task One_that_does_not_listen_is_ended_when_its_time_is_up()
    {
        Task run = Run("trap '' TERM; echo ready; exec sleep 1000");
        await _clock.NextWaitAsync(ProgramRunner.Grace, TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        _clock.Advance(ProgramRunner.Grace - TimeSpan.FromMilliseconds(1));
        Assert.False(run.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(128 + 9, (await Assert.ThrowsAsync<ProgramStoppedException>(() => run)).ExitCode);
    }

    [Fact]
    public async Task What_is_stopped_before_it_begins_does_not_begin()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Run("echo begun"));
        Assert.Empty(_lines);
    }

    private async Task<ProgramEnd> Run(string script) => await ProgramRunner.RunAsync(
        new ProgramStart("sh", ["-c", script])
        {
            Signal = static () => PosixSignal.SIGTERM,
            Clock = _clock,
            OnOutput = line =>
            {
                _lines.Add(line);
                if (line == "ready") _stop.Cancel();
            },
            OnError = (_, text) => _errors.Add(text),
        },
        _stop.Token).WaitAsync(Patience.Limit);
}
