using System.Text;
using KrabAuth.Agents;
using KrabAuth.Cli.Host;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Rendering;

/// <summary>What the command <c>model</c> says.</summary>
internal static class ModelOutput
{
    public static void WriteChoice(CliContext cli, string session, ModelChoiceResult choice, CredentialPlan plan)
    {
        string used = choice.ProfileId is { } id ? $"Session {session} stays with {id} for {choice.Provider}.\n" : $"Session {session} follows the order of {choice.Provider}.\n";
        cli.Write($"Model: {choice.Model}\n{used}Used now: {plan.SelectedText}\n");
    }

    public static void WriteChoiceJson(CliContext cli, string session, ModelChoiceResult choice, CredentialPlan plan) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("session", session);
        writer.WriteString("model", choice.Model);
        writer.WriteString("provider", choice.Provider);
        writer.WriteString("profileId", choice.ProfileId);
        writer.WriteString("selectedSource", plan.Selected?.ToString());
        writer.WriteEndObject();
    });

    public static void WriteList(CliContext cli, IReadOnlyList<ConfiguredModel> models)
    {
        var text = new StringBuilder();
        int width = Math.Min(models.Max(model => model.Model.Length), 48);
        foreach (ConfiguredModel model in models)
        {
            string aliases = model.Aliases.Count > 0 ? $"  {string.Join(", ", model.Aliases)}" : string.Empty;
            text.Append($"{model.Model.PadRight(width)}  {model.Role}{aliases}\n");
        }
        cli.Write(text.ToString());
    }

    public static void WriteListJson(CliContext cli, IReadOnlyList<ConfiguredModel> models) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("models");
        foreach (ConfiguredModel model in models)
        {
            writer.WriteStartObject();
            writer.WriteString("model", model.Model);
            writer.WriteString("provider", model.Provider);
            writer.WriteString("role", model.Role);
            writer.WriteTexts("aliases", model.Aliases);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static void WriteStatus(CliContext cli, string session, IReadOnlyList<CredentialPlan> plans)
    {
        var text = new StringBuilder($"Session: {session}\n");
        foreach (CredentialPlan plan in plans)
        {
            string pin = plan.Pin is { } held ? $" ({(held.Source == SessionPinSource.User ? "pinned" : "kept by the session")})" : string.Empty;
            text.Append($"{plan.Order.Provider}: {plan.SelectedText}{pin}\n  if it fails: {plan.IfItFails}\n");
        }
        cli.Write(text.ToString());
    }

    public static void WriteStatusJson(CliContext cli, string session, IReadOnlyList<CredentialPlan> plans) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("session", session);
        writer.WriteStartArray("providers");
        foreach (CredentialPlan plan in plans) ResolveOutput.WritePlan(writer, plan);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
