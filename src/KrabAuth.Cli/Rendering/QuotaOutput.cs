using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;

namespace KrabAuth.Cli.Rendering;

/// <summary>What <c>models usage</c> says: each account with its quota windows.</summary>
internal static class QuotaOutput
{
    private const int BarWidth = 20;

    public static void WriteText(CliContext cli, IReadOnlyList<QuotaWindow> windows)
    {
        var style = new Style(cli.UseColor);
        bool isAscii = !cli.ShowsUnicode;
        var text = new StringBuilder();
        int width = windows.Select(window => window.Window.Length).DefaultIfEmpty().Max();
        foreach (IGrouping<(string Provider, string Label), QuotaWindow> account in windows.GroupBy(window => (window.Provider, window.Label)))
        {
            string plan = account.First().Plan is { } name ? $" [{name}]" : string.Empty;
            text.Append($"{style.Heading(Title(account.First()))}{plan}\n");
            foreach (QuotaWindow window in account)
            {
                text.Append("  ");
                if (!window.IsKnown) text.Append(style.Muted($"unknown: {window.Reason}"));
                else AppendWindow(text, window, width, isAscii, style);
                text.Append('\n');
            }
        }
        if (windows.Count == 0) text.Append("No credential to ask with.\n");
        cli.Write(text.ToString());
    }

    public static void WriteJson(CliContext cli, IReadOnlyList<QuotaWindow> windows, DateTimeOffset now) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("updatedAt", now.ToUnixTimeMilliseconds());
        writer.WriteStartArray("providers");
        foreach (IGrouping<(string Provider, string Label), QuotaWindow> account in windows.GroupBy(window => (window.Provider, window.Label)))
        {
            QuotaWindow first = account.First();
            writer.WriteStartObject();
            writer.WriteString("provider", first.Provider);
            writer.WriteString("displayName", ProviderCatalog.BuiltIn.Find(first.Provider)?.Label ?? first.Provider);
            writer.WriteOptional("profileId", first.ProfileId);
            writer.WriteString("label", first.Label);
            writer.WriteOptional("plan", first.Plan);
            writer.WriteStartArray("windows");
            foreach (QuotaWindow window in account.Where(window => window.IsKnown)) WriteWindow(writer, window);
            writer.WriteEndArray();
            writer.WriteOptional("error", first.IsKnown ? null : first.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void AppendWindow(StringBuilder text, QuotaWindow window, int width, bool isAscii, Style style)
    {
        string bar = window.DrawBar(BarWidth, isAscii);
        string painted = window.Tone switch
        {
            LiveTone.Bad => style.Bad(bar),
            LiveTone.Warn => style.Warn(bar),
            _ => style.Good(bar),
        };
        text.Append(window.Window.PadRight(width)).Append("  ").Append(painted).Append(new string(' ', BarWidth - bar.Length)).Append("  ").Append(window.UsedText);
        if (window.ResetsInText.Length > 0) text.Append(style.Muted($", resets in {window.ResetsInText}"));
    }

    private static void WriteWindow(Utf8JsonWriter writer, QuotaWindow window)
    {
        writer.WriteStartObject();
        writer.WriteString("label", window.Window);
        WriteNumber(writer, "usedPercent", window.UsedPercent);
        WriteNumber(writer, "used", window.Used);
        WriteNumber(writer, "remaining", window.Remaining);
        WriteNumber(writer, "limit", window.Limit);
        writer.WriteOptional("unit", window.Unit);
        if (window.ResetsAt is { } reset) writer.WriteNumber("resetAt", reset.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } value) writer.WriteNumber(name, Math.Round(value, 6));
    }

    private static string Title(QuotaWindow window) => window.ProfileId is null ? $"{window.Provider} ({window.Label})" : window.Label;
}
