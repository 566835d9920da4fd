using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Waiting for one's turn, with an end that a clock tells.</summary>
public sealed class SemaphoreTests
{
    [Fact]
    public async Task Who_gives_up_when_the_time_is_up_has_given_up()
    {
        using var semaphore = new SemaphoreSlim(0, 1);
        using var cancellation = new CancellationTokenSource();
        var clock = new TimeUp(cancellation.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => semaphore.WaitAsync(TimeSpan.FromSeconds(1), clock, cancellation.Token));
    }

    [Fact]
    public async Task Whose_time_is_up_did_not_get_it()
    {
        using var semaphore = new SemaphoreSlim(0, 1);
        Assert.False(await semaphore.WaitAsync(TimeSpan.FromSeconds(1), new TimeUp(static () => { }), TestContext.Current.CancellationToken));
        Assert.Equal(0, semaphore.CurrentCount);
    }

    /// <summary>A clock by which every time is up at once, after something else happened.</summary>
    private sealed class TimeUp(Action before) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            before();
            callback(state);
            return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
