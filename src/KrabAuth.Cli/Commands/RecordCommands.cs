using System.CommandLine;
using System.Globalization;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth record</c> and <c>cooldown</c>: how a call ended, and who has to wait for that.</summary>
internal static class RecordCommands
{
    public static Command CreateRecord(CommandLine line)
    {
        Option<string> profile = GlobalOptions.Value("--profile-id", "id", "The profile that was used.");
        profile.Required = true;
        Option<string> success = GlobalOptions.Flag("--success", "It worked.");
        Option<string> status = GlobalOptions.Value("--status", "number", "It failed with this HTTP status.");
        Option<string> message = GlobalOptions.Value("--message", "text", "What the provider said: a sentence or the body of the answer.");
        Option<string> reason = GlobalOptions.Value("--reason", "name", $"It failed for this reason: {string.Join(", ", FailureReasons.Names)}.");
        Option<string> model = GlobalOptions.Value("--model", "name", "The model that was asked for: a rate limit is that model's alone.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("record", "Record how a call with a profile ended.") { profile, success, status, message, reason, model, json }, call =>
        {
            bool hasFailed = call.Text(status) is not null || call.Text(message) is not null;
            int ways = (call.Has(success) ? 1 : 0) + (hasFailed ? 1 : 0) + (call.Text(reason) is not null ? 1 : 0);
            if (ways == 0) throw call.Missing("--success, --status or --reason");
            if (ways > 1) throw AuthErrors.OptionConflict("Choose one of --success, --status (with --message) and --reason.");
            AuthAgent agent = call.OpenAgent();
            string id = call.Required(profile);
            CancellationToken stop = call.CancelOnSignal();
            if (call.Has(success))
            {
                agent.Usage.RecordSuccessAsync(id, stop).GetAwaiter().GetResult();
                UsageOutput.WriteSuccess(call.Cli, id, call.Has(json));
                return 0;
            }
            Task<FailureOutcome> recording = call.Text(reason) is { } name
                ? agent.Usage.RecordFailureAsync(id, FailureReasons.Require(name), call.Text(model), stop)
                : agent.Usage.RecordFailureAsync(id, new FailureSignal { Status = Status(call.Text(status)), Message = call.Text(message) }, call.Text(model), stop);
            FailureOutcome outcome = recording.GetAwaiter().GetResult();
            if (call.Has(json)) UsageOutput.WriteJson(call.Cli, outcome);
            else UsageOutput.WriteText(call.Cli, outcome);
            return 0;
        });
    }

    public static Command CreateCooldown(CommandLine line)
        => new("cooldown", "Show or end the waits that follow failures.") { List(line), Clear(line) };

    private static Command List(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only this provider.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("list", "List the profiles that wait, why and until when.") { provider, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            IReadOnlyList<Profiles.AuthCooldown> waits = agent.Usage.List(call.Text(provider));
            if (call.Has(json)) UsageOutput.WriteJson(call.Cli, agent, waits);
            else UsageOutput.WriteText(call.Cli, waits);
            return 0;
        });
    }

    private static Command Clear(CommandLine line)
    {
        Option<string> profile = GlobalOptions.Value("--profile-id", "id", "Only this profile.");
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only the profiles of this provider.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("clear", "End waits before their time, and forget the failures.") { profile, provider, json }, call =>
        {
            (string? id, string? ofProvider) = (call.Filled(profile), call.Filled(provider));
            if (id is not null && ofProvider is not null) throw AuthErrors.OptionConflict("Choose either --provider or --profile-id, not both.");
            AuthAgent agent = call.OpenAgent();
            IReadOnlyList<string> cleared = agent.Usage.ClearAsync(id, ofProvider, call.CancelOnSignal()).GetAwaiter().GetResult();
            UsageOutput.WriteCleared(call.Cli, agent, cleared, call.Has(json));
            return 0;
        });
    }

    private static int? Status(string? text)
    {
        if (text is null) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 599 ? status : throw AuthErrors.StatusInvalid();
    }
}
