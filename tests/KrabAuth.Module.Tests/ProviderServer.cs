using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading.Tasks;

namespace KrabAuth.Examples;

/// <summary>
/// Providers' APIs on this machine. An answer belongs to a path and, where the account matters, to a text that the headers with
/// the credential hold; an address without an answer does not exist.
/// </summary>
public sealed class ProviderServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<(string Path, string Credential, int Status, string Body)> _answers = new();
    private readonly Task _serving;

    /// <param name="listener">One that listens already; it is closed with the server.</param>
    public ProviderServer(HttpListener listener)
    {
        _listener = listener;
        Address = listener.Prefixes.Single().TrimEnd('/');
        _serving = ServeAsync();
    }

    /// <summary>Where it is, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>What was asked: method and path.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Answer(string path, string credential, int status, string body) => _answers.Enqueue((path, credential, status, body));

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
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            HttpListenerRequest request = context.Request;
            Requests.Enqueue($"{request.HttpMethod} {request.Url!.AbsolutePath}");
            string sent = $"{request.Headers["Authorization"]} {request.Headers["x-api-key"]}";
            (int status, string body) = (404, "{}");
            foreach ((string path, string credential, int answerStatus, string answer) in _answers)
            {
                if (path != request.Url.AbsolutePath || !sent.Contains(credential, StringComparison.Ordinal)) continue;
                (status, body) = (answerStatus, answer);
                break;
            }
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body)).ConfigureAwait(false);
            context.Response.Close();
        }
    }
}
