using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>The lock as npm's proper-lockfile makes it: a directory whose modification time its holder renews.</summary>
public sealed class DirectoryLockTests : LockTestBase
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_held_lock_is_a_directory_for_the_peers_and_gone_after_release()
    {
        using (await Acquire())
        {
            Assert.True(Directory.Exists(LockPath));
            Assert.Equal(Clock.GetUtcNow().UtcDateTime, Directory.GetLastWriteTimeUtc(LockPath));
        }
        Assert.False(Path.Exists(LockPath));
        Assert.Equal([QueueDirectory], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(LockPath)!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29.999)]
    [InlineData(30)]
    public async Task A_peers_lock_is_never_taken_before_it_is_stale(double seconds)
    {
        MakeDirectoryLock(TimeSpan.FromSeconds(seconds));
        Assert.False(await TryOnce());
        Assert.True(Directory.Exists(LockPath));
    }

    [Fact]
    public async Task A_stale_lock_is_taken_over()
    {
        MakeDirectoryLock(Stale + Moment);
        Assert.True(await TryOnce());
        Assert.False(Path.Exists(LockPath));
    }

    [Fact]
    public async Task A_time_in_the_future_does_not_make_a_lock_stale()
    {
        MakeDirectoryLock(TimeSpan.FromDays(-1));
        Assert.False(await TryOnce());
    }

    [Fact]
    public async Task A_lock_is_waited_for_until_its_holder_lets_go()
    {
        MakeDirectoryLock(TimeSpan.Zero);
        Task<StoreLock> waiting = Acquire();
        await LookAgain();
        await LookAgain();
        Assert.False(waiting.IsCompleted);
        Directory.Delete(LockPath);
        await LookAgain();
        using StoreLock taken = await waiting.WaitAsync(Patience.Limit, Cancellation);
        Assert.True(Directory.Exists(LockPath));
    }

    [Fact]
    public async Task A_lock_that_becomes_stale_is_taken_over_by_the_one_who_waits()
    {
        MakeDirectoryLock(TimeSpan.Zero);
        Task<StoreLock> waiting = Acquire();
        await LookAgain();
        Assert.False(waiting.IsCompleted);
        Clock.Advance(Stale);
        await LookAgain();
        using StoreLock taken = await waiting.WaitAsync(Patience.Limit, Cancellation);
        Assert.True(taken.WasAbandoned);
    }

    [Fact]
    public async Task A_lock_that_its_holder_renews_is_never_taken()
    {
        MakeDirectoryLock(TimeSpan.Zero);
        Task<StoreLock> waiting = Acquire(timeout: TimeSpan.FromMinutes(10));
        for (int i = 0; i < 5; i++)
        {
            await LookAgain();
            Clock.Advance(Stale - TimeSpan.FromSeconds(1));
            Directory.SetLastWriteTimeUtc(LockPath, Clock.GetUtcNow().UtcDateTime);
        }
        Assert.False(waiting.IsCompleted);
        Directory.Delete(LockPath);
        await LookAgain();
        (await waiting.WaitAsync(Patience.Limit, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_held_lock_is_renewed_so_that_nobody_takes_it_for_stale()
    {
        using StoreLock held = await Acquire();
        for (int i = 0; i < 7; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(Clock.GetUtcNow().UtcDateTime, Directory.GetLastWriteTimeUtc(LockPath));
            held.ThrowIfLost();
        }
    }

    [Fact]
    public async Task After_release_nothing_is_renewed()
    {
        (await Acquire()).Dispose();
        MakeDirectoryLock(TimeSpan.Zero);
        DateTime before = Directory.GetLastWriteTimeUtc(LockPath);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(before, Directory.GetLastWriteTimeUtc(LockPath));
    }

    [Fact]
    public async Task A_lock_that_was_removed_is_lost()
    {
        using StoreLock held = await Acquire();
        Directory.Delete(LockPath);
        Assert.Equal("LockLost", Assert.Throws<KrabAuthException>(held.ThrowIfLost).ErrorId);
    }

    [Fact]
    public async Task A_lock_that_another_took_is_lost_and_left_to_the_other()
    {
        StoreLock held = await Acquire();
        Directory.Delete(LockPath);
        MakeDirectoryLock(TimeSpan.FromSeconds(-1));
        DateTime theirs = Directory.GetLastWriteTimeUtc(LockPath);
        Assert.Equal("LockLost", Assert.Throws<KrabAuthException>(held.ThrowIfLost).ErrorId);
        Clock.Advance(TimeSpan.FromSeconds(10));
        held.Dispose();
        Assert.Equal(theirs, Directory.GetLastWriteTimeUtc(LockPath));
    }

    [Fact]
    public async Task Waiting_ends_with_an_error_that_names_the_holder()
    {
        MakeDirectoryLock(TimeSpan.FromSeconds(-100));
        Task<StoreLock> waiting = Acquire(timeout: TimeSpan.FromSeconds(5));
        await LookAgain();
        Clock.Advance(TimeSpan.FromSeconds(5));
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => waiting.WaitAsync(Patience.Limit, Cancellation));
        Assert.Equal(("StoreLocked", AuthErrorKind.Busy), (error.ErrorId, error.Kind));
        Assert.Contains(State.StorePath, error.Message, StringComparison.Ordinal);
        Assert.Contains("another program, last sign of life", error.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(LockPath));
        Assert.Empty(Directory.EnumerateFiles(QueueDirectory, "*.ticket"));
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        MakeDirectoryLock(TimeSpan.Zero);
        using var cancellation = new CancellationTokenSource();
        Task<StoreLock> waiting = Acquire(cancellation: cancellation.Token);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience.Limit, Cancellation));
        Assert.Empty(Directory.EnumerateFiles(QueueDirectory, "*.ticket"));
        Directory.Delete(LockPath);
        Assert.True(await TryOnce());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_at_the_lock_is_refused(bool leadsSomewhere)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string elsewhere = State.InState("elsewhere");
        if (leadsSomewhere) Directory.CreateDirectory(elsewhere);
        File.CreateSymbolicLink(LockPath, elsewhere);
        Assert.Equal("UnsafePath", (await Assert.ThrowsAsync<KrabAuthException>(() => Acquire())).ErrorId);
        Assert.Equal(leadsSomewhere, Directory.Exists(elsewhere));
        Assert.Equal(elsewhere, new FileInfo(LockPath).LinkTarget);
    }

    [Fact]
    public async Task A_link_at_the_queue_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string elsewhere = Directory.CreateDirectory(State.InState("elsewhere")).FullName;
        Directory.CreateSymbolicLink(QueueDirectory, elsewhere);
        Assert.Equal("UnsafePath", (await Assert.ThrowsAsync<KrabAuthException>(() => Acquire())).ErrorId);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task A_lock_file_of_a_newer_peer_is_honoured_too()
    {
        MakeFileLock($$"""{ "pid": {{Environment.ProcessId}} }""", TimeSpan.FromHours(1));
        Assert.False(await TryOnce());
        Assert.True(File.Exists(LockPath));
    }
}
