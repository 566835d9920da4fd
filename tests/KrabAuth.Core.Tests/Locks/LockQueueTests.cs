using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>Waiting is fair among our own threads and processes.</summary>
public sealed class LockQueueTests : LockTestBase
{
    [Fact]
    public async Task Threads_get_the_lock_in_the_order_in_which_they_came()
    {
        var order = new List<int>();
        StoreLock first = await Acquire();
        // Each call runs until it waits, so the line is complete, and in this order, before the lock comes free.
        List<Task> waiting = [.. Enumerable.Range(1, 20).Select(TakeTurn)];
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        first.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Patience.Limit, Cancellation);
        Assert.Equal(Enumerable.Range(1, 20), order);

        async Task TakeTurn(int number)
        {
            using StoreLock mine = await Acquire();
            order.Add(number);
        }
    }

    [Fact]
    public async Task Who_waits_for_a_thread_of_this_process_gives_up_in_time()
    {
        using StoreLock first = await Acquire();
        Task<StoreLock> waiting = Acquire(timeout: TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Diagnostics.KrabAuthException error = await Assert.ThrowsAsync<Diagnostics.KrabAuthException>(() => waiting.WaitAsync(Patience.Limit, Cancellation));
        Assert.Equal("StoreLocked", error.ErrorId);
        Assert.Contains("another thread of this process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tickets_stand_in_line()
    {
        Directory.CreateDirectory(QueueDirectory);
        Assert.True(LockQueue.IsEmpty(QueueDirectory));
        var first = LockQueue.TryJoin(QueueDirectory)!;
        var second = LockQueue.TryJoin(QueueDirectory)!;
        var third = LockQueue.TryJoin(QueueDirectory)!;
        Assert.False(LockQueue.IsEmpty(QueueDirectory));
        Assert.Equal([0, 1, 2], new[] { first, second, third }.Select(ticket => ticket.Ahead()));
        first.Dispose();
        Assert.Equal([0, 1], new[] { second, third }.Select(ticket => ticket.Ahead()));
        second.Dispose();
        third.Dispose();
        Assert.True(LockQueue.IsEmpty(QueueDirectory));
    }

    [Fact]
    public void The_dead_leave_the_line_and_the_living_stay()
    {
        Directory.CreateDirectory(QueueDirectory);
        File.WriteAllText(Path.Combine(QueueDirectory, "00000000000000000001-1-1.ticket"), string.Empty);
        using var living = LockQueue.TryJoin(QueueDirectory)!;
        using var mine = LockQueue.TryJoin(QueueDirectory)!;
        Assert.Equal(2, mine.Ahead());
        mine.RemoveDead();
        Assert.Equal(1, mine.Ahead());
        Assert.Equal(0, living.Ahead());
    }

    [Fact]
    public async Task A_free_lock_is_left_to_the_process_that_came_first()
    {
        Directory.CreateDirectory(QueueDirectory);
        var before = LockQueue.TryJoin(QueueDirectory)!;
        Task<StoreLock> waiting = Acquire();
        await LookAgain();
        await LookAgain();
        Assert.False(waiting.IsCompleted);
        before.Dispose();
        await LookAgain();
        (await waiting.WaitAsync(Patience.Limit, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_ticket_of_a_killed_process_holds_nobody_up_for_ever()
    {
        Directory.CreateDirectory(QueueDirectory);
        File.WriteAllText(Path.Combine(QueueDirectory, "00000000000000000001-1-1.ticket"), string.Empty);
        Task<StoreLock> waiting = Acquire();
        for (int looks = 0; looks < 64; looks++) await LookAgain();
        (await waiting.WaitAsync(Patience.Limit, Cancellation)).Dispose();
        Assert.Equal(["holder"], Directory.EnumerateFiles(QueueDirectory).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task A_lock_of_a_killed_process_of_ours_is_taken_at_once()
    {
        using (var holder = LockHolder.TryOpen(Path.Combine(Directory.CreateDirectory(QueueDirectory).FullName, "holder"))!)
        {
            // What is there after a kill: the record, and the directory with the time that was recorded.
            holder.Record(Clock.GetUtcNow().UtcDateTime);
            MakeDirectoryLock(TimeSpan.Zero);
        }
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task A_lock_with_another_time_is_not_taken_for_ours()
    {
        using (var holder = LockHolder.TryOpen(Path.Combine(Directory.CreateDirectory(QueueDirectory).FullName, "holder"))!)
        {
            holder.Record(Clock.GetUtcNow().UtcDateTime);
            MakeDirectoryLock(TimeSpan.FromMilliseconds(1));
        }
        Assert.False(await TryOnce());
    }
}
