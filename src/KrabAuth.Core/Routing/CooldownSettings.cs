using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>
/// How long profiles wait: <c>auth.cooldowns</c> of the configuration. A value that is no number above zero counts as absent.
/// Members that are about retries and not about waiting (<c>overloadedBackoffMs</c>, <c>rateLimitedProfileRotations</c> …) are
/// the gateways'.
/// </summary>
internal sealed record CooldownSettings
{
    /// <summary>A year: nobody means more, and sums stay within the calendar.</summary>
    private const double LongestHours = 366 * 24;

    /// <summary>No doubled wait grows beyond this step.</summary>
    private const int MostSteps = 11;

    private static readonly TimeSpan ShortestDisable = TimeSpan.FromMinutes(1);

    public static CooldownSettings Default { get; } = new();

    /// <summary>The short waits, step by step; the last one stays. <c>backoffMinutes</c>: a list, or one number for every step.</summary>
    public IReadOnlyList<TimeSpan> Ladder { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(60)];

    /// <summary>The first wait of an account without credit: <c>billingBackoffHours</c>.</summary>
    public TimeSpan Billing { get; init; } = TimeSpan.FromHours(5);

    /// <summary>The same for single providers: <c>billingBackoffHoursByProvider</c>; <see langword="null"/> where it is not there.</summary>
    public IReadOnlyDictionary<string, TimeSpan>? BillingByProvider { get; init; }

    /// <summary>The longest of those: <c>billingMaxHours</c>.</summary>
    public TimeSpan BillingMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The first wait of a credential that was shut down: <c>authPermanentBackoffMinutes</c>.</summary>
    public TimeSpan AuthPermanent { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest of those: <c>authPermanentMaxMinutes</c>.</summary>
    public TimeSpan AuthPermanentMax { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>A failure this long after the last one is the first again: <c>failureWindowHours</c>.</summary>
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromHours(24);

    /// <param name="cooldowns"><c>auth.cooldowns</c>.</param>
    /// <param name="ladder"><c>backoffMinutes</c>, which may stand elsewhere.</param>
    public static CooldownSettings Read(JsonElement? cooldowns, JsonElement? ladder)
    {
        if (cooldowns is null && ladder is null) return Default;
        return new CooldownSettings
        {
            Ladder = ReadLadder(ladder) ?? Default.Ladder,
            Billing = Time(cooldowns.Member("billingBackoffHours"), 60) ?? Default.Billing,
            BillingByProvider = ReadProviders(cooldowns.Object("billingBackoffHoursByProvider")),
            BillingMax = Time(cooldowns.Member("billingMaxHours"), 60) ?? Default.BillingMax,
            AuthPermanent = Time(cooldowns.Member("authPermanentBackoffMinutes"), 1) ?? Default.AuthPermanent,
            AuthPermanentMax = Time(cooldowns.Member("authPermanentMaxMinutes"), 1) ?? Default.AuthPermanentMax,
            FailureWindow = Time(cooldowns.Member("failureWindowHours"), 60) ?? Default.FailureWindow,
        };
    }

    /// <summary>How long a failure keeps a profile out.</summary>
    /// <param name="reason">What the failure was.</param>
    /// <param name="provider">The profile's provider.</param>
    /// <param name="step">Which step of the ladder, from one.</param>
    public TimeSpan Wait(FailureReason reason, string provider, int step) => reason switch
    {
        FailureReason.Billing => Doubled(BillingByProvider is not null && ProviderId.TryFind(BillingByProvider, provider, out KeyValuePair<string, TimeSpan> own) ? own.Value : Billing, BillingMax, step),
        FailureReason.AuthPermanent => Doubled(AuthPermanent, AuthPermanentMax, step),
        _ => Ladder[Math.Clamp(step, 1, Ladder.Count) - 1],
    };

    /// <summary>The first step whose wait is not shorter than a length: where a wait stood that somebody else began.</summary>
    public int StepOf(FailureReason reason, long milliseconds)
    {
        int step = 1;
        while (step < MostSteps && Wait(reason, string.Empty, step).TotalMilliseconds < milliseconds) step++;
        return step;
    }

    /// <summary>A wait that doubles from step to step, between a minute and the longest.</summary>
    public static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int step)
    {
        double start = Math.Max(first.TotalMilliseconds, ShortestDisable.TotalMilliseconds);
        double end = Math.Max(longest.TotalMilliseconds, start);
        return TimeSpan.FromMilliseconds(Math.Min(start * Math.Pow(2, Math.Clamp(step - 1, 0, MostSteps - 1)), end));
    }

    private static List<TimeSpan>? ReadLadder(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Array } array) return Time(value, 1) is { } one ? [one] : null;
        var steps = new List<TimeSpan>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            // A list with a mistake in it is not half a list.
            if (Time(item, 1) is not { } step) return null;
            steps.Add(step);
        }
        return steps.Count > 0 ? steps : null;
    }

    private static Dictionary<string, TimeSpan>? ReadProviders(JsonElement? section)
    {
        if (section is null) return null;
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (JsonMember member in section.Members())
        {
            if (Time(member.Value, 60) is { } time) times[member.Name] = time;
        }
        return times;
    }

    private static TimeSpan? Time(JsonElement? value, double minutes)
        => value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double given) && double.IsFinite(given) && given > 0
            ? TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(given * minutes, LongestHours * 60) * 60_000))
            : null;
}
