using System.Text;
using System.Text.Json;
using KrabAuth.Cli.Host;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the session commands say.</summary>
internal static class SessionOutput
{
    public static void WriteJson(CliContext cli, AuthAgent agent, IReadOnlyList<SessionPin> pins) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", agent.Id);
        writer.WriteString("sessionsPath", agent.Sessions.FilePath);
        writer.WriteStartArray("pins");
        foreach (SessionPin pin in pins) WritePin(writer, pin);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static void WritePin(Utf8JsonWriter writer, SessionPin pin)
    {
        writer.WriteStartObject();
        writer.WriteString("session", pin.Session);
        writer.WriteString("provider", pin.Provider);
        writer.WriteString("profileId", pin.ProfileId);
        writer.WriteString("source", StatusWords.Of(pin.Source));
        if (pin.CompactionCount is { } count) writer.WriteNumber("compactionCount", count);
        writer.WriteNumber("updatedAt", pin.UpdatedAt.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    public static void WriteText(CliContext cli, AuthAgent agent, IReadOnlyList<SessionPin> pins)
    {
        var text = new StringBuilder($"Agent: {agent.Id}\nSessions file: {PathText.Short(agent.Sessions.FilePath, cli.Environment)}\n");
        if (pins.Count == 0) text.Append("Pins: (none)\n");
        foreach (SessionPin pin in pins) text.Append($"{pin.Session}  {pin.Provider}  {pin.ProfileId}  ({StatusWords.Of(pin.Source)})\n");
        cli.Write(text.ToString());
    }
}
