using System.CommandLine;
using System.Text;
using KrabAuth.Cli.Host;
using KrabAuth.Cli.Rendering;
using KrabAuth.Interop;
using KrabAuth.Profiles;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth sync</c>: the sign-ins of other programs on this machine.</summary>
internal static class SyncCommand
{
    private const int Failed = 1;

    public static Command Create(CommandLine line)
    {
        string names = string.Join(", ", ExternalTool.All);
        Option<string[]> tool = new("--tool") { HelpName = "name", Description = $"Only this program, whatever auth.externalCli says: {names}. May be repeated.", Arity = ArgumentArity.OneOrMore };
        Option<string> dryRun = GlobalOptions.Flag("--dry-run", "Show what would be taken over, and change nothing.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var command = new Command("sync", "Take over the sign-ins of Claude Code, Codex CLI, Qwen Code, MiniMax and Gemini CLI.") { tool, dryRun, json };
        return line.Does(command, call =>
        {
            AuthAgent agent = call.OpenAgent();
            IReadOnlyList<string> tools = call.Texts(tool);
            IReadOnlyList<ExternalLogin> logins = call.Has(dryRun)
                ? agent.ExternalLogins.Plan(tools)
                : agent.ExternalLogins.SyncAsync(tools, call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) WriteJson(call.Cli, agent, logins, call.Has(dryRun));
            else WriteText(call.Cli, logins, call.Has(dryRun));
            return logins.Any(login => login.IsTrouble || (tools.Count > 0 && login.Type is null)) ? Failed : 0;
        });
    }

    private static void WriteText(CliContext cli, IReadOnlyList<ExternalLogin> logins, bool isDryRun)
    {
        var text = new StringBuilder();
        foreach (ExternalLogin login in logins)
        {
            string what = login.Action == ExternalLoginAction.None ? "nothing to do" : $"{(isDryRun ? "would " : string.Empty)}{StatusWords.Of(login.Action)} {login.ProfileId}";
            string source = login.Type is null ? string.Empty : $"; {PathText.Short(login.Source, cli.Environment)}, expires {login.ExpiresText}";
            text.Append($"- {login.Tool}: {what} [{login.Reason}]: {login.Detail}{source}\n");
        }
        cli.Write(text.ToString());
    }

    private static void WriteJson(CliContext cli, AuthAgent agent, IReadOnlyList<ExternalLogin> logins, bool isDryRun) => JsonOutput.Write(cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("agentId", agent.Id);
        writer.WriteString("agentDir", agent.Paths.Directory);
        writer.WriteBoolean("dryRun", isDryRun);
        writer.WriteStartArray("logins");
        foreach (ExternalLogin login in logins)
        {
            writer.WriteStartObject();
            writer.WriteString("tool", login.Tool);
            writer.WriteString("profileId", login.ProfileId);
            writer.WriteString("provider", login.Provider);
            writer.WriteString("action", StatusWords.Of(login.Action));
            writer.WriteString("reason", login.Reason);
            writer.WriteString("detail", login.Detail);
            writer.WriteString("source", login.Source);
            writer.WriteOptional("type", login.Type?.StoredName());
            if (login.Type is not null && login.Expires != DateTimeOffset.MaxValue) writer.WriteNumber("expiresAt", login.Expires.ToUnixTimeMilliseconds());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
