using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Stands between a browser and a listener, passes on what comes from either side, and writes it down.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentBag<Task> _passing = [];
    private readonly ConcurrentQueue<(string Request, string Response)> _exchanges = new();
    private readonly int _target;
    private readonly Task _accepting;

    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The connections on which anything was asked. Browsers open some that they do not use.</summary>
    public IReadOnlyCollection<(string Request, string Response)> Exchanges => _exchanges;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_passing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _passing.Add(PassAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient browser)
    {
        using (browser)
        using (var listener = new TcpClient())
        {
            await listener.ConnectAsync(IPAddress.Loopback, _target, _closing.Token);
            using var request = new MemoryStream();
            using var response = new MemoryStream();
            Task up = CopyAsync(browser, listener, request);
            // The listener answers once and closes its side; then the browser has all there is.
            await CopyAsync(listener, browser, response);
            if (request.Length > 0) _exchanges.Enqueue((Encoding.Latin1.GetString(request.ToArray()), Encoding.Latin1.GetString(response.ToArray())));
            browser.Client.Shutdown(SocketShutdown.Send);
            await up;
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, MemoryStream copy)
    {
        byte[] block = new byte[4096];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(block, _closing.Token)) > 0;)
            {
                await copy.WriteAsync(block.AsMemory(0, read));
                await to.GetStream().WriteAsync(block.AsMemory(0, read), _closing.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // One of the two has hung up, or the test is over.
        }
    }
}
