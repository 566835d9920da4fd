using System.Globalization;
using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Rendering;

/// <summary>What <c>monitor</c> says of one check: the changes alone, so that cron has nothing to send where nothing changed.</summary>
internal static class MonitorOutput
{
    public static void WriteText(CliContext cli, MonitorReport report)
    {
        string time = report.Time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var text = new StringBuilder();
        foreach (MonitorChange change in report.Changes)
        {
            text.Append($"{time}  {change.Message}\n");
            if (change.Remedy is { } remedy) text.Append($"    {cli.ForThisCall(remedy.CommandLine)}\n");
        }
        if (report.Changes.Count == 0 && cli.IsForPerson) text.Append($"{time}  Nothing new: {Count(report, AuthCheckResult.Passed)} passed, {Count(report, AuthCheckResult.Warning)} warn, {Count(report, AuthCheckResult.Failed)} fail.\n");
        cli.Write(text.ToString());
    }

    public static void WriteJson(CliContext cli, MonitorReport report, bool isIndented) => JsonOutput.Write(
        cli,
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("checkedAt", report.Time.ToUnixTimeMilliseconds());
            writer.WriteString("result", MonitorFile.Word(HealthInspector.Worst(report.Checks)));
            writer.WriteStartArray("changes");
            foreach (MonitorChange change in report.Changes) WriteChange(cli, writer, change);
            writer.WriteEndArray();
            writer.WriteStartArray("checks");
            foreach (AuthCheck check in report.Checks)
            {
                writer.WriteStartObject();
                WriteState(writer, MonitoredState.Of(check));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        },
        isIndented);

    private static void WriteChange(CliContext cli, Utf8JsonWriter writer, MonitorChange change)
    {
        writer.WriteStartObject();
        writer.WriteString("event", MonitorFile.Word(change.Event));
        writer.WriteString("target", change.Target);
        writer.WriteString("message", change.Message);
        writer.WriteOptional("next", change.Remedy is { } remedy ? cli.ForThisCall(remedy.CommandLine) : null);
        writer.WriteBoolean("notified", change.Problem is null);
        writer.WriteOptional("problem", change.Problem);
        WriteNested(writer, "before", change.Before);
        WriteNested(writer, "now", change.Check is null ? null : MonitoredState.Of(change.Check));
        writer.WriteEndObject();
    }

    private static void WriteNested(Utf8JsonWriter writer, string name, MonitoredState? state)
    {
        if (state is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        WriteState(writer, state);
        writer.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter writer, MonitoredState state)
    {
        writer.WriteString("kind", MonitorFile.Word(state.Kind));
        writer.WriteString("provider", state.Provider);
        writer.WriteOptional("profileId", state.ProfileId);
        writer.WriteString("result", MonitorFile.Word(state.Result));
        writer.WriteString("status", MonitorFile.Word(state.Status));
        writer.WriteString("reason", state.Reason);
    }

    private static int Count(MonitorReport report, AuthCheckResult result) => report.Checks.Count(check => check.Result == result);
}
