using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>How long somebody waits, for whom, and what is told of it.</summary>
public sealed class LockWaitTests : LockTestBase
{
    private readonly WatchedClock _clock = new();

    private string Holder => Path.Combine(Directory.CreateDirectory(QueueDirectory).FullName, "holder");

    private string NoPlace => State.InState(new string('x', 300));

    [Fact]
    public void Somebody_with_a_token_that_nobody_else_has_waits_longer()
    {
        var options = new LockOptions { Timeout = TimeSpan.FromSeconds(2), Clock = Clock };
        Assert.Equal(options with { Timeout = TimeSpan.FromSeconds(10) }, options.Patient);
    }

    [Fact]
    public async Task A_process_of_ours_that_has_not_yet_made_its_lock_is_waited_for()
    {
        KrabAuthException error;
        using (LockHolder.TryOpen(Holder))
        {
            Assert.Null(LockHolder.TryOpen(Holder));
            error = await Assert.ThrowsAsync<KrabAuthException>(() => Acquire(timeout: TimeSpan.Zero));
        }
        Assert.Equal($"{State.StorePath} is locked by another program; waited 0 s. Nothing was changed.", error.Message);
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task A_lock_that_nobody_had_is_not_told_of_as_abandoned()
    {
        using StoreLock held = await Acquire();
        Assert.False(held.WasAbandoned);
        Assert.Empty(State.Log.VerboseMessages);
    }

    [Fact]
    public async Task An_abandoned_lock_is_told_of_with_what_it_says()
    {
        MakeDirectoryLock(TimeSpan.Zero);
        Directory.SetLastWriteTimeUtc(LockPath, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        using StoreLock held = await Acquire();
        Assert.True(held.WasAbandoned);
        Assert.Equal($"Taking over the abandoned lock {LockPath} (another program, last sign of life 2026-01-02 03:04:05Z).", Assert.Single(State.Log.VerboseMessages));
    }

    [Theory]
    [InlineData(PeerLockForm.Directory)]
    [InlineData(PeerLockForm.File)]
    internal async Task A_peer_that_is_faster_by_a_hair_has_the_lock(PeerLockForm form)
    {
        const string Theirs = """{ "pid": 1 }""";
        _clock.OnDate = () => File.WriteAllText(LockPath, Theirs);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Wait(form, TimeSpan.Zero));
        Assert.Equal("StoreLocked", error.ErrorId);
        Assert.Equal(Theirs, File.ReadAllText(LockPath));
        // And nobody of ours is kept out when the peer has let go.
        using LockHolder? next = LockHolder.TryOpen(Holder);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_queue_may_stand_elsewhere_than_beside_the_file()
    {
        string elsewhere = State.InState("elsewhere");
        using (await StoreLock.AcquireAsync(State.StorePath, PeerLockForm.Directory, new LockOptions { Clock = Clock }, State.Log, Cancellation, elsewhere))
        {
            Assert.Equal([LockPath], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(LockPath)!));
        }
        Assert.Equal([Path.Combine(elsewhere, "holder")], Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task Who_is_first_in_line_and_was_stopped_is_passed_by_after_a_second()
    {
        Directory.CreateDirectory(QueueDirectory);
        using var stopped = LockQueue.TryJoin(QueueDirectory)!;
        Task<StoreLock> waiting = Wait(PeerLockForm.Directory, TimeSpan.FromSeconds(45));
        await _clock.Advance(TimeSpan.FromSeconds(1), 6, Cancellation).WaitAsync(Patience.Limit, Cancellation);
        Assert.False(waiting.IsCompleted);
        await _clock.Advance(TimeSpan.FromTicks(1), 0, Cancellation);
        (await waiting.WaitAsync(Patience.Limit, Cancellation)).Dispose();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    [InlineData(60, 50)]
    public async Task The_further_back_the_longer_the_pause_up_to_a_limit(int ahead, int milliseconds)
    {
        Directory.CreateDirectory(QueueDirectory);
        for (int i = 0; i < ahead; i++) File.WriteAllText(Path.Combine(QueueDirectory, $"0000000000000000000{i}-1-1.ticket"), string.Empty);
        MakeFileLock($$"""{ "pid": {{Environment.ProcessId}} }""");
        using var cancellation = new CancellationTokenSource();
        Task<StoreLock> waiting = Wait(PeerLockForm.Directory, TimeSpan.FromSeconds(45), cancellation.Token);
        Assert.True(_clock.Timers.TryPeek(out WatchedClock.WatchedTimer? pause));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience.Limit, Cancellation));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pause.Due);
    }

    [Fact]
    public void Where_no_ticket_can_be_had_the_wait_goes_on_without()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A name that is too long is a directory that is missing there.");
        Assert.Null(LockQueue.TryJoin(NoPlace));
    }

    [Fact]
    public void A_queue_that_is_gone_is_an_error()
        => Assert.Throws<DirectoryNotFoundException>(() => LockQueue.TryJoin(QueueDirectory));

    [Fact]
    public void Tickets_older_than_a_moment_are_found_and_nothing_else()
    {
        Directory.CreateDirectory(QueueDirectory);
        DateTime moment = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        string old = Entry("1-1-1.ticket", -1);
        Entry("2-1-1.ticket", 0);
        Entry("3-1-1.ticket", 1);
        Entry("holder", -1);
        Assert.Equal([old], LockQueue.OlderThan(QueueDirectory, moment));

        string Entry(string name, int seconds)
        {
            string path = Path.Combine(QueueDirectory, name);
            File.WriteAllText(path, string.Empty);
            File.SetLastWriteTimeUtc(path, moment.AddSeconds(seconds));
            return path;
        }
    }

    private Task<StoreLock> Wait(PeerLockForm form, TimeSpan timeout, CancellationToken? cancellation = null)
        => StoreLock.AcquireAsync(State.StorePath, form, new LockOptions { Clock = _clock, Timeout = timeout }, State.Log, cancellation ?? Cancellation);
}
