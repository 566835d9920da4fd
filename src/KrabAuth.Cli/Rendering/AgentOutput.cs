using System.Text;
using KrabAuth.Agents;
using KrabAuth.Cli.Host;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the agent commands say.</summary>
internal static class AgentOutput
{
    public static void WriteJson(CliContext cli, IReadOnlyList<AgentInfo> agents) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartArray();
        foreach (AgentInfo agent in agents)
        {
            writer.WriteStartObject();
            writer.WriteString("id", agent.Agent);
            writer.WriteOptional("name", agent.Name);
            writer.WriteString("workspace", agent.Workspace);
            writer.WriteString("agentDir", agent.AgentDirectory);
            writer.WriteOptional("model", agent.Model);
            writer.WriteNumber("bindings", agent.Bindings);
            writer.WriteBoolean("isDefault", agent.IsDefault);
            if (agent is { IsDefault: true, Bindings: 0 }) writer.WriteTexts("routes", ["default (no explicit rules)"]);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    public static void WriteList(CliContext cli, IReadOnlyList<AgentInfo> agents)
    {
        var text = new StringBuilder("Agents:\n");
        foreach (AgentInfo agent in agents)
        {
            text.Append($"- {agent.Agent}{(agent.IsDefault ? " (default)" : string.Empty)}{(agent.Name is { } name && name != agent.Agent ? $" ({name})" : string.Empty)}\n");
            AppendPaths(text, cli, agent, "  ");
            if (agent.Model is { } model) text.Append($"  Model: {model}\n");
            text.Append($"  Routing rules: {agent.Bindings}\n");
            if (!agent.IsConfigured && agent.Agent != AgentId.Main) text.Append("  Not in the configuration: gateways do not know it\n");
        }
        cli.Write(text.ToString());
    }

    public static void WriteJson(CliContext cli, CreatedAgent made, string? model) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", made.Agent.Agent);
        writer.WriteOptional("name", made.Agent.Name);
        writer.WriteString("workspace", made.Agent.Workspace);
        writer.WriteString("agentDir", made.Agent.AgentDirectory);
        writer.WriteOptional("model", model);
        writer.WriteStartObject("bindings");
        writer.WriteTexts("added", []);
        writer.WriteTexts("skipped", []);
        writer.WriteTexts("conflicts", []);
        writer.WriteEndObject();
        writer.WriteTexts("copiedProfiles", made.CopiedProfiles);
        writer.WriteEndObject();
    });

    public static void Write(CliContext cli, CreatedAgent made, string? model)
    {
        var text = new StringBuilder($"Agent: {made.Agent.Agent}\n");
        AppendPaths(text, cli, made.Agent, string.Empty);
        if (model is not null) text.Append($"Model: {model}\n");
        if (made.CopiedProfiles.Count > 0) text.Append($"Copied: {string.Join(", ", made.CopiedProfiles)}\n");
        text.Append("OAuth profiles stay shared from \"main\" unless this agent signs in separately.\n");
        cli.Write(text.ToString());
    }

    public static void WriteJson(CliContext cli, RemovedAgent removed) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", removed.Agent.Agent);
        writer.WriteString("workspace", removed.Agent.Workspace);
        writer.WriteString("agentDir", removed.Agent.AgentDirectory);
        writer.WriteString("sessionsDir", removed.Agent.SessionsDirectory);
        writer.WriteNumber("removedBindings", removed.RemovedBindings);
        writer.WriteNumber("removedAllow", removed.RemovedAllow);
        writer.WriteString("trash", removed.Trash);
        writer.WriteEndObject();
    });

    public static void Write(CliContext cli, RemovedAgent removed)
        => cli.Write($"Deleted agent: {removed.Agent.Agent}\nIts files are in {PathText.Short(removed.Trash, cli.Environment)}. To undo it: {cli.CommandPrefix} agents restore {removed.Agent.Agent}\n");

    private static void AppendPaths(StringBuilder text, CliContext cli, AgentInfo agent, string indent)
        => text.Append($"{indent}Workspace: {PathText.Short(agent.Workspace, cli.Environment)}\n{indent}Agent dir: {PathText.Short(agent.AgentDirectory, cli.Environment)}\n");
}
