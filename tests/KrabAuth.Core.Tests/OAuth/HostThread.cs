namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The thread of a host that has work of its own, as that of a window: counts what is sent to it, and does it elsewhere.</summary>
internal sealed class HostThread : SynchronizationContext
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Begins something on this thread.</summary>
    public T Begin<T>(Func<T> begin)
    {
        SynchronizationContext? usual = Current;
        SetSynchronizationContext(this);
        try
        {
            return begin();
        }
        finally
        {
            SetSynchronizationContext(usual);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref _calls);
        base.Post(d, state);
    }
}
