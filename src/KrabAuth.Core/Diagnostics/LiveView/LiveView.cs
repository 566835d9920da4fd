using System.Globalization;
using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <summary>Lays out the live view: a pure function of what is known, the room there is, and the time.</summary>
public sealed class LiveView
{
    private const int Gap = 2;
    private const int StatusWidth = 21;
    private const int EndsWidth = 11;
    private const int WidestWait = 26;
    private const int BarWidth = 20;

    /// <summary>From here on there is room for a column for each thing.</summary>
    private const int Wide = 72;

    private readonly LiveSnapshot _snapshot;
    private readonly LiveScreen _screen;
    private readonly DateTimeOffset _now;

    private LiveView(LiveSnapshot snapshot, LiveScreen screen, DateTimeOffset now)
    {
        _snapshot = snapshot;
        _screen = screen;
        _now = now;
    }

    private bool IsWide => _screen.Width >= Wide;

    /// <summary>The lines, no more and no wider than the screen has room for. Where it is too small for all, what needs attention stays.</summary>
    public static IReadOnlyList<LiveLine> Draw(LiveSnapshot snapshot, LiveScreen screen, DateTimeOffset now)
        => screen.Width < 1 ? [] : [.. new LiveView(snapshot, screen, now).Lines().Take(Math.Max(screen.Height, 0))];

    private IEnumerable<LiveLine> Lines()
    {
        bool isTight = _screen.Height < 10;
        List<LiveLine> top = [Head()];
        if (!isTight) top.AddRange([Line(new(_snapshot.Report.StateDirectory, LiveTone.Muted), isPath: true), LiveLine.Empty]);
        List<LiveLine> bottom = [.. Notes()];
        if (!isTight) bottom.AddRange([LiveLine.Empty, Line(new(_screen.Hint, LiveTone.Muted))]);
        int room = Math.Max(_screen.Height - top.Count - bottom.Count, 0);
        List<LiveLine> quotas = Quotas();
        // Two fifths for the quotas, and more where the profiles leave it.
        int wanted = _snapshot.Rows.Count + 1;
        int share = quotas.Count == 0 ? 0 : Math.Min(quotas.Count, Math.Max(room * 2 / 5, room - wanted));
        return [.. top, .. Profiles(room - share), .. Cut(quotas, share, "quotas"), .. bottom];
    }

    private LiveLine Head()
    {
        int failed = _snapshot.Rows.Count(row => row.Check.Result == AuthCheckResult.Failed), soon = _snapshot.Rows.Count(row => row.Check.Result == AuthCheckResult.Warning);
        var state = failed > 0 ? new LiveSpan($"{failed} {(failed == 1 ? "needs" : "need")} attention", LiveTone.Bad)
            : soon > 0 ? new LiveSpan($"{soon} soon", LiveTone.Warn)
            : new LiveSpan("all well", LiveTone.Good);
        string clock = _now.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string name = $"{_snapshot.Report.Product}, {_snapshot.Report.Agent}";
        int left = _screen.Width - Gap - clock.Length;
        // The state of things before their names, where there is room for one alone.
        if (TextCells.Width(name) + Gap + state.Text.Length > left) return Line(state);
        string fill = new(' ', left - TextCells.Width(name) - Gap - state.Text.Length + Gap);
        return new LiveLine([new(TextCells.Clean(name), LiveTone.Heading), new("  "), state, new(fill), new(clock, LiveTone.Muted)]);
    }

    private IEnumerable<LiveLine> Notes()
    {
        if (_snapshot.Problem is { } problem) yield return Line(new($"As of {_snapshot.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}: {problem}", LiveTone.Bad));
        foreach (string note in _snapshot.Notes.Take(3)) yield return Line(new(note, LiveTone.Warn));
    }

    private List<LiveLine> Profiles(int room)
    {
        if (_snapshot.Rows.Count == 0) return [Line(new("No profile is signed in.", LiveTone.Muted))];
        IReadOnlyList<AccountRow> rows = _snapshot.Rows;
        if (rows.Count + 1 > room) rows = [.. rows.OrderBy(Urgency)];
        int shown = Math.Min(rows.Count, rows.Count + 1 > room ? Math.Max(room - 2, 1) : rows.Count);
        List<string> waits = [.. rows.Select(Waits)];
        int waitWidth = Math.Min(WidestWait, Math.Max("Waits".Length, waits.Max(TextCells.Width)));
        int longest = Math.Max("Profile".Length, rows.Max(row => TextCells.Width(TextCells.Clean(row.ShortLabel))));
        int[] widths = IsWide
            ? [Math.Min(longest, _screen.Width - StatusWidth - EndsWidth - waitWidth - (3 * Gap)), StatusWidth, EndsWidth, waitWidth]
            : [Math.Min(longest, Math.Max(_screen.Width * 3 / 5, 1)), 0];
        if (!IsWide) widths[1] = Math.Max(_screen.Width - widths[0] - Gap, 0);
        var lines = new List<LiveLine>();
        if (room > 2) lines.Add(Columns(widths, LiveTone.Heading, IsWide ? ["Profile", "Status", "Ends", "Waits"] : ["Profile", "State"]));
        for (int index = 0; index < shown; index++)
        {
            AccountRow row = rows[index];
            lines.Add(IsWide
                ? Columns(widths, row.Tone, [row.ShortLabel, row.StatusText, Ends(row), waits[index]])
                : Columns(widths, row.Tone, [row.ShortLabel, waits[index].Length > 0 ? waits[index] : $"{row.StatusText} {Ends(row)}"]));
        }
        if (shown < rows.Count) lines.Add(More(rows.Count - shown, "profiles"));
        return lines;
    }

    private List<LiveLine> Quotas()
    {
        if (_snapshot.IsAsking) return [LiveLine.Empty, Line(new("The providers are being asked for quotas.", LiveTone.Muted))];
        if (_snapshot.Quotas.Count == 0) return [];
        // What is known comes first, because the others are the first to go where there is no room.
        List<(string Name, QuotaWindow Quota)> quotas = [.. _snapshot.Quotas.OrderBy(quota => !quota.IsKnown).Select(quota => (Name(quota), quota))];
        int window = Math.Clamp(quotas.Max(entry => TextCells.Width(TextCells.Clean(entry.Quota.Window))), "Window".Length, 14);
        int used = Math.Max("Used".Length, quotas.Where(entry => entry.Quota.IsKnown).Select(entry => TextCells.Width(entry.Quota.UsedText)).DefaultIfEmpty().Max());
        int fixedWidth = window + EndsWidth + used + (3 * Gap) + (IsWide ? BarWidth + Gap : 0);
        int label = Math.Clamp(quotas.Max(entry => TextCells.Width(entry.Name)), 1, Math.Max(_screen.Width - fixedWidth, 12));
        int[] widths = IsWide ? [label, window, BarWidth, used, EndsWidth] : [label, window, used, EndsWidth];
        List<LiveLine> lines = [LiveLine.Empty, Columns(widths, LiveTone.Heading, IsWide ? ["Account", "Window", "", "Used", "Resets in"] : ["Account", "Window", "Used", "Resets in"])];
        foreach ((string name, QuotaWindow quota) in quotas)
        {
            if (!quota.IsKnown)
            {
                lines.Add(Line(new($"{TextCells.Fit(name, label, _screen.IsAscii)}  unknown: {quota.Reason}", LiveTone.Muted)));
                continue;
            }
            string resets = quota.ResetsAt is { } at ? DurationText.Countdown(at > _now ? at - _now : TimeSpan.Zero) : string.Empty;
            string[] cells = IsWide ? [name, quota.Window, quota.DrawBar(BarWidth, _screen.IsAscii), quota.UsedText, resets] : [name, quota.Window, quota.UsedText, resets];
            lines.Add(Columns(widths, quota.Tone, cells));
        }
        return lines;
    }

    private string Name(QuotaWindow quota) => TextCells.Clean(_snapshot.Rows.FirstOrDefault(row => row.Target == quota.ProfileId)?.ShortLabel ?? quota.Label);

    private List<LiveLine> Cut(List<LiveLine> lines, int room, string what)
        => lines.Count <= room ? lines : room < 4 ? [] : [.. lines.Take(room - 1), More(lines.Count - room + 1, what)];

    private LiveLine More(int count, string what) => Line(new($"{count} more {(count == 1 ? what[..^1] : what)} {(what == "profiles" ? "of less urgency" : "without room here")}", LiveTone.Muted));

    /// <summary>The first column says who, in plain; the others what, in the tone of it.</summary>
    private LiveLine Columns(int[] widths, LiveTone tone, string[] cells)
    {
        int room = _screen.Width;
        var spans = new List<LiveSpan>();
        for (int index = 0; index < cells.Length && room > 0; index++)
        {
            int width = Math.Min(widths[index], room);
            string gap = index < cells.Length - 1 ? new string(' ', Math.Min(Gap, room - width)) : string.Empty;
            spans.Add(new(TextCells.Fit(TextCells.Clean(cells[index]), width, _screen.IsAscii) + gap, index == 0 && tone != LiveTone.Heading ? LiveTone.Plain : tone));
            room -= width + gap.Length;
        }
        return new LiveLine(spans);
    }

    private LiveLine Line(LiveSpan span, bool isPath = false)
    {
        string text = TextCells.Clean(span.Text);
        int width = Math.Min(TextCells.Width(text), _screen.Width);
        return LiveLine.Of(isPath ? TextCells.FitEnd(text, width, _screen.IsAscii) : TextCells.Fit(text, width, _screen.IsAscii), span.Tone);
    }

    private string Ends(AccountRow row) => row.Expires == DateTimeOffset.MaxValue ? "never"
        : row.Expires == DateTimeOffset.MinValue ? "unknown"
        : row.Expires > _now ? DurationText.Countdown(row.Expires - _now)
        : $"{DurationText.Countdown(_now - row.Expires)} ago";

    private string Waits(AccountRow row) => row.IsHeldOut ? "disabled by the user"
        : row.WaitsUntil is { } until && until > _now ? $"{row.WaitReason} {DurationText.Countdown(until - _now)}"
        : row.IsExcluded ? "not in the order"
        : string.Empty;

    private static int Urgency(AccountRow row) => row switch
    {
        { Check.Result: AuthCheckResult.Failed } => 0,
        { Check.Result: AuthCheckResult.Warning } => 1,
        { WaitsUntil: not null } => 2,
        _ => 3,
    };
}
