using System.CommandLine;
using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Commands;
using KrabAuth.Profiles;
using KrabAuth.Transfer;

namespace KrabAuth.Cli.Rendering;

/// <summary>What became of profiles that were imported, exported or migrated.</summary>
internal static class TransferOutput
{
    public static void Write(Invocation call, IReadOnlyList<TransferResult> results, Option<string> json)
    {
        if (call.Has(json))
        {
            JsonOutput.Write(call.Cli, writer =>
            {
                writer.WriteStartObject();
                WriteResults(writer, results);
                writer.WriteEndObject();
            });
            return;
        }
        var text = new StringBuilder();
        Append(text, results, withAgent: false);
        call.Cli.Write(text.ToString());
    }

    public static void WriteResults(Utf8JsonWriter writer, IReadOnlyList<TransferResult> results)
    {
        writer.WriteStartArray("profiles");
        foreach (TransferResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("id", result.ProfileId);
            writer.WriteString("provider", result.Provider);
            writer.WriteOptional("type", result.Type?.StoredName());
            writer.WriteString("action", result.Action.ToString().ToLowerInvariant());
            writer.WriteBoolean("moved", result.Moved);
            writer.WriteString("reason", result.Reason);
            writer.WriteString("source", result.Source);
            writer.WriteString("agentId", result.Agent);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    public static void Append(StringBuilder text, IReadOnlyList<TransferResult> results, bool withAgent)
    {
        if (results.Count == 0) text.Append("Profiles: (none)\n");
        foreach (TransferResult result in results)
        {
            string action = result.Moved ? $"{result.Action.ToString().ToLowerInvariant()}, moved" : result.Action.ToString().ToLowerInvariant();
            text.Append($"- {(withAgent ? $"{result.Agent}: " : string.Empty)}{result.ProfileId} [{action}: {result.Reason}]\n");
        }
    }
}
