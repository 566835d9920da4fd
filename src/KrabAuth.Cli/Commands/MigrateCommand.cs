using System.CommandLine;
using System.Text;
using KrabAuth.Cli.Rendering;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth.Cli.Commands;

/// <summary><c>migrate</c>: a whole state directory to another product.</summary>
internal static class MigrateCommand
{
    public static Command Create(CommandLine line)
    {
        Option<string> from = GlobalOptions.Value("--from", "product", "The old product: krabkrab, openclaw, moltbot or clawdbot.");
        from.Required = true;
        Option<string> fromDirectory = GlobalOptions.Value("--from-dir", "path", "Its state directory, instead of its own.");
        Option<string> to = GlobalOptions.Value("--to", "product", "The new product; --product, or KrabKrab, without it.");
        Option<string> dryRun = GlobalOptions.Flag("--dry-run", "Say what would be done, and do nothing.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var command = new Command("migrate", "Bring all agents, their profiles, orders and auth settings to another product. OAuth sign-ins are moved, keys and tokens are copied.") { from, fromDirectory, to, dryRun, json };
        return line.Does(command, call =>
        {
            AuthWorkspace source = call.OpenWorkspace(ProductLayout.Parse(call.Required(from)), call.Text(fromDirectory));
            AuthWorkspace target = call.OpenTarget(call.Text(to));
            MigrationReport report = StateMigration.RunAsync(source, target, call.Has(dryRun), call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) WriteJson(call, report);
            else WriteText(call, report);
            return 0;
        });
    }

    private static void WriteJson(Invocation call, MigrationReport report) => JsonOutput.Write(call.Cli, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("from", report.From.ToString());
        writer.WriteString("fromDir", report.FromDirectory);
        writer.WriteString("to", report.To.ToString());
        writer.WriteString("toDir", report.ToDirectory);
        writer.WriteBoolean("dryRun", report.IsDryRun);
        writer.WriteBoolean("changes", report.HasChanges);
        TransferOutput.WriteResults(writer, report.Profiles);
        writer.WriteTexts("state", report.State);
        writer.WriteStartArray("settings");
        foreach (MigratedSetting setting in report.Settings)
        {
            writer.WriteStartObject();
            writer.WriteString("path", setting.Path);
            writer.WriteBoolean("added", setting.Added);
            writer.WriteString("reason", setting.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteTexts("movedSignIns", report.MovedSignIns);
        writer.WriteEndObject();
    });

    private static void WriteText(Invocation call, MigrationReport report)
    {
        var text = new StringBuilder($"{(report.IsDryRun ? "Would migrate" : "Migrate")} {report.From} ({PathText.Short(report.FromDirectory, call.Cli.Environment)}) to {report.To} ({PathText.Short(report.ToDirectory, call.Cli.Environment)}).\n\n");
        TransferOutput.Append(text, report.Profiles, withAgent: true);
        foreach (string state in report.State) text.Append($"- {state} [added]\n");
        foreach (MigratedSetting setting in report.Settings) text.Append($"- setting {setting.Path} [{(setting.Added ? "added" : "left")}: {setting.Reason}]\n");
        if (!report.HasChanges) text.Append("\nThere is nothing to do.\n");
        if (report.MovedSignIns.Count > 0)
        {
            text.Append($"\n{report.From} {(report.IsDryRun ? "would have" : "has")} no longer: {string.Join(", ", report.MovedSignIns)}. Do not use these accounts with it from a copy or a backup:\n")
                .Append($"each refresh there would sign {report.To} out. To use both, let them share one directory: --state-dir {PathText.Short(report.FromDirectory, call.Cli.Environment)}\n");
        }
        call.Cli.Write(text.ToString());
    }
}
