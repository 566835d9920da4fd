using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models usage</c>: how much of their quotas the accounts have used.</summary>
internal static class UsageCommand
{
    public static Command Create(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "This provider alone.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var usage = new Command("usage", "Ask the providers how much of their quotas is used: a network call.") { provider, json };
        return line.Does(usage, call =>
        {
            AuthAgent agent = call.OpenAgent();
            var options = new UsageOptions { Providers = call.Text(provider) is { } name ? [name] : [] };
            IReadOnlyList<QuotaWindow> windows = agent.Health.UsageAsync(options, call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) QuotaOutput.WriteJson(call.Cli, windows, agent.Workspace.Now);
            else QuotaOutput.WriteText(call.Cli, windows);
            return 0;
        });
    }
}
