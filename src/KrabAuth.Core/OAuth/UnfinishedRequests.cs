using System.Collections.Concurrent;

namespace KrabAuth.OAuth;

/// <summary>
/// Requests whose answer must be saved whatever becomes of their caller: a process that ends while one is under way would take
/// the account's only new token along. The end of the process waits for them; each has a time limit of its own.
/// </summary>
internal sealed class UnfinishedRequests
{
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();

    static UnfinishedRequests() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => OfProcess.Finish();

    /// <summary>Those that the end of this process waits for.</summary>
    public static UnfinishedRequests OfProcess { get; } = new();

    /// <summary>Whether any is under way.</summary>
    public bool Any => !_tasks.IsEmpty;

    /// <summary>Counts a task in until it ends.</summary>
    public Task<T> Track<T>(Task<T> task)
    {
        _tasks[task] = true;
        _ = task.ContinueWith(done => _tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    private void Finish()
    {
        try
        {
            Task.WaitAll([.. _tasks.Keys]);
        }
        catch (AggregateException)
        {
            // Its caller has gone, and with the caller whoever could be told; what could be saved is saved.
        }
    }
}
