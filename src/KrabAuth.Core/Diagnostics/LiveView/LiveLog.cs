using System.Globalization;

namespace KrabAuth.Diagnostics;

/// <summary>The live view where nothing can be redrawn: one line for each change, with its time, so that it can be kept as a log.</summary>
public static class LiveLog
{
    /// <summary>What is new since the last look.</summary>
    /// <param name="before">The last look; <see langword="null"/> before the first one, which tells everything.</param>
    /// <param name="after">This look.</param>
    public static IReadOnlyList<string> Changes(LiveSnapshot? before, LiveSnapshot after)
    {
        string time = Moment(after.Time);
        return [.. Compare(Problems(before), Problems(after)), .. Compare(Accounts(before), Accounts(after)), .. CompareQuotas(before, after), .. NewNotes(before, after)];

        IEnumerable<string> Compare(Dictionary<string, string> old, Dictionary<string, string> current)
        {
            foreach ((string target, string state) in current)
            {
                string? was = old.GetValueOrDefault(target);
                if (was == state) continue;
                yield return Line(was is null ? $"{target} is {state}" : $"{target} was {was}, is {state}");
            }
            foreach ((string target, string state) in old)
            {
                if (!current.ContainsKey(target)) yield return Line($"{target} is gone, was {state}");
            }
        }

        IEnumerable<string> CompareQuotas(LiveSnapshot? old, LiveSnapshot current)
        {
            Dictionary<string, string> known = Quotas(old);
            foreach ((string window, string used) in Quotas(current))
            {
                if (known.GetValueOrDefault(window) != used) yield return Line($"{window}: {used}");
            }
        }

        IEnumerable<string> NewNotes(LiveSnapshot? old, LiveSnapshot current)
            => current.Notes.Where(note => old?.Notes.Contains(note) != true).Select(note => Line($"warning: {note}"));

        string Line(string text) => $"{time} {TextCells.Clean(text)}";
    }

    private static Dictionary<string, string> Problems(LiveSnapshot? snapshot)
        => new() { ["the store"] = snapshot?.Problem is { } problem ? $"unreadable: {problem}" : "readable" };

    private static Dictionary<string, string> Accounts(LiveSnapshot? snapshot)
        => snapshot is null ? [] : snapshot.Rows.ToDictionary(row => row.Profile is null ? $"provider {row.Target}" : row.Target, State, StringComparer.Ordinal);

    private static string State(AccountRow row)
    {
        string state = row.StatusText;
        if (row.HasEnd) state += $", {(row.Check.Status == Profiles.AuthStatus.Expired ? "ended" : "ends")} {Moment(row.Expires)}";
        if (row.IsHeldOut) state += ", disabled by the user";
        else if (row.WaitsUntil is { } until) state += $", waits until {Moment(until)} ({row.WaitReason})";
        if (row.IsExcluded) state += ", not in the order";
        return state;
    }

    private static Dictionary<string, string> Quotas(LiveSnapshot? snapshot)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (QuotaWindow quota in snapshot?.Quotas ?? [])
        {
            string account = quota.ProfileId ?? $"{quota.Provider} ({quota.Label})";
            string window = quota.IsKnown ? $"{account} {quota.Window}" : account;
            told[window] = !quota.IsKnown ? $"unknown: {quota.Reason}" : quota.ResetsAt is { } at ? $"{quota.UsedText}, resets {Moment(at)}" : quota.UsedText;
        }
        return told;
    }

    private static string Moment(DateTimeOffset time) => time == DateTimeOffset.MaxValue ? "never" : time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
