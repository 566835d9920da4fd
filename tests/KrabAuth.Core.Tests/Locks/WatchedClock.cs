using System.Collections.Concurrent;
using System.Threading.Channels;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>
/// A clock that stands until a test moves it, while pauses last as long as they last: so a waiter looks again and again at the
/// very same moment. It tells of each look, and keeps the timers that it was asked for.
/// </summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly Channel<bool> _looks = Channel.CreateUnbounded<bool>();
    private long _ticks = DateTimeOffset.UtcNow.UtcTicks;

    public ConcurrentQueue<WatchedTimer> Timers { get; } = new();

    /// <summary>What happens in the moment in which somebody asks for the date.</summary>
    public Action? OnDate { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        OnDate?.Invoke();
        return new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
    }

    public override long GetTimestamp()
    {
        long now = Interlocked.Read(ref _ticks);
        _looks.Writer.TryWrite(true);
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(() => callback(state), dueTime, base.CreateTimer(callback, state, dueTime, period));
        Timers.Enqueue(timer);
        return timer;
    }

    /// <summary>Moves time on, and returns when it has been looked at so many times since.</summary>
    public async Task Advance(TimeSpan time, int looks, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _ticks, time.Ticks);
        while (_looks.Reader.TryRead(out _))
        {
        }
        for (int i = 0; i < looks; i++) await _looks.Reader.ReadAsync(cancellationToken);
    }

    /// <summary>A timer that can run out late, too: when it was disposed of already.</summary>
    internal sealed class WatchedTimer(Action run, TimeSpan due, ITimer timer) : ITimer
    {
        public TimeSpan Due => due;

        public bool IsDisposed { get; private set; }

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            IsDisposed = true;
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
