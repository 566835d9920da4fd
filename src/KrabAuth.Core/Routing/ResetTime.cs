using System.Globalization;
using System.Text.RegularExpressions;

namespace KrabAuth.Routing;

/// <summary>When a provider says that it may be tried again.</summary>
/// <param name="Until">The moment, in Unix milliseconds.</param>
/// <param name="IsSubscription">Whether the limit is that of a ChatGPT subscription, which peers write down as such.</param>
internal sealed record StatedReset(long Until, bool IsSubscription);

/// <summary>
/// Reads the moment that a provider states, wherever it does: <c>Retry-After</c> (RFC 9110 §10.2.3) first, then the body, then
/// the header of the limit that is used up, and at last the words. A moment that is past, or more than
/// <see cref="Longest"/> away, is a mistake and counts as none.
/// </summary>
internal static partial class ResetTime
{
    /// <summary>Quotas are by the month at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(32);

    /// <summary>Who says when to try again says it sooner.</summary>
    private const int LongestHint = 4096;

    private const double FirstEpochSecond = 1e9;
    private const double FirstEpochMillisecond = 1e11;

    /// <summary>The pairs of headers that say what is left of a limit, and when it is whole again.</summary>
    private static readonly (string Remaining, string Reset)[] Limits =
    [
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
        ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
    ];

    /// <param name="reason">Why it failed: only some failures pass by themselves.</param>
    /// <param name="signal">The failure, with the headers.</param>
    /// <param name="bodies">The JSON in its words and in those behind it.</param>
    /// <param name="now">The moment.</param>
    public static StatedReset? Find(FailureReason reason, FailureSignal signal, IReadOnlyList<FailureBody> bodies, DateTimeOffset now)
    {
        if (reason is not (FailureReason.RateLimit or FailureReason.Overloaded or FailureReason.Billing or FailureReason.Timeout)) return null;
        IReadOnlyDictionary<string, string> headers = signal.Headers;
        if (Bounded(RetryAfter(headers, now), now) is { } asked) return new StatedReset(asked, false);
        foreach (FailureBody body in bodies)
        {
            if ((Bounded(body.ResetsAt is { } at and >= FirstEpochSecond ? Moment(at, now) : null, now) ?? Bounded(Seconds(body.ResetsIn, now), now)) is { } reset) return new StatedReset(reset, true);
            if (Bounded(Relative(body.RetryDelay, now), now) is { } delay) return new StatedReset(delay, false);
        }
        if (reason != FailureReason.RateLimit) return null;
        if (Latest(Codex(headers, now), now) is { } subscription) return new StatedReset(subscription, true);
        if (Latest(Exhausted(headers, now), now) is { } limit) return new StatedReset(limit, false);
        return Bounded(InWords(signal.Message, now), now) is { } said ? new StatedReset(said, false) : null;
    }

    /// <summary>A length such as <c>6m0s</c>, <c>1h2m3.5s</c>, <c>250ms</c> or <c>30</c> (seconds); <see langword="null"/> for anything else.</summary>
    public static TimeSpan? Length(string? text)
    {
        if (text?.Trim() is not { } trimmed) return null;
        if (Finite(trimmed) is { } seconds) return Span(seconds * 1000);
        if (!Parts().IsMatch(trimmed)) return null;
        double milliseconds = 0;
        foreach (Match part in Part().Matches(trimmed)) milliseconds += double.Parse(part.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * Unit(part.Groups[2].Value);
        return Span(milliseconds);
    }

    private static DateTimeOffset? RetryAfter(IReadOnlyDictionary<string, string> headers, DateTimeOffset now)
    {
        if (Finite(Header(headers, "retry-after-ms")) is { } milliseconds && Span(milliseconds) is { } exact) return now + exact;
        string? text = Header(headers, "retry-after");
        if (Finite(text) is { } seconds) return Seconds(seconds, now);
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
    }

    /// <summary>The resets of what is used up. A reset without a word on what is left belongs to the limit that was hit.</summary>
    private static IEnumerable<DateTimeOffset?> Exhausted(IReadOnlyDictionary<string, string> headers, DateTimeOffset now)
    {
        // Anthropic's subscriptions name the window that refused, and repeat its end here.
        if (Header(headers, "anthropic-ratelimit-unified-status") is null or "rejected") yield return Value(Header(headers, "anthropic-ratelimit-unified-reset"), now);
        foreach (string window in new[] { "5h", "7d" })
        {
            if (Header(headers, $"anthropic-ratelimit-unified-{window}-status") == "rejected") yield return Value(Header(headers, $"anthropic-ratelimit-unified-{window}-reset"), now);
        }
        foreach ((string remaining, string reset) in Limits)
        {
            string? left = Header(headers, remaining);
            bool isBare = left is null && reset is "x-ratelimit-reset" or "ratelimit-reset";
            if (isBare || Finite(left) <= 0) yield return Value(Header(headers, reset), now);
        }
    }

    /// <summary>The windows of a ChatGPT subscription of which all is used.</summary>
    private static IEnumerable<DateTimeOffset?> Codex(IReadOnlyDictionary<string, string> headers, DateTimeOffset now)
    {
        foreach (string window in new[] { "primary", "secondary" })
        {
            if (!(Finite(Header(headers, $"x-codex-{window}-used-percent")) >= 100)) continue;
            yield return Seconds(Finite(Header(headers, $"x-codex-{window}-reset-after-seconds")), now) ?? Value(Header(headers, $"x-codex-{window}-reset-at"), now);
        }
    }

    private static DateTimeOffset? InWords(string? message, DateTimeOffset now)
        => message is not null && Again().Match(message[..Math.Min(message.Length, LongestHint)]) is { Success: true } match ? Relative(match.Groups[1].Value, now) : null;

    /// <summary>A header's value: a date (RFC 3339), a length, seconds, or a moment in seconds or milliseconds since 1970.</summary>
    private static DateTimeOffset? Value(string? text, DateTimeOffset now)
    {
        if (text is null) return null;
        if (Finite(text) is { } number) return Moment(number, now);
        if (Length(text) is { } length) return now + length;
        return text.Contains('T', StringComparison.OrdinalIgnoreCase) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
    }

    private static DateTimeOffset? Moment(double number, DateTimeOffset now) => number switch
    {
        < FirstEpochSecond => Seconds(number, now),
        < FirstEpochMillisecond => Seconds(number, DateTimeOffset.UnixEpoch),
        _ => Span(number) is { } since ? DateTimeOffset.UnixEpoch + since : null,
    };

    private static DateTimeOffset? Relative(string? text, DateTimeOffset now) => Length(text) is { } length ? now + length : null;

    private static DateTimeOffset? Seconds(double? seconds, DateTimeOffset from) => seconds is { } value && Span(value * 1000) is { } length ? from + length : null;

    /// <summary>A length within two centuries, so that no sum leaves the calendar.</summary>
    private static TimeSpan? Span(double milliseconds)
        => double.IsFinite(milliseconds) && milliseconds is >= 0 and < 6.3e12 ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static long? Latest(IEnumerable<DateTimeOffset?> moments, DateTimeOffset now) => moments.Max(moment => Bounded(moment, now));

    private static long? Bounded(DateTimeOffset? moment, DateTimeOffset now)
        // In whole milliseconds, as it is written down: less than one is no wait.
        => moment is { } until && until.ToUnixTimeMilliseconds() > now.ToUnixTimeMilliseconds() && until - now <= Longest ? until.ToUnixTimeMilliseconds() : null;

    private static double? Finite(string? text)
        => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static string? Header(IReadOnlyDictionary<string, string> headers, string name) => headers.TryGetValue(name, out string? value) ? value.Trim() : null;

    private static double Unit(string unit) => unit switch
    {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 86_400_000,
    };

    [GeneratedRegex(@"^(?:[0-9]{1,12}(?:\.[0-9]{1,12})?(?:ms|s|m|h|d)){1,5}$", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(@"\b(?:try again|retry) in ((?:[0-9]{1,12}(?:\.[0-9]{1,12})?(?:ms|s|m|h|d)){1,5})\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Again();
}
