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
        var request = new RequestOptions();
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("resolve", "Show which credential would be used now, and why not another.") { provider, request.Model, request.Session, request.AllowEnvironment, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            CredentialPlan plan = agent.Orders.Plan(request.Read(call, call.Required(provider)));
            if (call.Has(json)) ResolveOutput.WriteJson(call.Cli, plan);
            else ResolveOutput.WriteText(call.Cli, plan, agent.Workspace.NowMilliseconds);
            return plan.Selected is null && plan.Asked is null ? throw agent.Orders.NothingUsable(plan) : 0;
        });
    }

    private static Command Token(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider whose first usable credential is meant.");
        Option<string> profile = GlobalOptions.Value("--profile-id", "id", "The profile that is meant.");
        var request = new RequestOptions();
        var command = new Command("token", "Print the secret alone, for use by a program.") { provider, profile, request.Model, request.Session, request.NewSession, request.Compactions, request.AllowEnvironment };
        return line.Does(command, call =>
        {
            (string? name, string? id) = (call.Text(provider), call.Text(profile));
            if (name is null && id is null) throw call.Missing("--provider or --profile-id");
            if (name is not null && id is not null) throw AuthErrors.OptionConflict("Choose either --provider or --profile-id, not both.");
            if (id is not null && request.IsGiven(call)) throw AuthErrors.OptionConflict("A profile that is named is used as it is: --profile-id goes without --model, --session and --allow-environment.");
            AuthAgent agent = call.OpenAgent();
            CancellationToken stop = call.CancelOnSignal();
            UsableCredential credential = (id is null ? agent.Credentials.GetAsync(request.Read(call, name!), stop) : agent.Credentials.ForProfileAsync(id, stop)).GetAwaiter().GetResult();
            call.Cli.WriteAsItIs(credential.Secret.Reveal() + "\n");
            return 0;
        });
    }
}
