using System.Diagnostics;
using System.Text.Json;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>What the server counted since it started.</summary>
public sealed record ServerStats(int Requests, int Refreshes, int Refreshed, int ReuseDetected, int Exchanges, int DeviceGrants, int Revocations, int GrantsRevoked, string[] Errors);

/// <summary>A certified OpenID provider that a class of tests has to itself: see <c>Servers/server.mjs</c>.</summary>
public sealed class OpenIdServer(Node node) : IAsyncLifetime
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private Process? _process;
    private string _control = string.Empty;

    public string Issuer { get; private set; } = string.Empty;

    public string ClientId { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        // A fixture that fails fails its tests; skipping is for the tests themselves.
        if (node.SkipReason is not null) return;
        _process = Process.Start(new ProcessStartInfo(node.Program, [Node.PathOf("server.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await errors);
        using JsonDocument ports = JsonDocument.Parse(line);
        Issuer = ports.RootElement.GetProperty("issuer").GetString()!;
        ClientId = ports.RootElement.GetProperty("clientId").GetString()!;
        _control = ports.RootElement.GetProperty("control").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is null) return;
        // The server ends with its standard input.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public Task<ServerStats> StatsAsync() => ControlAsync<ServerStats>("/stats");

    /// <summary>A refresh token of its own grant, as if the account had signed in.</summary>
    public Task<IssuedGrant> IssueAsync(string account = "alice") => ControlAsync<IssuedGrant>($"/issue?account={Uri.EscapeDataString(account)}");

    /// <summary>How long the access tokens live that are given out from now on.</summary>
    public Task SetLifeAsync(int seconds) => ControlAsync<object>($"/life?seconds={seconds}");

    /// <summary>From now on, who comes through this gate waits there.</summary>
    public Task CloseAsync(string gate) => ControlAsync<object>($"/close?gate={gate}");

    /// <summary>Lets those who wait go on, or hangs up on them.</summary>
    public Task OpenAsync(string gate, bool drop = false) => ControlAsync<object>($"/open?gate={gate}&how={(drop ? "drop" : "pass")}");

    /// <summary>How many came to a gate so far.</summary>
    public async Task<int> SeenAsync(string gate) => (await ControlAsync<JsonElement>($"/seen?gate={gate}")).GetProperty("count").GetInt32();

    /// <summary>Waits until so many have come to a gate since the server started.</summary>
    public Task ArrivalAsync(string gate, int count) => ControlAsync<object>($"/arrival?gate={gate}&count={count}");

    /// <summary>Whose access token it is, by the server's own word; null if it does not take it.</summary>
    public async Task<string?> OwnerAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Issuer}/me");
        request.Headers.Authorization = new("Bearer", accessToken);
        using HttpResponseMessage response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode) return null;
        using JsonDocument user = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return user.RootElement.GetProperty("sub").GetString();
    }

    private async Task<T> ControlAsync<T>(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(_control + path));
        string body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<T>(body, Web)! : throw new InvalidOperationException(body);
    }
}

/// <summary>A refresh token and whose it is.</summary>
public sealed record IssuedGrant(string Refresh, string Email, string AccountId);
