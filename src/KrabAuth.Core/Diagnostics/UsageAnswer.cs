using System.Globalization;
using System.Text.Json;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Diagnostics;

/// <summary>Finds the quota windows in an answer, where the catalog says that they are.</summary>
internal static class UsageAnswer
{
    private const double SmallestMilliseconds = 100_000_000_000;

    /// <summary>The windows of an answer, each with what <paramref name="owner"/> says of its account; none where nothing of what is known is in it.</summary>
    public static IReadOnlyList<QuotaWindow> Read(JsonElement root, UsageSettings settings, QuotaWindow owner, DateTimeOffset now)
    {
        string? plan = OAuthText.Clean(JsonPath.Text(JsonPath.One(root, root, settings.PlanAt)));
        var windows = new List<QuotaWindow>();
        foreach (UsageWindowRule rule in settings.Windows)
        {
            foreach (JsonElement element in JsonPath.All(root, rule.At))
            {
                bool Has(KeyValuePair<string, string> member) => JsonPath.Is(JsonPath.One(root, element, member.Key), member.Value);

                if (element.ValueKind != JsonValueKind.Object || !rule.Where.All(Has) || rule.Unless.Any(Has)) continue;
                if (Window(root, element, rule, owner with { Plan = plan ?? owner.Plan }, now) is { } window) Add(windows, window);
            }
        }
        return windows;
    }

    /// <summary>Of several of one name, as a quota for each kind of token, the one that ends first counts.</summary>
    private static void Add(List<QuotaWindow> windows, QuotaWindow window)
    {
        int same = windows.FindIndex(other => other.Window == window.Window && other.Unit == window.Unit);
        if (same < 0) windows.Add(window);
        else if (window.UsedPercent > windows[same].UsedPercent) windows[same] = window;
    }

    private static QuotaWindow? Window(JsonElement root, JsonElement element, UsageWindowRule rule, QuotaWindow owner, DateTimeOffset now)
    {
        double? Number(string? path) => JsonPath.Number(JsonPath.One(root, element, path));

        double? limit = Number(rule.Limit);
        double? used = Number(rule.Used);
        double? remaining = Number(rule.Remaining);
        used ??= limit - remaining;
        remaining ??= limit - used;
        double? percent = Number(rule.UsedPercent) ?? 100 - Number(rule.RemainingPercent) ?? 100 - (100 * Number(rule.RemainingFraction)) ?? (limit > 0 ? 100 * used / limit : null);
        if (percent is null && used is null && remaining is null) return null;
        DateTimeOffset? resetsAt = Moment(JsonPath.One(root, element, rule.ResetsAt));
        return owner with
        {
            Window = Name(root, element, rule),
            UsedPercent = percent is { } share ? Math.Clamp(share, 0, 100) : null,
            Used = used,
            Remaining = remaining,
            Limit = limit,
            Unit = OAuthText.Clean(JsonPath.Text(JsonPath.One(root, element, rule.UnitAt))) ?? rule.Unit,
            ResetsAt = resetsAt,
            ResetsIn = resetsAt - now,
        };
    }

    private static string Name(JsonElement root, JsonElement element, UsageWindowRule rule)
    {
        if (OAuthText.Clean(JsonPath.Text(JsonPath.One(root, element, rule.LabelAt))) is { } stated) return stated;
        if (JsonPath.Number(JsonPath.One(root, element, rule.SecondsAt)) is not ({ } seconds and > 0)) return rule.Label ?? "quota";
        string length = seconds % 86_400 == 0 ? $"{seconds / 86_400:0}d" : seconds >= 3600 ? $"{Math.Round(seconds / 3600):0}h" : $"{Math.Round(seconds / 60):0}m";
        return rule.Label is null ? length : $"{rule.Label} {length}";
    }

    /// <summary>A date, or a number: seconds since 1970 and milliseconds cannot be mistaken for one another for the next millennia.</summary>
    private static DateTimeOffset? Moment(JsonElement? element)
    {
        if (JsonPath.Number(element) is { } number)
        {
            return number <= 0 ? null : ProfileHealth.FromMilliseconds((long)(number < SmallestMilliseconds ? number * 1000 : number));
        }
        return DateTimeOffset.TryParse(JsonPath.Text(element), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment : null;
    }
}
