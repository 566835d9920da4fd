using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KrabAuth.TestSupport;

/// <summary>An account of the fake server.</summary>
public sealed record FakeAccount(string Id, string? Email, string? Plan = "plus");

/// <summary>
/// An authorization server in memory, as strict as the real ones: codes and refresh tokens work once, the proof key and the
/// redirect URI must fit, and a refresh token that comes a second time ends all that came of it.
/// </summary>
public sealed class FakeAuthorizationServer : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<ServerRequest> _requests = new();
    private readonly ConcurrentQueue<Func<ServerRequest, HttpResponseMessage>> _answers = new();
    private readonly Dictionary<string, Func<ServerRequest, HttpResponseMessage>> _pages = [];
    private readonly Dictionary<string, (FakeAccount Account, string Challenge, string RedirectUri)> _codes = [];
    private readonly Dictionary<string, (FakeAccount Account, int Family)> _live = [];
    private readonly Dictionary<string, int> _used = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private TaskCompletionSource? _held;
    private int _number;

    /// <summary>Who signs in.</summary>
    public FakeAccount Account { get; set; } = new("acct-11111111", "me@example.com");

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether answers to a refresh bring a new refresh token.</summary>
    public bool Rotates { get; set; } = true;

    /// <summary>The name that every redirect brings (RFC 9207), if there is one.</summary>
    public string? Issuer { get; set; }

    /// <summary>How often a refresh token came that had been used before.</summary>
    public int Reuses { get; private set; }

    public IReadOnlyList<ServerRequest> Requests => [.. _requests];

    /// <summary>The requests for tokens.</summary>
    public IReadOnlyList<ServerRequest> TokenRequests => [.. _requests.Where(request => request["grant_type"] is not null)];

    /// <summary>Every secret that it gave out or was sent: none of them may appear anywhere else.</summary>
    public ConcurrentBag<string> Secrets { get; } = [];

    /// <summary>Gives the next request for a token this answer instead.</summary>
    public FakeAuthorizationServer Answer(HttpStatusCode status, string body, string contentType = "application/json") => Answer(_ => Response(status, body, contentType));

    public FakeAuthorizationServer Answer(Func<ServerRequest, HttpResponseMessage> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>Lets the network fail at the next request for a token.</summary>
    public FakeAuthorizationServer Fail(string message = "Connection refused") => Answer(_ => throw new HttpRequestException(message));

    /// <summary>Serves an address with something of its own.</summary>
    public void Serve(string address, Func<ServerRequest, HttpResponseMessage> page) => _pages[address] = page;

    /// <summary>Serves an address with a JSON document.</summary>
    public void Serve(string address, JsonObject document) => Serve(address, _ => Response(HttpStatusCode.OK, document.ToJsonString()));

    /// <summary>Keeps requests for tokens waiting until <see cref="Release"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held?.TrySetResult();

    /// <summary>Returns when a request for a token has arrived.</summary>
    public Task NextArrivalAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    /// <summary>Gives a refresh token without a sign-in.</summary>
    public string GrantRefreshToken(FakeAccount? account = null)
    {
        lock (_lock) return AddRefreshToken(account ?? Account, ++_number);
    }

    /// <summary>The person agrees: the redirect that the browser follows.</summary>
    public Uri Authorize(Uri address)
    {
        Dictionary<string, string> query = ServerRequest.Parse(address.Query).ToDictionary();
        string code;
        lock (_lock)
        {
            code = $"code-{++_number}-{Guid.NewGuid():N}";
            _codes[code] = (Account, query["code_challenge"], query["redirect_uri"]);
        }
        Secrets.Add(code);
        string issuer = Issuer is null ? string.Empty : $"&iss={Uri.EscapeDataString(Issuer)}";
        return new Uri($"{query["redirect_uri"]}?code={code}&state={query["state"]}{issuer}");
    }

    /// <summary>A code for a proof key that the test, or the server's own device flow, made.</summary>
    public string GrantCode(string challenge, string redirectUri)
    {
        string code = $"code-{Guid.NewGuid():N}";
        lock (_lock) _codes[code] = (Account, challenge, redirectUri);
        Secrets.Add(code);
        return code;
    }

    /// <summary>A JSON Web Token with the claims that OpenAI puts into its own.</summary>
    public string AccessToken(FakeAccount account)
    {
        var payload = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["exp"] = (Clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds(),
            ["email"] = account.Email,
            ["https://api.openai.com/auth"] = new JsonObject { ["chatgpt_account_id"] = account.Id, ["chatgpt_plan_type"] = account.Plan },
            ["https://api.openai.com/profile"] = new JsonObject { ["email"] = account.Email },
        };
        string token = $"{Jwt.Encode("""{"alg":"none"}""")}.{Jwt.Encode(payload.ToJsonString())}.{Guid.NewGuid():N}";
        Secrets.Add(token);
        return token;
    }

    public static HttpResponseMessage Response(HttpStatusCode status, string body, string contentType = "application/json")
        => new(status) { Content = new StringContent(body, Encoding.UTF8, contentType) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ServerRequest received = await ServerRequest.ReadAsync(request, cancellationToken);
        _requests.Enqueue(received);
        if (received["code_verifier"] is { } verifier) Secrets.Add(verifier);
        if (_pages.TryGetValue(received.Url.AbsoluteUri, out Func<ServerRequest, HttpResponseMessage>? page)) return page(received);
        if (received["grant_type"] is not { } grant) return Response(HttpStatusCode.NotFound, "{}");
        _arrived.Release();
        if (_held is { } held) await held.Task.WaitAsync(cancellationToken);
        if (_answers.TryDequeue(out Func<ServerRequest, HttpResponseMessage>? answer)) return answer(received);
        lock (_lock)
        {
            return grant switch
            {
                "authorization_code" => ExchangeCode(received),
                "refresh_token" => Refresh(received["refresh_token"]!),
                _ => Response(HttpStatusCode.BadRequest, """{"error":"unsupported_grant_type"}"""),
            };
        }
    }

    private HttpResponseMessage ExchangeCode(ServerRequest request)
    {
        bool isKnown = _codes.Remove(request["code"]!, out (FakeAccount Account, string Challenge, string RedirectUri) code);
        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(request["code_verifier"]!)));
        return isKnown && challenge == code.Challenge && request["redirect_uri"] == code.RedirectUri
            ? Tokens(code.Account, AddRefreshToken(code.Account, ++_number))
            : Response(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"code, verifier or redirect URI do not fit"}""");
    }

    private HttpResponseMessage Refresh(string token)
    {
        if (_used.TryGetValue(token, out int family))
        {
            Reuses++;
            foreach (string live in _live.Where(entry => entry.Value.Family == family).Select(entry => entry.Key).ToList()) _live.Remove(live);
            return Response(HttpStatusCode.Unauthorized, """{"error":{"code":"refresh_token_reused","message":"Your refresh token has already been used."}}""");
        }
        if (!_live.TryGetValue(token, out (FakeAccount Account, int Family) grant)) return Response(HttpStatusCode.BadRequest, """{"error":"invalid_grant"}""");
        if (!Rotates) return Tokens(grant.Account, null);
        _live.Remove(token);
        _used[token] = grant.Family;
        return Tokens(grant.Account, AddRefreshToken(grant.Account, grant.Family));
    }

    private string AddRefreshToken(FakeAccount account, int family)
    {
        string token = $"rt-{Guid.NewGuid():N}";
        _live[token] = (account, family);
        Secrets.Add(token);
        return token;
    }

    private HttpResponseMessage Tokens(FakeAccount account, string? refreshToken)
    {
        var answer = new JsonObject { ["access_token"] = AccessToken(account), ["token_type"] = "Bearer", ["expires_in"] = (long)Lifetime.TotalSeconds };
        if (refreshToken is not null) answer["refresh_token"] = refreshToken;
        return Response(HttpStatusCode.OK, answer.ToJsonString());
    }
}
