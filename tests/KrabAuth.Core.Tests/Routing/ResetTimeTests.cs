using System.Globalization;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Routing;

public sealed class ResetTimeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    [Theory]
    [InlineData("Retry-After: 30", 30)]
    [InlineData("retry-after: 0.5", 0.5)]
    [InlineData("retry-after: Tue, 14 Nov 2023 22:14:20 GMT", 60)]
    [InlineData("retry-after-ms: 1500; retry-after: 2", 1.5)]
    [InlineData("retry-after: 30; x-ratelimit-remaining-requests: 0; x-ratelimit-reset-requests: 6m0s", 30)]
    [InlineData("x-ratelimit-remaining-requests: 0; x-ratelimit-reset-requests: 6m0s; x-ratelimit-remaining-tokens: 12; x-ratelimit-reset-tokens: 1h", 360)]
    [InlineData("x-ratelimit-remaining-tokens: 0; x-ratelimit-reset-tokens: 250ms", 0.25)]
    [InlineData("x-ratelimit-remaining-tokens: 0; x-ratelimit-reset-tokens: 1s", 1)]
    [InlineData("x-ratelimit-remaining: 0; x-ratelimit-reset: 1700000060", 60)]
    [InlineData("x-ratelimit-reset: 1700000060000", 60)]
    [InlineData("x-ratelimit-reset: 45", 45)]
    [InlineData("ratelimit-remaining: 0; ratelimit-reset: 45", 45)]
    [InlineData("ratelimit-reset: 45", 45)]
    [InlineData("anthropic-ratelimit-requests-remaining: 0; anthropic-ratelimit-requests-reset: 2023-11-14T22:14:20Z", 60)]
    [InlineData("anthropic-ratelimit-input-tokens-remaining: 0; anthropic-ratelimit-input-tokens-reset: 2023-11-14T22:14:20Z", 60)]
    [InlineData("anthropic-ratelimit-output-tokens-remaining: 0; anthropic-ratelimit-output-tokens-reset: 2023-11-14T22:14:20Z", 60)]
    [InlineData("anthropic-ratelimit-unified-5h-status: rejected; anthropic-ratelimit-unified-5h-reset: 1700018000", 18000)]
    [InlineData("anthropic-ratelimit-unified-7d-status: rejected; anthropic-ratelimit-unified-7d-reset: 1700018000", 18000)]
    [InlineData("x-codex-primary-used-percent: 100; x-codex-primary-reset-after-seconds: 60; x-codex-primary-reset-at: 1700000090", 60)]
    [InlineData("anthropic-ratelimit-tokens-remaining: 0; anthropic-ratelimit-tokens-reset: 2023-11-14T22:14:20Z", 60)]
    [InlineData("anthropic-ratelimit-requests-remaining: 9; anthropic-ratelimit-requests-reset: 2023-11-14T23:14:20Z; anthropic-ratelimit-input-tokens-remaining: 0; anthropic-ratelimit-input-tokens-reset: 2023-11-14T22:14:20Z", 60)]
    [InlineData("anthropic-ratelimit-unified-status: rejected; anthropic-ratelimit-unified-reset: 1700018000", 18000)]
    [InlineData("anthropic-ratelimit-unified-status: rejected; anthropic-ratelimit-unified-reset: 1700018000; anthropic-ratelimit-unified-7d-status: rejected; anthropic-ratelimit-unified-7d-reset: 1700036000", 36000)]
    [InlineData("x-codex-primary-used-percent: 100; x-codex-primary-reset-after-seconds: 471285; x-codex-secondary-used-percent: 0; x-codex-secondary-reset-after-seconds: 600000", 471285)]
    [InlineData("x-codex-primary-used-percent: 12; x-codex-secondary-used-percent: 100; x-codex-secondary-reset-at: 1700003600", 3600)]
    public void In_headers(string headers, double seconds) => Assert.Equal(seconds, Seconds(new FailureSignal { Status = 429, Headers = Headers(headers) }));

    /// <summary>Only the windows of a ChatGPT subscription are written down as such.</summary>
    [Theory]
    [InlineData("retry-after: 30", false)]
    [InlineData("x-ratelimit-remaining-tokens: 0; x-ratelimit-reset-tokens: 1s", false)]
    [InlineData("x-codex-primary-used-percent: 100; x-codex-primary-reset-after-seconds: 60", true)]
    public void A_subscription_s_limit_is_told_from_others(string headers, bool isSubscription)
        => Assert.Equal(isSubscription, FailureClassifier.Classify(new FailureSignal { Status = 429, Headers = Headers(headers) }, Now).Reset!.IsSubscription);

    /// <summary>A number is a length, a moment in seconds or one in milliseconds, by its size: these are the first of each.</summary>
    [Theory]
    [InlineData("1000000000", 1_000_000_000_000)]
    [InlineData("100000000000", 100_000_000_000)]
    public void A_number_is_a_moment_from_2001_in_seconds_and_from_1973_in_milliseconds(string number, long moment)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(moment - 10_000);
        Assert.Equal(moment, FailureClassifier.Classify(new FailureSignal { Status = 429, Headers = Headers($"x-ratelimit-reset: {number}") }, now).Reset!.Until);
    }

    [Fact]
    public void Of_a_long_text_only_the_begin_is_asked_when_to_try_again()
    {
        const string Hint = "try again in 5s";
        Assert.Equal(5.0, Seconds(new FailureSignal { Status = 429, Message = new string('-', 4096 - Hint.Length) + Hint }));
        Assert.Null(Seconds(new FailureSignal { Status = 429, Message = new string('-', 4096 - Hint.Length + 1) + Hint }));
    }

    [Theory]
    // What is not used up says nothing of the limit that was hit.
    [InlineData("x-ratelimit-remaining-requests: 5; x-ratelimit-reset-requests: 6m0s")]
    [InlineData("x-ratelimit-remaining: 5; x-ratelimit-reset: 1700000060")]
    [InlineData("anthropic-ratelimit-unified-status: allowed_warning; anthropic-ratelimit-unified-reset: 1700018000")]
    [InlineData("x-codex-primary-used-percent: 99; x-codex-primary-reset-after-seconds: 60")]
    // Mistakes.
    [InlineData("retry-after: -5")]
    [InlineData("retry-after: 0")]
    [InlineData("retry-after: NaN")]
    [InlineData("retry-after: Infinity")]
    [InlineData("retry-after: soon")]
    [InlineData("retry-after: 99999999999999999999")]
    [InlineData("retry-after: 2764801")]
    [InlineData("retry-after: Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData("retry-after-ms: 1e400")]
    [InlineData("x-ratelimit-reset: 1600000000")]
    [InlineData("x-ratelimit-reset: 9999999999999999")]
    [InlineData("x-ratelimit-reset: 5 apples")]
    [InlineData("")]
    public void No_time_that_could_be_meant(string headers) => Assert.Null(Seconds(new FailureSignal { Status = 429, Headers = Headers(headers) }));

    [Theory]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_at":1700003600,"resets_in_seconds":9}}""", 3600, true)]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_at":1,"resets_in_seconds":9}}""", 9, true)]
    [InlineData("""{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"26s"}]}}""", 26, false)]
    [InlineData("""{"error":{"message":"{\n \"error\": {\"code\": 429, \"details\": [{\"retryDelay\": \"1.5s\"}]}}","code":429}}""", 1.5, false)]
    [InlineData("Rate limit reached on tokens per day (TPD): Limit 100000. Please try again in 9m38.016s. Need more tokens?", 578.016, false)]
    [InlineData("* Quota exceeded for metric: free_tier_requests, limit: 0\nPlease retry in 38.5s.", 38.5, false)]
    [InlineData("Rate limit reached. Please try again in 250ms.", 0.25, false)]
    public void In_the_words(string message, double seconds, bool isSubscription)
    {
        StatedReset reset = FailureClassifier.Classify(new FailureSignal { Status = 429, Message = message }, Now).Reset!;
        Assert.Equal((seconds, isSubscription), ((reset.Until - Now.ToUnixTimeMilliseconds()) / 1000.0, reset.IsSubscription));
    }

    [Fact]
    public void A_month_is_the_longest() => Assert.Equal(32 * 86400.0, Seconds(new FailureSignal { Status = 429, Headers = Headers("retry-after: 2764800") }));

    [Fact]
    public void What_does_not_pass_by_itself_has_no_such_time()
    {
        foreach (int status in new[] { 401, 403, 404 }) Assert.Null(FailureClassifier.Classify(new FailureSignal { Status = status, Headers = Headers("retry-after: 30") }, Now).Reset);
        Assert.NotNull(FailureClassifier.Classify(new FailureSignal { Status = 529, Headers = Headers("retry-after: 30") }, Now).Reset);
    }

    [Theory]
    [InlineData("6m0s", 360.0)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("2m59.56s", 179.56)]
    [InlineData("1d", 86400.0)]
    [InlineData("30", 30.0)]
    [InlineData(" 30 ", 30.0)]
    [InlineData("0", 0.0)]
    [InlineData("6299999999", 6_299_999_999.0)]
    [InlineData("6300000000", null)]
    [InlineData("", null)]
    [InlineData("1s2", null)]
    [InlineData("s", null)]
    [InlineData("-3s", null)]
    [InlineData("999999999999d", null)]
    [InlineData(null, null)]
    public void A_length(string? text, double? seconds) => Assert.Equal(seconds, ResetTime.Length(text)?.TotalSeconds);

    private static double? Seconds(FailureSignal signal)
        => FailureClassifier.Classify(signal, Now).Reset is { } reset ? (reset.Until - Now.ToUnixTimeMilliseconds()) / 1000.0 : null;

    private static Dictionary<string, string> Headers(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1].ToString(CultureInfo.InvariantCulture));
}
