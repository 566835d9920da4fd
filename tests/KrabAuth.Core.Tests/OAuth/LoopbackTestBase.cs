using KrabAuth.OAuth;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>A listener on real sockets that waits for one state.</summary>
public abstract class LoopbackTestBase : IAsyncLifetime
{
    protected const string Right = "the-right-state";
    protected const string Callback = "/auth/callback";

    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private protected readonly ManualClock _clock = new();
    private protected readonly LoopbackListener _listener;
    private protected readonly int _port;

    protected LoopbackTestBase()
    {
        _patience.CancelAfter(Patience.Limit);
        _listener = LoopbackListener.TryStart("http://localhost:0" + Callback, _clock)!;
        _listener.Expect(Right);
        _port = new Uri(_listener.RedirectUri).Port;
    }

    protected CancellationToken Cancellation => _patience.Token;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _patience.Dispose();
        GC.SuppressFinalize(this);
    }
}
