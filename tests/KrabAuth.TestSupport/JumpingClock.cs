namespace KrabAuth.TestSupport;

/// <summary>The system's clock, set back and forward by a test. Its timers and its measure of time that passes know nothing of that, as those of a system.</summary>
public sealed class JumpingClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public void Jump(TimeSpan time) => Interlocked.Add(ref _offset, time.Ticks);
}
