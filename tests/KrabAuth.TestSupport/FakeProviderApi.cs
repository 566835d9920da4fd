using System.Collections.Concurrent;
using System.Net;

namespace KrabAuth.TestSupport;

/// <summary>
/// Providers' own APIs in memory. It writes down every request, counts how many are under way at once, and answers what a
/// test told it to; an address that nobody told it of does not exist.
/// </summary>
public sealed class FakeProviderApi : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<ServerRequest, CancellationToken, Task<HttpResponseMessage>>> _pages = new();
    private readonly ConcurrentQueue<ServerRequest> _requests = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private TaskCompletionSource? _held;
    private int _underWay;
    private int _mostUnderWay;

    public IReadOnlyList<ServerRequest> Requests => [.. _requests];

    /// <summary>The most requests that were under way at one moment.</summary>
    public int MostUnderWay => _mostUnderWay;

    /// <summary>Answers an address.</summary>
    public FakeProviderApi Serve(string address, string body, HttpStatusCode status = HttpStatusCode.OK, string contentType = "application/json")
        => Serve(address, _ => FakeAuthorizationServer.Response(status, body, contentType));

    /// <summary>Answers an address with what a test makes of the request.</summary>
    public FakeProviderApi Serve(string address, Func<ServerRequest, HttpResponseMessage> answer)
    {
        _pages[address] = (request, _) => Task.FromResult(answer(request));
        return this;
    }

    /// <summary>Keeps all requests waiting until <see cref="Release"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held?.TrySetResult();

    /// <summary>Returns when a request has arrived.</summary>
    public Task NextArrivalAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ServerRequest received = await ServerRequest.ReadAsync(request, cancellationToken);
        _requests.Enqueue(received);
        int now = Interlocked.Increment(ref _underWay);
        InterlockedMax(ref _mostUnderWay, now);
        try
        {
            _arrived.Release();
            if (_held is { } held) await held.Task.WaitAsync(cancellationToken);
            return _pages.TryGetValue(received.Url.AbsoluteUri, out Func<ServerRequest, CancellationToken, Task<HttpResponseMessage>>? page)
                ? await page(received, cancellationToken)
                : FakeAuthorizationServer.Response(HttpStatusCode.NotFound, """{"error":{"message":"There is nothing here."}}""");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (seen < value && Interlocked.CompareExchange(ref target, value, seen) != seen) seen = Volatile.Read(ref target);
    }
}
