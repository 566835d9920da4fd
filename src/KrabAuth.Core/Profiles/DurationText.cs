using System.Globalization;
using System.Text.RegularExpressions;
using KrabAuth.Diagnostics;

namespace KrabAuth.Profiles;

/// <summary>Durations as people type them and as status lines show them.</summary>
public static partial class DurationText
{
    private const string Examples = "Use values like 500ms, 30s, 5m, 2h, or 1h30m.";

    /// <summary>Reads <c>365d</c>, <c>12h</c>, <c>1h30m</c>: units <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c>, <c>d</c>, without spaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultUnit">What a number alone counts.</param>
    /// <exception cref="KrabAuthException"><c>DurationInvalid</c>.</exception>
    public static TimeSpan Parse(string text, string defaultUnit = "d")
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0) throw AuthErrors.DurationInvalid($"Invalid duration (empty): empty value. {Examples}");
        double milliseconds;
        if (Single().Match(trimmed) is { Success: true } single)
        {
            milliseconds = Value(single.Groups["value"].ValueSpan) * Unit(single.Groups["unit"] is { Length: > 0 } unit ? unit.Value : defaultUnit);
        }
        else if (Composite().Match(trimmed) is { Success: true } composite)
        {
            milliseconds = composite.Groups["value"].Captures.Zip(composite.Groups["unit"].Captures, (value, unit) => Value(value.ValueSpan) * Unit(unit.Value)).Sum();
        }
        else
        {
            throw AuthErrors.DurationInvalid(AnyUnit().IsMatch(trimmed)
                ? $"Invalid duration (each composite segment needs a unit): \"{trimmed}\". {Examples}"
                : $"Invalid duration: \"{trimmed}\". {Examples}");
        }
        milliseconds = Math.Round(milliseconds, MidpointRounding.AwayFromZero);
        return milliseconds <= TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw AuthErrors.DurationInvalid($"Invalid duration: \"{trimmed}\" is too long. {Examples}");
    }

    /// <summary>How long is left, in one unit: <c>unknown</c>, <c>0m</c>, <c>5m</c>, <c>3h</c> (below 48), <c>12d</c>.</summary>
    public static string Remaining(long? milliseconds)
    {
        if (milliseconds is not { } left) return "unknown";
        if (left <= 0) return "0m";
        double minutes = Math.Max(1, Round(left / 60_000.0));
        if (minutes < 60) return string.Create(CultureInfo.InvariantCulture, $"{minutes}m");
        double hours = Round(minutes / 60);
        return hours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h") : string.Create(CultureInfo.InvariantCulture, $"{Round(hours / 24)}d");
    }

    /// <summary>How long is left, or ago, to somebody who watches: <c>42s</c>, <c>4m 12s</c>, <c>3h 5m</c> (below 48), <c>12d 4h</c>.</summary>
    public static string Countdown(TimeSpan time)
    {
        long seconds = (long)Math.Ceiling(Math.Abs(time.TotalSeconds));
        long minutes = seconds / 60, hours = minutes / 60;
        return minutes == 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}s")
            : hours == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m {seconds % 60}s")
            : hours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h {minutes % 60}m")
            : string.Create(CultureInfo.InvariantCulture, $"{hours / 24}d {hours % 24}h");
    }

    /// <summary>An end as <see cref="AuthProfile.Expires"/> has it: <c>never</c>, <c>unknown</c>, or local date and time.</summary>
    public static string Expiry(DateTimeOffset expires) => expires == DateTimeOffset.MaxValue ? "never"
        : expires == DateTimeOffset.MinValue ? "unknown"
        : expires.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A distance from now for people: <c>in 3h</c>, <c>2d ago</c>, <c>now</c> within half a minute.</summary>
    public static string Relative(TimeSpan fromNow)
    {
        if (fromNow.Duration() < TimeSpan.FromSeconds(30)) return "now";
        string distance = Remaining((long)fromNow.Duration().TotalMilliseconds);
        return fromNow > TimeSpan.Zero ? $"in {distance}" : $"{distance} ago";
    }

    /// <summary>A moment with its distance: <c>2026-11-24 10:33 (in 3h)</c>; <c>never</c> and <c>unknown</c> as <see cref="Expiry"/> has them.</summary>
    public static string Moment(DateTimeOffset moment, DateTimeOffset now)
        => moment == DateTimeOffset.MaxValue || moment == DateTimeOffset.MinValue ? Expiry(moment) : $"{Expiry(moment)} ({Relative(moment - now)})";

    private static double Round(double value) => Math.Floor(value + 0.5);

    private static double Value(ReadOnlySpan<char> text) => double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static double Unit(string unit) => unit.ToLowerInvariant() switch
    {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 86_400_000,
    };

    [GeneratedRegex(@"^(?<value>[0-9]+(?:\.[0-9]+)?)(?<unit>ms|s|m|h|d)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Single();

    [GeneratedRegex(@"^(?:(?<value>[0-9]+(?:\.[0-9]+)?)(?<unit>ms|s|m|h|d))+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Composite();

    [GeneratedRegex(@"[0-9](?:ms|s|m|h|d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnyUnit();
}
