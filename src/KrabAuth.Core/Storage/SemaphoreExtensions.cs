namespace KrabAuth.Storage;

internal static class SemaphoreExtensions
{
    /// <summary>Waits with a time-out that is told by the given clock. Waiters are served in the order in which they came.</summary>
    public static async Task<bool> WaitAsync(this SemaphoreSlim semaphore, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A free one is had at once, with whatever time to wait. It is free only while nobody is in line.
        if (semaphore.Wait(0, cancellationToken)) return true;
        using var expiry = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            await semaphore.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
