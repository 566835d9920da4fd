using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>A store's directory, and the lock of the store on a clock that the test moves.</summary>
public abstract class LockTestBase : IDisposable
{
    /// <summary>Longer than any pause between two looks at a lock, shorter than every other time.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    protected LockTestBase() => Directory.CreateDirectory(Path.GetDirectoryName(State.StorePath)!);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected TempState State { get; } = new();

    protected ManualClock Clock { get; } = new();

    protected string LockPath => State.LockPath;

    protected string QueueDirectory => State.InAgent(".auth-profiles.json.queue");

    public void Dispose()
    {
        State.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<StoreLock> Acquire(PeerLockForm form = PeerLockForm.Directory, TimeSpan? timeout = null, CancellationToken? cancellation = null)
    {
        var options = new LockOptions { Clock = Clock };
        if (timeout is { } time) options = options with { Timeout = time };
        return StoreLock.AcquireAsync(State.StorePath, form, options, State.Log, cancellation ?? Cancellation);
    }

    /// <summary>Tries once, and tells whether the lock was had; what stood there before stays if it was not.</summary>
    private protected async Task<bool> TryOnce(PeerLockForm form = PeerLockForm.Directory)
    {
        try
        {
            using StoreLock taken = await Acquire(form, TimeSpan.Zero);
            return true;
        }
        catch (KrabAuthException e) when (e.ErrorId == "StoreLocked")
        {
            return false;
        }
    }

    /// <summary>Returns when the waiter has looked and begun its next pause; then lets the pause be over.</summary>
    private protected async Task LookAgain()
    {
        await Clock.NextWaitAsync(LongestPause, Cancellation).WaitAsync(Patience.Limit, Cancellation);
        Clock.Advance(LongestPause);
    }

    /// <summary>Makes a lock as proper-lockfile does, with a modification time so long ago.</summary>
    private protected void MakeDirectoryLock(TimeSpan age)
    {
        Directory.CreateDirectory(LockPath);
        Directory.SetLastWriteTimeUtc(LockPath, (Clock.GetUtcNow() - age).UtcDateTime);
    }

    private protected void MakeFileLock(string content, TimeSpan age = default)
    {
        File.WriteAllText(LockPath, content);
        File.SetLastWriteTimeUtc(LockPath, (Clock.GetUtcNow() - age).UtcDateTime);
    }
}
