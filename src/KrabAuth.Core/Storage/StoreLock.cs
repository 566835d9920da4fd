using System.Collections.Concurrent;
using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>
/// The lock of a store, in three rings. Threads of one process wait in a queue in memory; KrabAuth processes in a queue of
/// tickets and behind an operating-system lock that dies with its process; and towards the peers stands
/// <c>&lt;store&gt;.lock</c> in the form that the programs of that store take: see <see cref="PeerLock"/>.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly PeerLockForm _form;
    private readonly SemaphoreSlim _gate;
    private readonly LockHolder _holder;
    private readonly TimeProvider _clock;
    private readonly IAuthLog _log;
    private readonly ITimer _renewal;
    private readonly Lock _stampLock = new();
    private DateTime _stamp;
    private DateTime? _next;
    private bool _released;

    private StoreLock(string path, PeerLockForm form, SemaphoreSlim gate, LockHolder holder, DateTime stamp, LockOptions options, IAuthLog log)
    {
        _path = path;
        _form = form;
        _gate = gate;
        _holder = holder;
        _stamp = stamp;
        _clock = options.Clock;
        _log = log;
        _renewal = _clock.CreateTimer(_ => Renew(), null, options.Renewal, options.Renewal);
    }

    /// <summary>Whether it was taken from a holder that is gone, and may have left more behind than its lock.</summary>
    public bool WasAbandoned { get; private init; }

    /// <summary>Waits for the lock of a store file, whose directory exists.</summary>
    /// <param name="storePath">The file; its lock stands beside it.</param>
    /// <param name="form">The form that its programs take.</param>
    /// <param name="options">Times.</param>
    /// <param name="log">Where an abandoned lock is told of.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="queueDirectory">Where KrabAuth's processes line up, if not beside the file: a directory of another program is no place for that.</param>
    /// <exception cref="KrabAuthException"><c>StoreLocked</c> after the time-out; <c>UnsafePath</c> if a link stands in the way.</exception>
    public static async Task<StoreLock> AcquireAsync(
        string storePath, PeerLockForm form, LockOptions options, IAuthLog log, CancellationToken cancellationToken, string? queueDirectory = null)
    {
        TimeProvider clock = options.Clock;
        SemaphoreSlim gate = Gates.GetOrAdd(storePath, static _ => new SemaphoreSlim(1, 1));
        long started = clock.GetTimestamp();
        if (!await gate.WaitAsync(options.Timeout, clock, cancellationToken).ConfigureAwait(false))
        {
            throw AuthErrors.StoreLocked(storePath, "another thread of this process", options.Timeout);
        }
        try
        {
            queueDirectory ??= Path.Combine(Path.GetDirectoryName(storePath)!, $".{Path.GetFileName(storePath)}.queue");
            return await AcquireFromPeersAsync(storePath, queueDirectory, form, gate, options, log, started, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    /// <summary>Refuses to go on if the lock was lost, as when this process was stopped for longer than a lock lives.</summary>
    /// <exception cref="KrabAuthException"><c>LockLost</c>.</exception>
    public void ThrowIfLost()
    {
        lock (_stampLock)
        {
            if (FindOwn() is null) throw AuthErrors.LockLost(_path);
        }
    }

    /// <summary>Lets go. A lock that was lost meanwhile belongs to another and is left alone.</summary>
    public void Dispose()
    {
        lock (_stampLock)
        {
            if (_released) return;
            _released = true;
            _renewal.Dispose();
            try
            {
                // One that is out of sight, in a directory that was closed meanwhile, is to be known again by its record.
                if (FindOwn() is { } own)
                {
                    own.Remove(_path);
                    _holder.Forget();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KrabAuthException)
            {
                // What was to be done under it is done, and that it stays is no failure of that. The holder's record still tells that it is
                // ours: the next of ours takes it over.
                _log.Warning($"The lock {_path} could not be removed: {e.Message} Other programs wait for it until it is old. See who may write in its directory, and remove it.");
            }
            finally
            {
                _holder.Dispose();
                _gate.Release();
            }
        }
    }

    private static async Task<StoreLock> AcquireFromPeersAsync(
        string storePath, string queueDirectory, PeerLockForm form, SemaphoreSlim gate, LockOptions options, IAuthLog log, long started, CancellationToken cancellationToken)
    {
        TimeProvider clock = options.Clock;
        string path = storePath + ".lock";
        FileGuard.EnsureOwnDirectory(queueDirectory);
        LockQueue? ticket = null;
        try
        {
            if (!LockQueue.IsEmpty(queueDirectory)) ticket = LockQueue.TryJoin(queueDirectory);
            (int Ahead, long Since) line = (0, started);
            for (int attempt = 0; ; attempt++)
            {
                int ahead = ticket?.Ahead() ?? 0;
                if (ahead != line.Ahead) line = (ahead, clock.GetTimestamp());
                // Who is first but was stopped must not keep the others from a lock that is free.
                bool lineStands = ahead > 0 && clock.GetElapsedTime(line.Since) > LongestTurn;
                if ((ahead == 0 || lineStands) && TryTake(path, form, queueDirectory, gate, options, log) is { } taken) return taken;
                if (clock.GetElapsedTime(started) >= options.Timeout)
                {
                    throw AuthErrors.StoreLocked(storePath, PeerLock.Find(path)?.Describe() ?? "another program", options.Timeout);
                }
                ticket ??= LockQueue.TryJoin(queueDirectory);
                if (ahead > 0 && attempt % 64 == 63) ticket?.RemoveDead();
                await Task.Delay(Pause(attempt, ahead), clock, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ticket?.Dispose();
        }
    }

    /// <summary>Short while the lock is likely to come free, longer for those far back and for a lock that is held long.</summary>
    private static TimeSpan Pause(int attempt, int ahead)
    {
        TimeSpan pause = FirstPause * (1 + ahead) * (1 + attempt / 100);
        return pause < LongestPause ? pause : LongestPause;
    }

    private static StoreLock? TryTake(
        string path, PeerLockForm form, string queueDirectory, SemaphoreSlim gate, LockOptions options, IAuthLog log)
    {
        LockHolder? holder = LockHolder.TryOpen(Path.Combine(queueDirectory, "holder"));
        if (holder is null) return null;
        bool abandoned = false;
        try
        {
            if (PeerLock.Find(path) is { } found)
            {
                if (!holder.WasLeftBehind(found.ModifiedUtc) && !found.IsAbandoned(options.Clock.GetUtcNow(), options.Stale))
                {
                    holder.Dispose();
                    return null;
                }
                log.Verbose($"Taking over the abandoned lock {path} ({found.Describe()}).");
                found.Remove(path);
                abandoned = true;
            }
            DateTime stamp = options.Clock.GetUtcNow().UtcDateTime;
            holder.Record(stamp);
            if (!PeerLock.TryCreate(path, form, stamp, queueDirectory))
            {
                holder.Dispose();
                return null;
            }
            return new StoreLock(path, form, gate, holder, Touch(path, stamp, holder), options, log) { WasAbandoned = abandoned };
        }
        catch
        {
            holder.Dispose();
            throw;
        }
    }

    private static DateTime Touch(string path, DateTime stamp, LockHolder holder)
    {
        // The call for directories serves files too; the other way round it does not on Windows.
        Directory.SetLastWriteTimeUtc(path, stamp);
        DateTime kept = Directory.GetLastWriteTimeUtc(path);
        // Where times are kept to the second, a peer's lock of the same second would look like ours: claim nothing then.
        if (kept != stamp) holder.Forget();
        return kept;
    }

    private PeerLock? FindOwn()
        => PeerLock.Find(_path) is { } found && found.Form == _form && (found.ModifiedUtc == _stamp || found.ModifiedUtc == _next) ? found : null;

    private void Renew()
    {
        lock (_stampLock)
        {
            if (_released) return;
            try
            {
                if (FindOwn() is null) return;
                DateTime stamp = _clock.GetUtcNow().UtcDateTime;
                // Until it is known which of the two the lock has, both are ours.
                _next = stamp;
                _holder.Record(stamp);
                _stamp = Touch(_path, stamp, _holder);
                _next = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or KrabAuthException)
            {
                // A timer has nobody to tell, and its next turn tries again. Whether the lock is still ours is found by ThrowIfLost
                // before anything is replaced.
            }
        }
    }
}
