using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>What a lock leaves behind: nothing when it was let go of, and its record when its holder died with it.</summary>
public sealed class LockReleaseTests : LockTestBase
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    private string Holder => Path.Combine(QueueDirectory, "holder");

    [Fact]
    public async Task A_lock_that_was_released_is_forgotten_so_that_a_peers_of_the_same_moment_is_the_peers()
    {
        (await Acquire()).Dispose();
        Assert.Empty(File.ReadAllBytes(Holder));
        MakeDirectoryLock(TimeSpan.Zero);
        Assert.False(await TryOnce());
        Assert.True(Directory.Exists(LockPath));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_lock_that_was_out_of_sight_at_its_release_is_known_again(int renewals)
    {
        StoreLock held = await Acquire();
        for (int i = 0; i < renewals; i++) Clock.Advance(Renewal);
        Directory.Delete(LockPath);
        held.Dispose();
        MakeDirectoryLock(TimeSpan.Zero);
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task A_kill_between_the_record_and_the_renewal_leaves_a_lock_that_is_known_too()
    {
        StoreLock held = await Acquire();
        Clock.Advance(Renewal);
        Directory.Delete(LockPath);
        held.Dispose();
        MakeDirectoryLock(Renewal);
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task Letting_go_twice_takes_nothing_from_the_next_holder()
    {
        StoreLock first = await Acquire();
        first.Dispose();
        using StoreLock second = await Acquire();
        first.Dispose();
        second.ThrowIfLost();
        Assert.False(await TryOnce());
    }

    [Fact]
    public async Task A_renewal_that_comes_after_the_release_touches_nothing()
    {
        var clock = new WatchedClock();
        DateTime stamp = clock.GetUtcNow().UtcDateTime;
        StoreLock held = await StoreLock.AcquireAsync(State.StorePath, PeerLockForm.Directory, new LockOptions { Clock = clock }, State.Log, Cancellation);
        held.Dispose();
        WatchedClock.WatchedTimer renewal = Assert.Single(clock.Timers);
        Assert.True(renewal.IsDisposed);
        // A peer's, with the very time that ours had.
        Directory.CreateDirectory(LockPath);
        Directory.SetLastWriteTimeUtc(LockPath, stamp);
        renewal.Run();
        Assert.Equal(stamp, Directory.GetLastWriteTimeUtc(LockPath));
        Assert.Empty(File.ReadAllBytes(Holder));
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_at_its_next_turn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no link to plant there.");
        using StoreLock held = await Acquire();
        DateTime stamp = Clock.GetUtcNow().UtcDateTime;
        Directory.Delete(LockPath);
        File.CreateSymbolicLink(LockPath, State.InState("elsewhere"));
        Clock.Advance(Renewal);
        File.Delete(LockPath);
        Directory.CreateDirectory(LockPath);
        Directory.SetLastWriteTimeUtc(LockPath, stamp);
        Clock.Advance(Renewal);
        Assert.Equal(Clock.GetUtcNow().UtcDateTime, Directory.GetLastWriteTimeUtc(LockPath));
        held.ThrowIfLost();
    }

    [Fact]
    public async Task A_lock_that_was_refused_keeps_nobody_out()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        File.CreateSymbolicLink(LockPath, State.InState("elsewhere"));
        Assert.Equal("UnsafePath", (await Assert.ThrowsAsync<KrabAuthException>(() => Acquire())).ErrorId);
        File.Delete(LockPath);
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task What_stands_in_the_queue_is_its_owners_alone()
    {
        (await Acquire()).Dispose();
        using var ticket = LockQueue.TryJoin(QueueDirectory)!;
        Assert.All(Directory.EnumerateFiles(QueueDirectory), path => Assert.False(FileGuard.IsExposed(path)));
        Assert.Equal(2, Directory.EnumerateFiles(QueueDirectory).Count());
    }
}
