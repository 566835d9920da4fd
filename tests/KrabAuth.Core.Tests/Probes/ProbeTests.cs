using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Probes;

public sealed class ProbeTests
{
    private const string OpenAI = "https://api.openai.com/v1/responses";
    private const string Groq = "https://api.groq.com/openai/v1/chat/completions";
    private const string Secret = "sk-proj-0123456789abcdefghij";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Works_is_ok_with_the_model_and_the_time_it_took()
    {
        var api = new FakeProviderApi().Serve(OpenAI, """{"id":"resp_1","status":"incomplete"}""");
        using TempState state = WithKey("openai");
        ProbeReport report = await ProbeAsync(state, api);
        ProbeResult result = Assert.Single(report.Results);
        Assert.Equal((ProbeStatus.Ok, "openai/gpt-5-nano", "openai:a", "profile", null), (result.Status, result.Model, result.ProfileId, result.Source, result.Error));
        Assert.NotNull(result.Latency);
        Assert.Equal(1, report.TargetCount);
        ServerRequest request = Assert.Single(api.Requests);
        Assert.Equal(("POST", $"Bearer {Secret}", "application/json"), (request.Method, request.Headers["Authorization"], request.ContentType));
        Assert.Equal("""{"model":"gpt-5-nano","input":"Reply with OK. Do not use tools.","max_output_tokens":16,"store":false}""", request.Body);
    }

    [Fact]
    public async Task Model_is_the_first_that_the_configuration_names_for_the_provider()
    {
        var api = new FakeProviderApi().Serve(Groq, "{}");
        using TempState state = WithKey("groq");
        state.Write("openclaw.json", """{ agents: { defaults: { model: { primary: "anthropic/claude", fallbacks: ["fast"] }, models: { "groq/llama/guard {prompt}": { alias: "fast" } } } } }""");
        ProbeReport report = await ProbeAsync(state, api, new ProbeOptions { MaxTokens = 5 });
        Assert.Equal("groq/llama/guard {prompt}", Assert.Single(report.Results).Model);
        JsonObject body = Assert.Single(api.Requests).Json;
        Assert.Equal(("llama/guard {prompt}", 5), (body["model"]!.GetValue<string>().Replace("Reply with OK. Do not use tools.", "{prompt}", StringComparison.Ordinal), body["max_tokens"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-proj-0123456789abcdefghij"}}""", ProbeStatus.Auth, "auth")]
    [InlineData(403, "<html>no</html>", ProbeStatus.Auth, "auth")]
    [InlineData(429, """{"error":{"code":"rate_limit_exceeded","message":"Slow down."}}""", ProbeStatus.RateLimit, "rate_limit")]
    [InlineData(429, """{"error":{"code":"insufficient_quota","message":"You exceeded your current quota."}}""", ProbeStatus.Billing, "billing")]
    [InlineData(402, "{}", ProbeStatus.Billing, "billing")]
    [InlineData(400, """{"error":{"message":"Your credit balance is too low."}}""", ProbeStatus.Billing, "billing")]
    [InlineData(400, """{"error":{"message":"API key not valid. Please pass a valid API key."}}""", ProbeStatus.Auth, "auth")]
    [InlineData(400, """{"error":{"message":"Unknown parameter."}}""", ProbeStatus.Format, "format")]
    [InlineData(404, """{"error":{"code":"model_not_found"}}""", ProbeStatus.Format, "model_not_found")]
    [InlineData(529, """{"error":{"type":"overloaded_error"}}""", ProbeStatus.RateLimit, "overloaded")]
    [InlineData(503, "", ProbeStatus.Timeout, "timeout")]
    [InlineData(418, "{}", ProbeStatus.Unknown, null)]
    [InlineData(302, "", ProbeStatus.Unknown, null)]
    public async Task Refusal_has_a_status_and_the_words_of_the_provider_without_the_secret(int status, string body, ProbeStatus expected, string? reason)
    {
        var api = new FakeProviderApi().Serve(OpenAI, _ =>
        {
            HttpResponseMessage answer = FakeAuthorizationServer.Response((HttpStatusCode)status, body);
            if (status == 302) answer.Headers.Location = new Uri("https://elsewhere.example/");
            return answer;
        });
        using TempState state = WithKey("openai");
        ProbeResult result = Assert.Single((await ProbeAsync(state, api)).Results);
        Assert.Equal((expected, reason), (result.Status, result.ReasonCode));
        Assert.NotNull(result.Error);
        Assert.DoesNotContain(Secret, $"{result.Error} {string.Join(' ', state.Log.VerboseMessages)}", StringComparison.Ordinal);
        Assert.DoesNotContain("<html>", result.Error, StringComparison.Ordinal);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task Network_that_fails_is_a_timeout()
    {
        var api = new FakeProviderApi().Serve(OpenAI, _ => throw new HttpRequestException("Connection refused"));
        using TempState state = WithKey("openai");
        ProbeResult result = Assert.Single((await ProbeAsync(state, api)).Results);
        Assert.Equal((ProbeStatus.Timeout, "network: api.openai.com: Connection refused"), (result.Status, result.Error));
    }

    [Fact]
    public async Task Answer_that_does_not_come_ends_after_the_time_limit()
    {
        var api = new FakeProviderApi();
        api.Hold();
        var clock = new ManualClock();
        using TempState state = WithKey("openai");
        state.Timers = clock;
        Task<ProbeReport> probe = ProbeAsync(state, api, new ProbeOptions { Timeout = TimeSpan.FromSeconds(3) });
        await api.NextArrivalAsync(Stop);
        Assert.False(probe.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        ProbeResult result = Assert.Single((await probe).Results);
        Assert.Equal((ProbeStatus.Timeout, "timeout"), (result.Status, result.ReasonCode));
        Assert.Contains("3 s", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_can_give_up()
    {
        var api = new FakeProviderApi();
        api.Hold();
        using TempState state = WithKey("openai");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        state.Http = api;
        Task<ProbeReport> probe = state.Agent().Health.ProbeAsync(cancellationToken: giveUp.Token);
        await api.NextArrivalAsync(Stop);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Fact]
    public async Task No_more_are_under_way_than_allowed_and_progress_counts_them()
    {
        var api = new FakeProviderApi().Serve(Groq, "{}");
        api.Hold();
        using TempState state = Store(new JsonObject(Enumerable.Range(0, 7).Select(i => KeyValuePair.Create<string, JsonNode?>($"groq:{i}", Key("groq")))));
        var seen = new Progress();
        state.Http = api;
        Task<ProbeReport> probe = state.Agent().Health.ProbeAsync(new ProbeOptions { Concurrency = 3 }, seen, Stop);
        for (int i = 0; i < 3; i++) await api.NextArrivalAsync(Stop);
        api.Release();
        ProbeReport report = await probe;
        Assert.Equal(3, api.MostUnderWay);
        Assert.Equal(7, report.Results.Count(result => result.Status == ProbeStatus.Ok));
        Assert.Equal(7, seen.All.Max(step => step.Completed));
        Assert.All(seen.All, step => Assert.Equal(7, step.Total));
    }

    [Fact]
    public async Task Subscription_token_of_anthropic_is_not_sent()
    {
        var api = new FakeProviderApi();
        using TempState state = Store(new JsonObject
        {
            ["anthropic:setup"] = new JsonObject { ["type"] = "token", ["provider"] = "anthropic", ["token"] = "sk-ant-oat01-0123456789abcdef" },
            ["anthropic:web"] = OAuth("anthropic"),
        });
        ProbeReport report = await ProbeAsync(state, api);
        Assert.All(report.Results, result =>
        {
            Assert.Equal((ProbeStatus.Unknown, "not_probed"), (result.Status, result.ReasonCode));
            Assert.StartsWith("Not probed: subscription token", result.Error, StringComparison.Ordinal);
        });
        Assert.Equal((2, 0, 0), (report.Results.Count, report.TargetCount, api.Requests.Count));
    }

    [Fact]
    public async Task Codex_is_tried_at_its_quota_which_costs_nothing_and_tells_when_it_is_used_up()
    {
        const string Wham = "https://chatgpt.com/backend-api/wham/usage";
        var api = new FakeProviderApi().Serve(Wham, """{"rate_limit":{"limit_reached":true}}""");
        using TempState state = Store(new JsonObject { ["openai-codex:me"] = OAuth("openai-codex", account: "acct-1") });
        ProbeResult result = Assert.Single((await ProbeAsync(state, api)).Results);
        Assert.Equal((ProbeStatus.RateLimit, "rate_limit", null), (result.Status, result.ReasonCode, result.Model));
        ServerRequest request = Assert.Single(api.Requests);
        Assert.Equal(("GET", "acct-1", string.Empty), (request.Method, request.Headers["ChatGPT-Account-Id"], request.Body));
        api.Serve(Wham, """{"rate_limit":{"limit_reached":false}}""");
        Assert.Equal(ProbeStatus.Ok, Assert.Single((await ProbeAsync(state, api)).Results).Status);
    }

    [Fact]
    public async Task Expired_sign_in_is_renewed_first_and_nothing_else_changes()
    {
        using var server = new FakeAuthorizationServer();
        server.Serve("https://chatgpt.com/backend-api/wham/usage", new JsonObject());
        JsonObject expired = OAuth("openai-codex", account: server.Account.Id);
        expired["expires"] = FrozenClock.VectorNow - 1000;
        expired["refresh"] = server.GrantRefreshToken();
        using TempState state = Store(new JsonObject { ["openai-codex:me"] = expired });
        server.Clock = state.Clock;
        ProbeResult result = Assert.Single((await ProbeAsync(state, server)).Results);
        Assert.Equal(ProbeStatus.Ok, result.Status);
        Assert.Single(server.TokenRequests);
        JsonObject store = JsonNode.Parse(state.ReadStore())!.AsObject();
        Assert.Equal($"Bearer {store["profiles"]!["openai-codex:me"]!["access"]}", server.Requests[^1].Headers["Authorization"]);
        Assert.Null(store["usageStats"]?["openai-codex:me"]?["cooldownUntil"]);
    }

    [Fact]
    public async Task Refused_refresh_token_is_told_as_a_sign_in_that_is_needed()
    {
        using var server = new FakeAuthorizationServer();
        JsonObject expired = OAuth("openai-codex", account: "acct-1");
        expired["expires"] = FrozenClock.VectorNow - 1000;
        using TempState state = Store(new JsonObject { ["openai-codex:me"] = expired });
        ProbeReport report = await ProbeAsync(state, server);
        ProbeResult result = Assert.Single(report.Results);
        Assert.Equal((ProbeStatus.Auth, "sign_in_needed", null), (result.Status, result.ReasonCode, result.Latency));
        AuthCheck check = Assert.Single(state.Agent().Health.Check(report));
        Assert.Equal((AuthCheckResult.Failed, "Connect-KrabProvider openai-codex -ProfileId 'openai-codex:me'"), (check.Result, check.Recommendation));
    }

    [Fact]
    public async Task Failures_are_not_recorded()
    {
        var api = new FakeProviderApi().Serve(OpenAI, "{}", HttpStatusCode.TooManyRequests);
        using TempState state = WithKey("openai");
        string before = state.ReadStore();
        await ProbeAsync(state, api);
        Assert.Equal(before, state.ReadStore());
    }

    private static Task<ProbeReport> ProbeAsync(TempState state, HttpMessageHandler http, ProbeOptions? options = null)
    {
        state.Http = http;
        return state.Agent().Health.ProbeAsync(options, progress: null, Stop);
    }

    private static TempState WithKey(string provider) => Store(new JsonObject { [$"{provider}:a"] = Key(provider) });

    private static TempState Store(JsonObject profiles) => TempState.WithStore(new JsonObject { ["version"] = 1, ["profiles"] = profiles }.ToJsonString());

    private static JsonObject Key(string provider) => new() { ["type"] = "api_key", ["provider"] = provider, ["key"] = Secret };

    private static JsonObject OAuth(string provider, string? account = null) => new()
    {
        ["type"] = "oauth", ["provider"] = provider, ["access"] = "access-0123456789abcdefghij", ["refresh"] = "refresh-0123456789abcdefghij", ["expires"] = FrozenClock.VectorNow + 3_600_000, ["accountId"] = account,
    };

    private sealed class Progress : IProgress<ProbeProgress>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<ProbeProgress> _all = new();

        public IReadOnlyCollection<ProbeProgress> All => _all;

        public void Report(ProbeProgress value) => _all.Enqueue(value);
    }
}
