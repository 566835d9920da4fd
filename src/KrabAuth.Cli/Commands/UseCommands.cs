using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth resolve</c> and <c>token</c>: which credential would be used, and the credential itself.</summary>
internal static class UseCommands
{
    public static IEnumerable<Command> Create(CommandLine line) => [Resolve(line), Token(line)];

    private static Command Resolve(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider.");
        provider.Required = true;
        Option<string> model = GlobalOptions.Value("--model", "name", "The model: waits for another model alone do not count.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("resolve", "Show which profile would be used now, and why not another.") { provider, model, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            ResolvedOrder order = agent.Orders.Resolve(call.Required(provider), call.Text(model));
            if (call.Has(json)) ResolveOutput.WriteJson(call.Cli, order);
            else ResolveOutput.WriteText(call.Cli, order, agent.Workspace.NowMilliseconds);
            return order.Selected is null ? throw agent.Orders.NothingUsable(order, call.Text(model)) : 0;
        });
    }

    private static Command Token(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider whose first usable profile is meant.");
        Option<string> profile = GlobalOptions.Value("--profile-id", "id", "The profile that is meant.");
        return line.Does(new Command("token", "Print the secret alone, for use by a program.") { provider, profile }, call =>
        {
            (string? name, string? id) = (call.Text(provider), call.Text(profile));
            if (name is null && id is null) throw call.Missing("--provider or --profile-id");
            if (name is not null && id is not null) throw AuthErrors.OptionConflict("Choose either --provider or --profile-id, not both.");
            AuthAgent agent = call.OpenAgent();
            CancellationToken stop = call.CancelOnSignal();
            UsableCredential credential = (id is null ? agent.Credentials.ForProviderAsync(name!, model: null, stop) : agent.Credentials.ForProfileAsync(id, stop)).GetAwaiter().GetResult();
            call.Cli.Write(credential.Secret.Reveal() + "\n");
            return 0;
        });
    }
}
