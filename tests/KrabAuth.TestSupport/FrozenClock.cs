namespace KrabAuth.TestSupport;

/// <summary>A clock that stands until a test moves it. Timers run on real time: use <see cref="ManualClock"/> to hold those too.</summary>
public sealed class FrozenClock(DateTimeOffset now) : TimeProvider
{
    /// <summary>The moment at which most of the recorded cases were measured.</summary>
    public const long VectorNow = 1700000000000;

    private long _ticks = now.UtcTicks;

    public FrozenClock()
        : this(DateTimeOffset.FromUnixTimeMilliseconds(VectorNow))
    {
    }

    public long Milliseconds => GetUtcNow().ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _ticks, now.UtcTicks);
}
