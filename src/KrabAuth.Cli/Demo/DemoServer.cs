using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KrabAuth.Cli.Demo;

/// <summary>
/// An authorization server on this machine, for the demo alone: code flow with PKCE, refresh tokens that work once, and a family of
/// tokens that dies when one is used twice, as with the real ones. Whoever asks is signed in as the account that is next.
/// </summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (string Challenge, string Account)> _codes = new();
    private readonly ConcurrentDictionary<string, string> _refreshTokens = new();
    private readonly ConcurrentQueue<string> _accounts;
    private readonly Task _serving;
    private int _refreshes;

    public DemoServer(params string[] accounts)
    {
        _accounts = new ConcurrentQueue<string>(accounts);
        Issuer = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Issuer + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The issuer; its endpoints are found from there.</summary>
    public string Issuer { get; }

    /// <summary>How many times a refresh token was used.</summary>
    public int Refreshes => _refreshes;

    /// <summary>How long access tokens live.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(1);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(false);
    }

    private async Task ServeAsync()
    {
        while (true)
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
            using HttpListenerResponse response = context.Response;
            await AnswerAsync(context.Request, response).ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response) => request.Url!.AbsolutePath switch
    {
        "/.well-known/openid-configuration" => WriteAsync(response, 200, writer =>
        {
            writer.WriteString("issuer", Issuer);
            writer.WriteString("authorization_endpoint", $"{Issuer}/authorize");
            writer.WriteString("token_endpoint", $"{Issuer}/token");
        }),
        "/authorize" => AuthorizeAsync(request, response),
        "/token" => TokenAsync(request, response),
        _ => WriteAsync(response, 404, writer => writer.WriteString("error", "not_found")),
    };

    private Task AuthorizeAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        string code = Random();
        _accounts.TryDequeue(out string? account);
        _codes[code] = (request.QueryString["code_challenge"]!, account ?? "guest@example.com");
        response.Redirect($"{request.QueryString["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.QueryString["state"]!)}");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        using var reader = new StreamReader(request.InputStream, Encoding.UTF8);
        Dictionary<string, string> form = (await reader.ReadToEndAsync().ConfigureAwait(false)).Split('&')
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
        string? account = form["grant_type"] == "refresh_token" ? UseRefreshToken(form["refresh_token"]) : UseCode(form);
        if (account is null)
        {
            await WriteAsync(response, 400, writer => writer.WriteString("error", "invalid_grant")).ConfigureAwait(false);
            return;
        }
        string refresh = Random();
        _refreshTokens[refresh] = account;
        await WriteAsync(response, 200, writer =>
        {
            writer.WriteString("access_token", Random());
            writer.WriteString("refresh_token", refresh);
            writer.WriteString("id_token", $"{Encode("{\"alg\":\"none\"}")}.{Encode($"{{\"email\":\"{account}\"}}")}.demo");
            writer.WriteString("token_type", "Bearer");
            writer.WriteNumber("expires_in", (int)Life.TotalSeconds);
        }).ConfigureAwait(false);
    }

    private string? UseCode(Dictionary<string, string> form)
    {
        if (!_codes.TryRemove(form["code"], out (string Challenge, string Account) issued)) return null;
        string challenge = Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"])));
        return challenge == issued.Challenge ? issued.Account : null;
    }

    private string? UseRefreshToken(string token)
    {
        Interlocked.Increment(ref _refreshes);
        return _refreshTokens.TryRemove(token, out string? account) ? account : null;
    }

    private static async Task WriteAsync(HttpListenerResponse response, int status, Action<Utf8JsonWriter> body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(response.OutputStream);
        writer.WriteStartObject();
        body(writer);
        writer.WriteEndObject();
    }

    private static string Random() => Encode(RandomNumberGenerator.GetBytes(24));

    private static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <summary>HttpListener cannot choose a port itself.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
