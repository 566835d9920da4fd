using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.Transfer;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth export</c> and <c>import</c>: profiles to another machine, and from anywhere.</summary>
internal static class TransferCommands
{
    public static IEnumerable<Command> Create(CommandLine line) => [Export(line), Import(line)];

    /// <summary>Whether a command reads a password, so that a stray argument may well be one.</summary>
    public static bool TakesPassword(Command command) => command.Name is "export" or "import";

    private static Command Export(CommandLine line)
    {
        var path = new Argument<string>("file") { Description = "The file to write.", Arity = ArgumentArity.ExactlyOne };
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only this provider.");
        Option<string[]> ids = Ids();
        Option<string> includeOAuth = GlobalOptions.Flag("--include-oauth", "Export OAuth sign-ins too. Use each in one place alone.");
        Option<string> move = GlobalOptions.Flag("--move", "Remove the exported OAuth sign-ins here.");
        Option<string> force = GlobalOptions.Flag("--force", "Replace the file.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var command = new Command("export", "Write profiles to a file that a password protects. It is asked for, or read from standard input.") { path, provider, ids, includeOAuth, move, force, json };
        return line.Does(command, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string file = FullPath(call, path);
            if (!call.Has(force) && Path.Exists(file)) throw AuthErrors.TransferFileExists(file);
            TransferPlan plan = agent.Transfers.PlanExport(new ExportRequest(file, SecretSource.ReadPassword(call.Cli, isNew: true))
            {
                Provider = call.Filled(provider),
                IncludeOAuth = call.Has(includeOAuth),
                Move = call.Has(move),
                Force = call.Has(force),
            });
            IReadOnlyList<string>? only = Chosen(call, ids, plan, agent);
            TransferOutput.Write(call, agent.Transfers.ExportAsync(plan, only, call.CancelOnSignal()).GetAwaiter().GetResult(), json);
            return 0;
        });
    }

    private static Command Import(CommandLine line)
    {
        var path = new Argument<string>("file") { Description = "A file: an export, a store, an auth.json or oauth.json, a .env.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> from = GlobalOptions.Value("--from", "product", "Import from another product's state directory.");
        Option<string> fromDirectory = GlobalOptions.Value("--from-dir", "path", "Import from this state directory.");
        Option<string> fromAgent = GlobalOptions.Value("--from-agent", "id", "Import from this agent; main without it.");
        Option<string> fromEnvironment = GlobalOptions.Flag("--from-env", "Import the environment variables that the catalog knows.");
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only this provider.");
        Option<string[]> ids = Ids();
        Option<string> includeOAuth = GlobalOptions.Flag("--include-oauth", "Copy OAuth sign-ins that nobody uses at the source any longer.");
        Option<string> move = GlobalOptions.Flag("--move", "Move OAuth sign-ins: remove them at the source.");
        Option<string> force = GlobalOptions.Flag("--force", "Replace profiles of the same id.");
        Option<string> dryRun = GlobalOptions.Flag("--dry-run", "Say what would be done, and do nothing.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var command = new Command("import", "Import profiles from a file, another agent or product, or the environment.")
        {
            path, from, fromDirectory, fromAgent, fromEnvironment, provider, ids, includeOAuth, move, force, dryRun, json,
        };
        return line.Does(command, call =>
        {
            bool isAgent = call.Text(from) is not null || call.Text(fromDirectory) is not null || call.Text(fromAgent) is not null;
            bool isFile = call.Text(path) is { Length: > 0 };
            if (new[] { isAgent, isFile, call.Has(fromEnvironment) }.Count(given => given) != 1) throw AuthErrors.OptionConflict("Give one source: a file, --from, --from-dir or --from-agent, or --from-env.");
            AuthAgent agent = call.OpenAgent();
            string? file = isFile ? FullPath(call, path) : null;
            CancellationToken stop = call.CancelOnSignal();
            TransferPlan plan = agent.Transfers.PlanImportAsync(
                new ImportRequest
                {
                    Path = file,
                    Password = file is not null && TransferManager.IsProtected(file) ? SecretSource.ReadPassword(call.Cli, isNew: false) : null,
                    From = isAgent ? Source(call, agent, call.Text(from), call.Text(fromDirectory), call.Text(fromAgent)) : null,
                    FromEnvironment = call.Has(fromEnvironment),
                    Provider = call.Filled(provider),
                    IncludeOAuth = call.Has(includeOAuth),
                    Move = call.Has(move),
                    Force = call.Has(force),
                },
                stop).GetAwaiter().GetResult();
            IReadOnlyList<string>? only = Chosen(call, ids, plan, agent);
            TransferOutput.Write(call, call.Has(dryRun) ? [.. plan.Results.Where(result => only?.Contains(result.ProfileId) != false)] : agent.Transfers.ImportAsync(plan, only, stop).GetAwaiter().GetResult(), json);
            return 0;
        });
    }

    private static Option<string[]> Ids() => new("--profile-id") { HelpName = "id", Description = "Only this profile; may be repeated.", Arity = ArgumentArity.OneOrMore };

    private static AuthAgent Source(Invocation call, AuthAgent agent, string? product, string? directory, string? id)
    {
        if (product is null && directory is null) return agent.Workspace.OpenAgent(id);
        return call.OpenWorkspace(product is null ? agent.Workspace.Product : ProductLayout.Parse(product), directory).OpenAgent(id);
    }

    /// <summary>The ids that were asked for; one that is not there is an error, and not an export with a hole in it.</summary>
    private static IReadOnlyList<string>? Chosen(Invocation call, Option<string[]> option, TransferPlan plan, AuthAgent agent)
    {
        IReadOnlyList<string> ids = call.Texts(option);
        string? missing = ids.FirstOrDefault(id => plan.Results.All(result => result.ProfileId != id));
        return missing is null ? (ids.Count == 0 ? null : ids) : throw AuthErrors.ProfileNotFound(missing, plan.Results.Count > 0 ? plan.Results[0].Source : agent.Paths.StorePath);
    }

    private static string FullPath(Invocation call, Argument<string> argument) => HomeDirectory.ResolveUserPath(call.Text(argument)!, call.Cli.Environment, ProductLayout.Of(Product.KrabKrab));
}
