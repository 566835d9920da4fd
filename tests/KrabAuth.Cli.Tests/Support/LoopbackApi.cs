using System.Collections.Concurrent;
using System.Net;
using System.Text;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests.Support;

/// <summary>A provider's API on this machine, for a process that really asks it.</summary>
internal sealed class LoopbackApi : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentDictionary<string, Func<HttpListenerRequest, (int Status, string Body)>> _pages = new();
    private readonly Task _serving;

    public LoopbackApi()
    {
        (_listener, Address) = FreeListener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What was asked: method, path and the header that carries the credential.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public void Serve(string path, Func<HttpListenerRequest, (int Status, string Body)> page) => _pages[path] = page;

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
                return;
            }
            HttpListenerRequest request = context.Request;
            Requests.Enqueue($"{request.HttpMethod} {request.Url!.AbsolutePath} {request.Headers["Authorization"]}");
            (int status, string body) = _pages.TryGetValue(request.Url.AbsolutePath, out Func<HttpListenerRequest, (int Status, string Body)>? page) ? page(request) : (404, "{}");
            context.Response.StatusCode = status;
            if (status is >= 300 and < 400) context.Response.RedirectLocation = body;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}
