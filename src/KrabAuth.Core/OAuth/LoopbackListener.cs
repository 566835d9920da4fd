using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace KrabAuth.OAuth;

/// <summary>What came back from the authorization server.</summary>
/// <param name="Code">The code, unless there is an error.</param>
/// <param name="Error">The error, unless there is a code (RFC 6749 §4.1.2.1).</param>
/// <param name="Issuer">The <c>iss</c> parameter (RFC 9207).</param>
/// <param name="IsBare">Whether a person pasted the code without the address around it, so that there was no room for an <c>iss</c>.</param>
internal sealed record AuthorizationAnswer(string? Code, OAuthError? Error, string? Issuer, bool IsBare = false);

/// <summary>
/// Waits on this machine for the one redirect that ends a sign-in (RFC 8252 §7.3). It listens on 127.0.0.1 and ::1 alone, looks at
/// the state before anything else, answers whatever is wrong and goes on waiting, and is closed as soon as it has served.
/// </summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private const string DonePath = "/done";
    internal const int MostConnections = 64;
    private const int Backlog = 128;
    private const int PortAttempts = 8;
    private const int MostDrained = 64 * 1024;

    /// <summary>A browser sends its request at once; who does not is hung up on.</summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    /// <summary>How long the browser may take to follow to the page without the code.</summary>
    private static readonly TimeSpan DoneTime = TimeSpan.FromSeconds(2);

    private readonly List<TcpListener> _listeners;
    private readonly string _path;
    private byte[]? _state;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _connections = new(MostConnections, MostConnections);
    private readonly TaskCompletionSource<AuthorizationAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<byte[]> _page = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _accepting;
    private int _answered;
    private int _disposed;

    private LoopbackListener(List<TcpListener> listeners, string redirectUri, string path, TimeProvider clock)
    {
        _listeners = listeners;
        _path = path;
        _clock = clock;
        RedirectUri = redirectUri;
        _accepting = [.. listeners.Select(AcceptAsync)];
    }

    /// <summary>The redirect URI: as given, or with the port that was free where it asked for any.</summary>
    public string RedirectUri { get; }

    /// <summary>The answer with the right state.</summary>
    public Task<AuthorizationAnswer> Answer => _answer.Task;

    /// <summary>Whether a redirect URI leads to this machine. Another one, such as a page of the provider's that shows the code, is for pasting.</summary>
    public static bool CanServe(string redirectUri)
        => Uri.TryCreate(redirectUri, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp && ServerMetadata.IsLoopback(uri);

    /// <summary>Opens the port of a redirect URI; one whose port is 0 gets any that is free (RFC 8252 §7.3).</summary>
    /// <returns>Null if another program has it.</returns>
    public static LoopbackListener? TryStart(string redirectUri, TimeProvider clock)
    {
        var uri = new Uri(redirectUri);
        // A port that is free at one address may be taken at the other; where any will do, the next is tried.
        for (int attempt = uri.Port == 0 ? PortAttempts : 1; attempt > 0; attempt--)
        {
            if (BindBoth(uri.Port) is not { } listeners) continue;
            int port = ((IPEndPoint)listeners[0].LocalEndpoint).Port;
            string bound = uri.Port == port ? redirectUri : new UriBuilder(uri) { Port = port }.Uri.ToString();
            return new LoopbackListener(listeners, bound, uri.AbsolutePath, clock);
        }
        return null;
    }

    private static List<TcpListener>? BindBoth(int wanted)
    {
        if (Bind(IPAddress.Loopback, wanted) is not { } first) return null;
        int port = ((IPEndPoint)first.LocalEndpoint).Port;
        var listeners = new List<TcpListener> { first };
        if (Socket.OSSupportsIPv6)
        {
            try
            {
                if (Bind(IPAddress.IPv6Loopback, port) is not { } second)
                {
                    // Half of a port is no port: a browser that asks for localhost may meet the other program.
                    first.Dispose();
                    return null;
                }
                listeners.Add(second);
            }
            catch (SocketException)
            {
                // A machine whose IPv6 is switched off has no ::1; the other address serves.
            }
        }
        return listeners;
    }

    /// <summary>Says which state the right answer has. Until then every answer is wrong.</summary>
    public void Expect(string state) => _state = Encoding.UTF8.GetBytes(state);

    private static TcpListener? Bind(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Server.ExclusiveAddressUse = true;
            listener.Start(Backlog);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            return e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported ? throw new SocketException((int)e.SocketErrorCode) : null;
        }
    }

    /// <summary>Shows the browser how the sign-in ended, and waits a moment until it has seen it.</summary>
    public async Task ShowAsync(byte[] page)
    {
        _page.TrySetResult(page);
        if (_answered == 0) return;
        await Task.WhenAny(_shown.Task, Task.Delay(DoneTime, _clock)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (TcpListener listener in _listeners) listener.Dispose();
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        // With every place free, nobody is served any more: what they used can go.
        for (int i = 0; i < MostConnections; i++) await _connections.WaitAsync().ConfigureAwait(false);
        _answer.TrySetCanceled();
        _closing.Dispose();
        _connections.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                await _connections.WaitAsync(_closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(_closing.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException)
            {
                // One connection that broke before it was taken; the listener lives, unless it is closing.
                _connections.Release();
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var expiry = new CancellationTokenSource(RequestTime, _clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, _closing.Token))
        {
            try
            {
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                CallbackRequest? request = await CallbackRequest.ReadAsync(stream, either.Token).ConfigureAwait(false);
                byte[] response = request is null
                    ? CallbackPages.Refused(400, "The request cannot be read.")
                    : await RespondAsync(request).ConfigureAwait(false);
                await stream.WriteAsync(response, _closing.Token).ConfigureAwait(false);
                client.Client.Shutdown(SocketShutdown.Send);
                if (_page.Task.IsCompleted && ReferenceEquals(response, await _page.Task.ConfigureAwait(false))) _shown.TrySetResult();
                await DrainAsync(stream, either.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Who hangs up, or is too slow, gets nothing more. The wait for the right answer goes on.
            }
            finally
            {
                _connections.Release();
            }
        }
    }

    /// <summary>A connection that is closed with something unread is reset, and the answer may be lost on its way.</summary>
    private static async Task DrainAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] rest = new byte[4096];
        int drained = 0;
        for (int read; drained < MostDrained && (read = await stream.ReadAsync(rest, cancellationToken).ConfigureAwait(false)) > 0;) drained += read;
    }

    private async Task<byte[]> RespondAsync(CallbackRequest request)
    {
        if (!IsOwnHost(request)) return CallbackPages.Refused(403, "The request names another host.");
        if (request.Method != "GET") return CallbackPages.Refused(405, "Only GET is answered.");
        if (!IsNavigation(request)) return CallbackPages.Refused(403, "The request does not come from a page that you opened.");
        if (request.Path == DonePath && _page.Task.IsCompleted) return await _page.Task.ConfigureAwait(false);
        if (request.Path != _path) return CallbackPages.Refused(404, "There is nothing here.");
        byte[] state = Encoding.UTF8.GetBytes(request.Query.GetValueOrDefault("state", string.Empty));
        if (_state is null || !CryptographicOperations.FixedTimeEquals(state, _state)) return CallbackPages.Refused(400, "State mismatch.");
        if (Read(request) is not { } answer) return CallbackPages.Refused(400, "Missing authorization code.");
        if (Interlocked.Exchange(ref _answered, 1) != 0) return CallbackPages.AlreadyDone();
        _answer.TrySetResult(answer);
        // The page says how it ended, and that is known only when the code was exchanged.
        await _page.Task.WaitAsync(_closing.Token).ConfigureAwait(false);
        return CallbackPages.Redirect(DonePath);
    }

    private static AuthorizationAnswer? Read(CallbackRequest request)
    {
        string? issuer = request.Query.GetValueOrDefault("iss");
        if (request.Query.TryGetValue("error", out string? error)) return new AuthorizationAnswer(null, OAuthError.FromCallback(error, request.Query.GetValueOrDefault("error_description")), issuer);
        return request.Query.TryGetValue("code", out string? code) && code.Length > 0 ? new AuthorizationAnswer(code, null, issuer) : null;
    }

    /// <summary>A page elsewhere can make a name of its own point to this machine (DNS rebinding); it cannot make the browser say ours.</summary>
    private bool IsOwnHost(CallbackRequest request)
    {
        int port = ((IPEndPoint)_listeners[0].LocalEndpoint).Port;
        return request.Headers.TryGetValue("Host", out string? host)
            && (host == $"localhost:{port}" || host == $"127.0.0.1:{port}" || host == $"[::1]:{port}");
    }

    /// <summary>The redirect is a navigation of the whole page; an image, a frame or a script that asks is somebody else's.</summary>
    private bool IsNavigation(CallbackRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Mode", out string? mode) && mode != "navigate") return false;
        if (request.Headers.TryGetValue("Sec-Fetch-Dest", out string? destination) && destination != "document") return false;
        return !request.Headers.TryGetValue("Origin", out string? origin) || origin == new Uri(RedirectUri).GetLeftPart(UriPartial.Authority);
    }
}
