using System.Globalization;

namespace KrabAuth.Diagnostics;

/// <summary>
/// When accounts end, and until when they wait. The axis is in steps of equal width, from an hour to more than a year, as the ends of
/// tokens are minutes or months away. The pictures say nothing that the words beside them do not say.
/// </summary>
internal sealed class ReportTimeline(ReportContent content, HtmlText page)
{
    /// <summary>Where each step ends, in hours; the first is the past, the last has no end.</summary>
    private static readonly double[] Steps = [1, 24, 168, 720, 8760];

    private static readonly string[] Names = ["past", "1h", "1d", "7d", "30d", "1y", "later"];

    private const double Width = 700;
    private const double Step = 100;

    public void Write()
    {
        page.Raw("<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Timeline of ends and waits</h2>\n");
        List<AccountRow> rows = [.. content.Rows.Where(row => row.HasEnd || row.WaitsUntil is not null).OrderBy(First).ThenBy(row => row.Target, StringComparer.Ordinal)];
        if (rows.Count == 0) page.Raw("<p>No account has an end, and none waits.</p>\n</section>\n");
        else Write(rows);
    }

    private void Write(List<AccountRow> rows)
    {
        page.Raw("<p class=\"soft\">The first to end or to come back is at the top. Each step to the right is a longer time: within the hour, the day, 7 days, 30 days, the year.</p>\n")
            .Raw("<div class=\"axisrow\" aria-hidden=\"true\"><span></span><div class=\"axis\">");
        foreach (string name in Names) page.Raw($"<span>{name}</span>");
        page.Raw("</div></div>\n<ul class=\"timeline\">\n");
        foreach (AccountRow row in rows)
        {
            page.Raw("<li>\n<div><b>").Text(row.Target).Raw("</b><br />");
            Words(row);
            page.Raw("</div>\n");
            Picture(row);
            page.Raw("</li>\n");
        }
        page.Raw("</ul>\n</section>\n");
    }

    private void Words(AccountRow row)
    {
        if (row.HasEnd) page.Raw($"<span class=\"{Class(row)}\">{(row.Expires > content.MadeAt ? "Ends" : row.Profile is { Refreshable: true } ? "Ended, renews itself," : "Ended")}</span> ").Moment(row.Expires, content.MadeAt);
        if (row.WaitsUntil is not { } until) return;
        page.Raw(row.HasEnd ? "<br />" : string.Empty).Raw("<span class=\"warn\">").Text($"Waits ({row.WaitReason}) until").Raw("</span> ");
        if (until == DateTimeOffset.MaxValue) page.Raw("somebody ends it");
        else page.Moment(until, content.MadeAt);
    }

    private void Picture(AccountRow row)
    {
        page.Raw($"<svg viewBox=\"0 0 {Number(Width)} 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"track\" x=\"0\" y=\"6\" width=\"{Number(Width)}\" height=\"8\" />");
        for (double x = Step; x < Width; x += Step) page.Raw($"<line class=\"grid\" x1=\"{Number(x)}\" y1=\"6\" x2=\"{Number(x)}\" y2=\"14\" />");
        if (row.WaitsUntil is { } until) page.Raw($"<rect class=\"f-wait\" x=\"{Number(Step)}\" y=\"6\" width=\"{Number(Math.Max(Place(until) - Step, 4))}\" height=\"8\" />");
        if (row.HasEnd) page.Raw($"<rect class=\"f-{Class(row)}\" x=\"{Number(Math.Clamp(Place(row.Expires) - 4, 0, Width - 8))}\" y=\"0\" width=\"8\" height=\"20\" />");
        page.Raw("</svg>\n");
    }

    /// <summary>Where a moment is, from left to right; within a step, in proportion.</summary>
    private double Place(DateTimeOffset moment)
    {
        double hours = (moment - content.MadeAt).TotalHours;
        if (hours <= 0) return Step / 2;
        double from = 0;
        for (int index = 0; index < Steps.Length; index++)
        {
            if (hours <= Steps[index]) return (Step * (index + 1)) + (Step * (hours - from) / (Steps[index] - from));
            from = Steps[index];
        }
        return Width - (Step / 2);
    }

    private static DateTimeOffset First(AccountRow row) => row.WaitsUntil is { } until && (!row.HasEnd || until < row.Expires) ? until : row.Expires;

    private static string Class(AccountRow row) => ReportTables.Class(row.Tone);

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
