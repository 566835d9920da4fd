using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Probes;

/// <summary>The numbers of each provider's answer, as the providers write them.</summary>
public sealed class UsageTests : IDisposable
{
    private const string Wham = "https://chatgpt.com/backend-api/wham/usage";
    private const string Secret = "access-0123456789abcdefghij";
    private static readonly long NowSeconds = FrozenClock.VectorNow / 1000;

    private readonly FakeProviderApi _api = new();

    public void Dispose() => _api.Dispose();

    public static TheoryData<string, string, string, string, string[]> Answers => new()
    {
        {
            "openai-codex", "oauth", Wham,
            $$$"""{"plan_type":"plus","rate_limit":{"primary_window":{"used_percent":6,"limit_window_seconds":18000,"reset_at":{{{NowSeconds + 7200}}}},"secondary_window":{"used_percent":24.4,"limit_window_seconds":604800,"reset_at":{{{NowSeconds + 259200}}}}},"code_review_rate_limit":{"primary_window":null},"credits":{"has_credits":true,"balance":"5.39"}}""",
            ["plus|5h|6% used|2h", "plus|7d|24% used|3d", "plus|credits|5.39 credits left|"]
        },
        {
            "anthropic", "oauth", "https://api.anthropic.com/api/oauth/usage",
            """{"five_hour":{"utilization":61.0,"resets_at":"2023-11-15T01:13:20.571404+00:00"},"seven_day":{"utilization":22,"resets_at":null},"seven_day_opus":null,"extra_usage":{"is_enabled":false,"utilization":null}}""",
            ["|5h|61% used|3h", "|7d|22% used|"]
        },
        {
            "github-copilot", "token", "https://api.github.com/copilot_internal/user",
            """{"copilot_plan":"individual_pro","quota_reset_date":"2023-11-25","quota_snapshots":{"chat":{"unlimited":true,"percent_remaining":100,"entitlement":0,"remaining":0},"premium_interactions":{"unlimited":false,"percent_remaining":70.26,"entitlement":1500,"remaining":1054}}}""",
            ["individual_pro|premium|446 of 1500 requests|10d"]
        },
        {
            "github-copilot", "token", "https://api.github.com/copilot_internal/user",
            """{"copilot_plan":"individual","limited_user_quotas":{"chat":410,"completions":4000},"monthly_quotas":{"chat":500,"completions":4000},"limited_user_reset_date":"2023-11-25"}""",
            ["individual|chat|90 of 500 requests|10d", "individual|completions|0 of 4000 requests|10d"]
        },
        {
            "google-gemini-cli", "oauth", "https://cloudcode-pa.googleapis.com/v1internal:retrieveUserQuota",
            """{"buckets":[{"modelId":"gemini-2.5-pro","tokenType":"REQUESTS","remainingFraction":0.9,"resetTime":"2023-11-15T22:13:20Z"},{"modelId":"gemini-2.5-pro","tokenType":"INPUT","remainingFraction":0.25,"resetTime":"2023-11-15T22:13:20Z"},{"modelId":"gemini-2.5-flash","remainingFraction":1}]}""",
            ["|gemini-2.5-pro|75% used|24h", "|gemini-2.5-flash|0% used|"]
        },
        {
            "zai", "api_key", "https://api.z.ai/api/monitor/usage/quota/limit",
            $$$"""{"code":200,"success":true,"data":{"level":"lite","limits":[{"type":"TIME_LIMIT","unit":5,"number":1,"usage":100,"currentValue":28,"remaining":72,"percentage":28,"nextResetTime":{{{FrozenClock.VectorNow + 864000000}}} },{"type":"TOKENS_LIMIT","unit":3,"number":5,"percentage":1,"nextResetTime":{{{FrozenClock.VectorNow + 3600000}}} }]}}""",
            ["lite|5h tokens|1% used|1h", "lite|month tools|28 of 100 calls|10d"]
        },
        {
            "openrouter", "api_key", "https://openrouter.ai/api/v1/key",
            """{"data":{"label":"sk-or-v1-abc","limit":5,"limit_remaining":4.8984,"usage":0.1016,"limit_reset":null}}""",
            ["|key limit|0.10 of 5 USD|", "|spent|0.10 USD used|"]
        },
        { "openrouter", "api_key", "https://openrouter.ai/api/v1/key", """{"data":{"limit":null,"limit_remaining":null,"usage":12.5}}""", ["|spent|12.50 USD used|"] },
        {
            "minimax", "api_key", "https://api.minimax.io/v1/api/openplatform/coding_plan/remains",
            $$$"""{"model_remains":[{"model_name":"MiniMax-M2","current_interval_total_count":1500,"current_interval_usage_count":1245,"end_time":{{{FrozenClock.VectorNow + 7200000}}} }],"base_resp":{"status_code":0,"status_msg":"success"}}""",
            ["|MiniMax-M2|255 of 1500 prompts|2h"]
        },
        {
            "kimi-coding", "api_key", "https://api.kimi.com/coding/v1/usages",
            """{"usage":{"limit":"100","remaining":"74","resetTime":"2023-11-20T22:13:20Z"},"limits":[{"window":{"duration":300,"timeUnit":"TIME_UNIT_MINUTE"},"detail":{"limit":"100","used":"15","resetTime":"2023-11-15T00:13:20Z"}}]}""",
            ["|5h|15 of 100|2h", "|7d|26 of 100|6d"]
        },
        { "deepseek", "api_key", "https://api.deepseek.com/user/balance", """{"is_available":true,"balance_infos":[{"currency":"CNY","total_balance":"110.00"},{"currency":"USD","total_balance":"3.50"}]}""", ["|balance|110 CNY left|", "|balance|3.50 USD left|"] },
        { "moonshot", "api_key", "https://api.moonshot.ai/v1/users/me/balance", """{"code":0,"data":{"available_balance":49.58}}""", ["|balance|49.58 USD left|"] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Numbers_are_found_where_the_provider_has_them(string provider, string type, string address, string answer, string[] expected)
    {
        _api.Serve(address, answer);
        using TempState state = Store(provider, type);
        IReadOnlyList<QuotaWindow> windows = await UsageAsync(state);
        Assert.Equal(expected, windows.Select(window => $"{window.Plan}|{window.Window}|{window.UsedText}|{window.ResetsInText}"));
        Assert.All(windows, window => Assert.Equal((provider, $"{provider}:a", true), (window.Provider, window.ProfileId, window.IsKnown)));
        Assert.Contains(Secret, string.Join(' ', Assert.Single(_api.Requests).Headers.Values), StringComparison.Ordinal);
        Assert.StartsWith("KrabAuth/", Assert.Single(_api.Requests).Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic", "token", "Not asked: a setup-token lacks the scope user:profile")]
    [InlineData("anthropic", "api_key", "Not asked: an API key has no subscription.")]
    [InlineData("openai", "api_key", "The provider tells no quota")]
    public async Task Unknown_says_why_and_nothing_is_sent(string provider, string type, string reason)
    {
        using TempState state = Store(provider, type);
        QuotaWindow window = Assert.Single(await UsageAsync(state));
        Assert.StartsWith(reason, window.Reason, StringComparison.Ordinal);
        Assert.Equal((false, "unknown", string.Empty), (window.IsKnown, window.UsedText, window.DrawBar(10, isAscii: true)));
        Assert.Empty(_api.Requests);
    }

    [Theory]
    [InlineData("openai-codex", "oauth", Wham, 401, """{"detail":{"message":"access-0123456789abcdefghij is no good"}}""", "The provider did not tell: http_401.")]
    [InlineData("openai-codex", "oauth", Wham, 429, """{"error":{"message":"Wait, access-0123456789abcdefghij."}}""", "The provider did not tell: http_429: Wait, [redacted].")]
    [InlineData("openai-codex", "oauth", Wham, 200, """{"rate_limit":null}""", "The answer of the provider has no quota in it")]
    [InlineData("openai-codex", "oauth", Wham, 200, "[]", "The provider did not tell: invalid_response")]
    [InlineData("zai", "api_key", "https://api.z.ai/api/monitor/usage/quota/limit", 200, """{"code":401,"msg":"token expired or incorrect","success":false}""", "The provider did not tell: http_401: token expired or incorrect.")]
    [InlineData("minimax", "api_key", "https://api.minimax.io/v1/api/openplatform/coding_plan/remains", 200, """{"base_resp":{"status_code":1004,"status_msg":"login fail"}}""", "The provider did not tell: provider_error: login fail.")]
    public async Task Failure_is_a_reason_and_no_secret(string provider, string type, string address, int status, string body, string reason)
    {
        _api.Serve(address, body, (HttpStatusCode)status);
        using TempState state = Store(provider, type);
        QuotaWindow window = Assert.Single(await UsageAsync(state));
        Assert.StartsWith(reason, window.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, window.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_that_the_order_leaves_out_is_asked_all_the_same_and_one_that_ended_is_not()
    {
        _api.Serve("https://openrouter.ai/api/v1/key", """{"data":{"usage":1}}""");
        using TempState state = TempState.WithStore(new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject
            {
                ["openrouter:a"] = Credential("openrouter", "api_key"),
                ["openrouter:b"] = Credential("openrouter", "api_key"),
                ["openrouter:old"] = new JsonObject { ["type"] = "token", ["provider"] = "openrouter", ["token"] = "t-0123456789", ["expires"] = 1 },
            },
            ["order"] = new JsonObject { ["openrouter"] = new JsonArray("openrouter:b") },
        }.ToJsonString());
        IReadOnlyList<QuotaWindow> windows = await UsageAsync(state);
        Assert.Equal([("openrouter:a", true), ("openrouter:b", true), ("openrouter:old", false)], windows.Select(window => (window.ProfileId!, window.IsKnown)));
        Assert.Equal("The profile cannot be used: it has expired [expired].", windows[2].Reason);
        Assert.Equal("openrouter:b", Assert.Single(await UsageAsync(state, new UsageOptions { ProfileIds = ["openrouter:b"] })).ProfileId);
        Assert.Empty(await UsageAsync(state, new UsageOptions { Providers = ["groq"] }));
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => UsageAsync(state, new UsageOptions { ProfileIds = ["openrouter:nobody"] }));
        Assert.Equal("ProfileNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData(0, "░░░░░░░░░░", "----------")]
    [InlineData(0.4, "█░░░░░░░░░", "#---------")]
    [InlineData(42, "████░░░░░░", "####------")]
    [InlineData(99.9, "█████████░", "#########-")]
    [InlineData(100, "██████████", "##########")]
    public void Bar_is_empty_and_full_at_the_ends_alone(double percent, string bar, string ascii)
    {
        Assert.Equal(bar, QuotaText.Bar(percent, 10, isAscii: false));
        Assert.Equal(ascii, QuotaText.Bar(percent, 10, isAscii: true));
    }

    private Task<IReadOnlyList<QuotaWindow>> UsageAsync(TempState state, UsageOptions? options = null)
    {
        state.Http = _api;
        return state.Agent().Health.UsageAsync(options, TestContext.Current.CancellationToken);
    }

    private static TempState Store(string provider, string type)
        => TempState.WithStore(new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject { [$"{provider}:a"] = Credential(provider, type) } }.ToJsonString());

    private static JsonObject Credential(string provider, string type) => type switch
    {
        "api_key" => new JsonObject { ["type"] = type, ["provider"] = provider, ["key"] = Secret },
        "token" => new JsonObject { ["type"] = type, ["provider"] = provider, ["token"] = Secret },
        _ => new JsonObject { ["type"] = type, ["provider"] = provider, ["access"] = Secret, ["refresh"] = "refresh-0123456789", ["expires"] = FrozenClock.VectorNow + 3_600_000, ["accountId"] = "acct-1" },
    };
}
