using System.Globalization;
using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Rendering;

/// <summary>What probes found: the table of <c>models status --probe</c>, and <c>auth.probes</c> of its JSON.</summary>
internal static class ProbeOutput
{
    public static void Append(StringBuilder text, ProbeReport report, Style style)
    {
        text.Append('\n').Append(style.Heading("Auth probes")).Append('\n');
        if (report.Results.Count == 0) text.Append(style.Muted("- none")).Append('\n');
        int models = Width(report.Results.Select(Model), 18);
        int labels = Width(report.Results.Select(Label), 24);
        foreach (ProbeResult result in report.Results)
        {
            text.Append(Model(result).PadRight(models)).Append("  ").Append(Label(result).PadRight(labels)).Append("  ")
                .Append(Paint(style, result.Status)).Append(" · ").Append(result.Latency is { } latency ? Duration(latency) : "-").Append('\n');
            foreach (string line in result.Error?.Split('\n') ?? []) text.Append("  ").Append(style.Muted(line.StartsWith('↳') ? line : $"↳ {line}")).Append('\n');
        }
        text.Append(style.Muted(Summary(report))).Append('\n');
    }

    public static void Write(Utf8JsonWriter writer, ProbeReport report)
    {
        writer.WriteStartObject("probes");
        writer.WriteNumber("startedAt", report.StartedAt.ToUnixTimeMilliseconds());
        writer.WriteNumber("finishedAt", (report.StartedAt + report.Duration).ToUnixTimeMilliseconds());
        writer.WriteNumber("durationMs", (long)report.Duration.TotalMilliseconds);
        writer.WriteNumber("totalTargets", report.TargetCount);
        writer.WriteStartObject("options");
        writer.WriteOptional("provider", report.Options.Providers.Count > 0 ? report.Options.Providers[0] : null);
        writer.WriteTexts("profileIds", report.Options.ProfileIds);
        writer.WriteNumber("timeoutMs", (long)report.Options.Timeout.TotalMilliseconds);
        writer.WriteNumber("concurrency", report.Options.Concurrency);
        writer.WriteNumber("maxTokens", report.Options.MaxTokens);
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach (ProbeResult result in report.Results)
        {
            writer.WriteStartObject();
            writer.WriteString("provider", result.Provider);
            writer.WriteOptional("model", result.Model);
            writer.WriteOptional("profileId", result.ProfileId);
            writer.WriteString("label", result.Label);
            writer.WriteString("source", result.Source);
            writer.WriteString("mode", result.Mode.StoredName());
            writer.WriteString("status", result.Status.Word());
            writer.WriteOptional("reasonCode", result.ReasonCode);
            writer.WriteOptional("error", result.Error);
            if (result.Latency is { } latency) writer.WriteNumber("latencyMs", (long)latency.TotalMilliseconds);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Summary(ProbeReport report)
        => report.TargetCount == 0 ? "No probe targets." : $"Probed {report.TargetCount} target{(report.TargetCount == 1 ? string.Empty : "s")} in {Duration(report.Duration)}";

    private static string Model(ProbeResult result) => result.Model ?? $"{result.Provider}/-";

    private static string Label(ProbeResult result) => $"{result.Label} ({result.Mode.StoredName()})";

    private static string Duration(TimeSpan time)
        => time.TotalMilliseconds < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0}s");

    private static string Paint(Style style, ProbeStatus status) => status switch
    {
        ProbeStatus.Ok => style.Good(status.Word()),
        ProbeStatus.RateLimit or ProbeStatus.Timeout or ProbeStatus.Billing => style.Warn(status.Word()),
        ProbeStatus.Auth or ProbeStatus.Format => style.Bad(status.Word()),
        _ => style.Muted(status.Word()),
    };

    private static int Width(IEnumerable<string> texts, int least) => Math.Min(texts.Select(text => text.Length).Append(least).Max(), 48);
}
