using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using KrabAuth.TestSupport;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>
/// A provider's API on this machine that limits, bills, hangs and recovers account by account, and remembers what each account did:
/// above all, whether it came while it had been told to wait.
/// </summary>
internal sealed class LimitingApi : IDisposable
{
    /// <summary>Clocks of two processes are one clock, but a call that is on its way has been sent a little earlier.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(50);

    private readonly HttpListener _listener;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _until = [];
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly CancellationTokenSource _closing = new();
    private int _hangs;

    public LimitingApi(int seed)
    {
        _random = new Random(seed);
        (_listener, Address) = FreeListener.Start();
        _ = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>What was answered, by account and status.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>Calls with an account that had been told to wait.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Until when an account was told to wait, as the server sees it.</summary>
    public DateTimeOffset Until(string key)
    {
        lock (_lock) return _until.GetValueOrDefault(key);
    }

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Close();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string key = (context.Request.Headers["Authorization"] ?? string.Empty)["Bearer ".Length..];
        (int status, string body, int? retryAfter) = Decide(key);
        Answers.AddOrUpdate($"{key} {status}", 1, (_, count) => count + 1);
        try
        {
            if (status == 0) await Task.Delay(TimeSpan.FromSeconds(10), _closing.Token);
            context.Response.StatusCode = status == 0 ? 504 : status;
            if (retryAfter is { } seconds) context.Response.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
            byte[] bytes = Encoding.UTF8.GetBytes(body);
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller gave up, or the test is over.
        }
    }

    private (int Status, string Body, int? RetryAfter) Decide(string key)
    {
        lock (_lock)
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            if (now + OnItsWay < _until.GetValueOrDefault(key)) _violations.Enqueue($"{key} came {_until[key] - now} too early");
            double chance = _random.NextDouble();
            // One of them never fails, so that each call can be served.
            if (key.Contains("steady", StringComparison.Ordinal) || chance > 0.3) return (200, $$"""{"by":"{{key}}"}""", null);
            if (key.Contains("poor", StringComparison.Ordinal))
            {
                _until[key] = now.AddHours(5);
                return (402, """{"error":{"code":402,"message":"Insufficient credits. Add more credits to your account."}}""", null);
            }
            if (key.Contains("slow", StringComparison.Ordinal) && _hangs++ < 3) return (0, string.Empty, null);
            _until[key] = now.AddSeconds(1);
            return (429, """{"error":{"code":"rate_limit_exceeded","message":"Rate limit reached"}}""", 1);
        }
    }
}
