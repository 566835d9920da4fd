using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>A token endpoint on a real socket that answers as a test says: byte by byte, or not at all.</summary>
internal sealed class HostileEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _requests;
    private long _sent;

    public HostileEndpoint(Func<Socket, CancellationToken, Task> answer)
    {
        Answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it does once a request has arrived.</summary>
    public Func<Socket, CancellationToken, Task> Answer { get; set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/token");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The bytes of bodies that <see cref="FloodAsync"/> could get rid of.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public Task NextArrivalAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    /// <summary>An answer as it stands on the wire.</summary>
    public static byte[] Text(int status, string body, string contentType = "application/json", string headers = "") => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}"));

    public static Func<Socket, CancellationToken, Task> Say(byte[] answer) => async (socket, cancellation) => await socket.SendAsync(answer, cancellation);

    /// <summary>Sends so many bytes as one body without a length.</summary>
    public async Task FloodAsync(Socket socket, long bytes, CancellationToken cancellationToken)
    {
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellationToken);
        byte[] chunk = [.. "10000\r\n"u8, .. Enumerable.Repeat((byte)'x', 0x10000), .. "\r\n"u8];
        for (long left = bytes; left > 0; left -= 0x10000)
        {
            await socket.SendAsync(chunk, cancellationToken);
            Interlocked.Add(ref _sent, 0x10000);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _end.Dispose();
        _arrived.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                while (await ReadRequestAsync(socket))
                {
                    Interlocked.Increment(ref _requests);
                    _arrived.Release();
                    await Answer(socket, _end.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The other side hung up, or the test is over; what that means is the test's to say.
            }
        }
    }

    private async Task<bool> ReadRequestAsync(Socket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), _end.Token);
            if (read == 0) return false;
            length += read;
            string text = Encoding.ASCII.GetString(buffer, 0, length);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            string size = text[..end].Split("\r\n").Select(line => line.Split(':', 2)).Single(header => header[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))[1];
            if (length >= end + 4 + int.Parse(size, CultureInfo.InvariantCulture)) return true;
        }
    }
}
