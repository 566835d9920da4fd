using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What servers answer to a device (RFC 8628 §3.2), in all the spellings that there are.</summary>
public sealed class DeviceAnswersTests : OAuthTestBase
{
    private const string Endpoint = "https://auth.acme.test/device";

    private readonly ManualClock _clock = new();

    public DeviceAnswersTests() => Server.Clock = _clock;

    private JsonObject Granted { get; } = new()
    {
        ["device_code"] = "the-device-code", ["user_code"] = "WDJB-MJHT", ["verification_uri"] = "https://acme.test/device", ["expires_in"] = 600,
    };

    // RFC 7636 §4.2: a device code that somebody else learns is worth nothing without the verifier.
    [Fact]
    public async Task The_proof_key_goes_with_the_question_and_with_each_poll()
    {
        await Poll(Run(), 5_000);
        Assert.Equal("S256", Server.Requests[0]["code_challenge_method"]);
        Assert.Equal(Pkce.FromVerifier(Assert.Single(Server.TokenRequests)["code_verifier"]!).Challenge, Server.Requests[0]["code_challenge"]);
    }

    // Some servers send a number as a text. What is no time is left out: five seconds (§3.2).
    [Theory]
    [InlineData("11", 11_000)]
    [InlineData("2.5", 2_500)]
    [InlineData("\"11\"", 11_000)]
    [InlineData("\"2.5\"", 2_500)]
    [InlineData("\"0.001\"", 1)]
    [InlineData("0", 5_000)]
    [InlineData("-3", 5_000)]
    [InlineData("\"0\"", 5_000)]
    [InlineData("\"-3\"", 5_000)]
    [InlineData("\"Infinity\"", 5_000)]
    [InlineData("\"NaN\"", 5_000)]
    [InlineData("\"soon\"", 5_000)]
    [InlineData("null", 5_000)]
    public async Task An_interval_is_read_as_a_number_or_as_a_text(string interval, int milliseconds)
    {
        Granted["interval"] = JsonNode.Parse(interval);
        await Poll(Run(), milliseconds);
    }

    [Theory]
    [InlineData("600", 600)]
    [InlineData("\"600\"", 600)]
    [InlineData("\"0.5\"", 0.5)]
    [InlineData("1799", 1799)]
    [InlineData("1800", 1800)]
    [InlineData("1801", 1800)]
    [InlineData("\"86399\"", 1800)]
    [InlineData("\"86400\"", 1800)]
    [InlineData("1e300", 1800)]
    [InlineData("0", 1800)]
    [InlineData("\"-1\"", 1800)]
    [InlineData("null", 1800)]
    public async Task No_code_is_waited_for_longer_than_half_an_hour(string life, double seconds)
    {
        Granted["expires_in"] = JsonNode.Parse(life);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<OAuthResult<OAuthCredential>> running = Run(cancel.Token);
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await Prompt.DeviceCode.WaitAsync(Cancellation)).ExpiresIn);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    // Google spells it "verification_url".
    [Theory]
    [InlineData("https://acme.test/device", null, "https://acme.test/device")]
    [InlineData(null, "https://acme.test/url", "https://acme.test/url")]
    [InlineData("https://acme.test/device", "https://acme.test/url", "https://acme.test/device")]
    [InlineData(null, null, null)]
    public async Task The_page_is_found_by_either_name(string? uri, string? url, string? page)
    {
        Granted["verification_uri"] = uri;
        Granted["verification_url"] = url;
        Task<OAuthResult<OAuthCredential>> running = Run();
        if (page is null)
        {
            OAuthError error = (await running).Error!;
            Assert.Equal(("invalid_response", "the server gave no device code"), (error.Code, error.Description));
            return;
        }
        Assert.Equal(page, (await Prompt.DeviceCode.WaitAsync(Cancellation)).VerificationUri.AbsoluteUri);
        await Poll(running, 5_000);
    }

    // Plain http is for this machine alone, and only where the provider itself is there.
    [Theory]
    [InlineData("http://localhost:9/device", "http://localhost:8", "https://auth.acme.test/token", true)]
    [InlineData("http://localhost:9/device", null, "http://127.0.0.1:8/token", true)]
    [InlineData("http://localhost:9/device", "https://auth.acme.test", "http://127.0.0.1:8/token", false)]
    [InlineData("http://localhost:9/device", null, "https://auth.acme.test/token", false)]
    [InlineData("http://acme.test/device", "http://localhost:8", "http://localhost:8/token", false)]
    [InlineData("https://acme.test/device", "http://localhost:8", "http://localhost:8/token", true)]
    [InlineData("/device", "http://localhost:8", "http://localhost:8/token", false)]
    [InlineData(null, "http://localhost:8", "http://localhost:8/token", false)]
    public void A_page_without_https_is_one_of_this_machine(string? page, string? issuer, string token, bool shown)
    {
        var settings = new OAuthSettings { Issuer = issuer is null ? null : new Uri(issuer), TokenEndpoint = new Uri(token) };
        Assert.Equal(shown ? new Uri(page!) : null, DeviceFlow.Page(settings, page));
    }

    private Task<OAuthResult<OAuthCredential>> Run(CancellationToken? cancellation = null)
    {
        Server.Serve(Endpoint, Granted);
        Server.Answer(_ => FakeAuthorizationServer.Response(HttpStatusCode.OK, $$"""{"access_token":"{{Server.AccessToken(Server.Account)}}","refresh_token":"rt-1","expires_in":3600}"""));
        OAuthSettings settings = AcmeSettings() with { DeviceAuthorizationEndpoint = new Uri(Endpoint) };
        return new DeviceFlow(ClientOf(Acme, settings, _clock), settings, _clock).RunAsync(Prompt, cancellation ?? Cancellation);
    }

    /// <summary>The poll that signs in comes at that millisecond, and not one sooner.</summary>
    private async Task Poll(Task<OAuthResult<OAuthCredential>> running, int milliseconds)
    {
        await await Task.WhenAny(_clock.NextWaitAsync(TimeSpan.FromSeconds(29), Cancellation), running);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Empty(Server.TokenRequests);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Server.NextArrivalAsync(Cancellation);
        Assert.Equal("me@example.com", (await running).Value!.Email);
    }
}
