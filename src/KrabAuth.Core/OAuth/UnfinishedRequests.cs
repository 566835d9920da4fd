using System.Collections.Concurrent;

namespace KrabAuth.OAuth;

/// <summary>
/// Requests whose answer must be saved whatever becomes of their caller: a process that ends while one is under way would take
/// the account's only new token along. The end of the process waits for them; each has a time limit of its own.
/// </summary>
internal static class UnfinishedRequests
{
    private static readonly ConcurrentDictionary<Task, bool> Tasks = new();

    static UnfinishedRequests() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Finish();

    /// <summary>Whether any is under way.</summary>
    public static bool Any => !Tasks.IsEmpty;

    /// <summary>Lets the end of the process wait for a task.</summary>
    public static Task<T> Track<T>(Task<T> task)
    {
        Tasks[task] = true;
        _ = task.ContinueWith(static done => Tasks.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    private static void Finish()
    {
        try
        {
            Task.WaitAll([.. Tasks.Keys]);
        }
        catch (AggregateException)
        {
            // Its caller has gone, and with the caller whoever could be told; what could be saved is saved.
        }
    }
}
