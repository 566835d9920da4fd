namespace KrabAuth.Storage;

/// <summary>The times of a store lock. The defaults are those that the peers use.</summary>
public sealed record LockOptions
{
    /// <summary>A lock whose modification time is older than this was left behind. The peers' 30 seconds.</summary>
    public TimeSpan Stale { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the modification time is renewed while the lock is held.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait. Longer than <see cref="Stale"/>, so that one left behind never makes a writer fail.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// The same with the patience of somebody who has a token in hand that nobody else has: longer than the longest request that
    /// another may be waiting for with the lock held.
    /// </summary>
    internal LockOptions Patient => this with { Timeout = Timeout * 5 };

    /// <summary>Real time, even where the rest of the program runs on another: peers compare the same modification times with theirs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
