using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the commands about failures and waits say.</summary>
internal static class UsageOutput
{
    public static void WriteSuccess(CliContext cli, string id, bool json)
    {
        if (!json)
        {
            cli.Write($"Recorded for {id}: success.\n");
            return;
        }
        JsonOutput.Write(cli, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("profileId", id);
            writer.WriteBoolean("success", true);
            writer.WriteEndObject();
        });
    }

    public static void WriteText(CliContext cli, FailureOutcome outcome)
    {
        string reason = outcome.Reason?.StoredName() ?? "no reason to use another profile";
        cli.Write(outcome.IsRecorded
            ? $"Recorded for {outcome.ProfileId}: {reason}.\n{(outcome.Cooldown is { } wait ? $"{Describe(wait)}.\n" : string.Empty)}"
            : $"Not recorded for {outcome.ProfileId}: {reason}; {outcome.Detail}.\n");
    }

    public static void WriteJson(CliContext cli, FailureOutcome outcome) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("profileId", outcome.ProfileId);
        writer.WriteString("provider", outcome.Provider);
        writer.WriteBoolean("success", false);
        writer.WriteString("reason", outcome.Reason?.StoredName());
        writer.WriteBoolean("recorded", outcome.IsRecorded);
        writer.WriteString("detail", outcome.Detail);
        writer.WritePropertyName("cooldown");
        if (outcome.Cooldown is { } wait) Write(writer, wait);
        else writer.WriteNullValue();
        writer.WriteEndObject();
    });

    public static void WriteText(CliContext cli, IReadOnlyList<AuthCooldown> waits)
    {
        var text = new StringBuilder();
        foreach (AuthCooldown wait in waits) text.Append($"{Describe(wait)}\n");
        cli.Write(waits.Count == 0 ? "No profile waits.\n" : text.ToString());
    }

    public static void WriteJson(CliContext cli, AuthAgent agent, IReadOnlyList<AuthCooldown> waits) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", agent.Id);
        writer.WriteString("agentDir", agent.Paths.Directory);
        writer.WriteStartArray("cooldowns");
        foreach (AuthCooldown wait in waits) Write(writer, wait);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static void WriteCleared(CliContext cli, AuthAgent agent, IReadOnlyList<string> cleared, bool json)
    {
        if (!json)
        {
            cli.Write(cleared.Count == 0 ? "There was nothing to clear.\n" : $"Cleared: {string.Join(", ", cleared)}\n");
            return;
        }
        JsonOutput.Write(cli, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("agentId", agent.Id);
            writer.WriteString("agentDir", agent.Paths.Directory);
            writer.WriteTexts("cleared", cleared);
            writer.WriteEndObject();
        });
    }

    private static string Describe(AuthCooldown wait)
    {
        string model = wait.Model is null ? string.Empty : $" for {wait.Model}";
        return $"{wait.ProfileId}: {wait.Kind} ({wait.Reason}){model}, back in {wait.RemainingText}, at {wait.UntilText}; failures in a row: {wait.ErrorCount}";
    }

    private static void Write(Utf8JsonWriter writer, AuthCooldown wait)
    {
        writer.WriteStartObject();
        writer.WriteString("profileId", wait.ProfileId);
        writer.WriteString("provider", wait.Provider);
        writer.WriteString("kind", wait.Kind);
        writer.WriteString("reason", wait.Reason);
        writer.WriteString("model", wait.Model);
        if (wait.Since is { } since) writer.WriteNumber("since", since.ToUnixTimeMilliseconds());
        else writer.WriteNull("since");
        writer.WriteNumber("until", wait.Until.ToUnixTimeMilliseconds());
        writer.WriteNumber("remainingMs", (long)wait.Remaining.TotalMilliseconds);
        writer.WriteNumber("errorCount", wait.ErrorCount);
        writer.WriteEndObject();
    }
}
