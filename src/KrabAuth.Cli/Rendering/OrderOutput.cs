using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the order commands say.</summary>
internal static class OrderOutput
{
    public static void WriteJson(CliContext cli, AuthAgent agent, string provider, IReadOnlyList<string>? order) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", agent.Id);
        writer.WriteString("agentDir", agent.Paths.Directory);
        writer.WriteString("provider", ProviderId.Canonical(provider));
        WriteStorePaths(writer, agent);
        if (order is { Count: > 0 }) writer.WriteTexts("order", order);
        else writer.WriteNull("order");
        writer.WriteEndObject();
    });

    public static void WriteText(CliContext cli, AuthAgent agent, string provider, IReadOnlyList<string>? order)
    {
        var text = new StringBuilder();
        AppendSubject(text, agent, provider);
        AppendStore(text, cli, agent);
        text.Append($"Order override: {(order is { Count: > 0 } ? string.Join(", ", order) : "(none)")}\n");
        cli.Write(text.ToString());
    }

    /// <summary>What a change did.</summary>
    public static void WriteChange(CliContext cli, AuthAgent agent, string provider, string outcome)
    {
        var text = new StringBuilder();
        AppendSubject(text, agent, provider);
        cli.Write(text.Append(outcome).Append('\n').ToString());
    }

    /// <summary>Older peers name the store and newer ones the state; scripts for both find what they look for.</summary>
    public static void WriteStorePaths(System.Text.Json.Utf8JsonWriter writer, AuthAgent agent)
    {
        writer.WriteString("authStorePath", agent.Paths.StorePath);
        writer.WriteString("authStatePath", agent.IsTwoFiles ? agent.Paths.StatePath : agent.Paths.StorePath);
    }

    public static void AppendStore(StringBuilder text, CliContext cli, AuthAgent agent) => text.Append(agent.IsTwoFiles
        ? $"Auth state file: {PathText.Short(agent.Paths.StatePath, cli.Environment)}\n"
        : $"Auth file: {PathText.Short(agent.Paths.StorePath, cli.Environment)}\n");

    private static void AppendSubject(StringBuilder text, AuthAgent agent, string provider)
        => text.Append($"Agent: {agent.Id}\nProvider: {ProviderId.Canonical(provider)}\n");
}
