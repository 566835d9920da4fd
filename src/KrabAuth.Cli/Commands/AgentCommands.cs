using System.CommandLine;
using KrabAuth.Agents;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;

namespace KrabAuth.Cli.Commands;

/// <summary><c>agents list</c>, <c>add</c>, <c>delete</c> and <c>restore</c>.</summary>
internal static class AgentCommands
{
    public static Command Create(CommandLine line)
    {
        var agents = new Command("agents", "Keep accounts apart: each agent has its own, and inherits main's.") { List(line), Add(line), Delete(line), Restore(line) };
        return line.Does(agents, call =>
        {
            AgentOutput.WriteList(call.Cli, call.OpenWorkspace().Agents.List());
            return 0;
        });
    }

    private static Command List(CommandLine line)
    {
        Option<string> json = JsonOption();
        return line.Does(new Command("list", "List the agents.") { json }, call =>
        {
            IReadOnlyList<AgentInfo> agents = call.OpenWorkspace().Agents.List();
            if (call.Has(json)) AgentOutput.WriteJson(call.Cli, agents);
            else AgentOutput.WriteList(call.Cli, agents);
            return 0;
        });
    }

    private static Command Add(CommandLine line)
    {
        var name = new Argument<string>("name") { Description = "The agent's name.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> workspace = GlobalOptions.Value("--workspace", "dir", "The directory that the agent works in.");
        Option<string> model = GlobalOptions.Value("--model", "id", "The model that it uses.");
        Option<string> directory = GlobalOptions.Value("--agent-dir", "dir", "The directory of its credentials.");
        Option<string> copy = GlobalOptions.Flag("--copy-profiles", "Copy keys and static tokens of the default agent to it.");
        Option<string> silent = GlobalOptions.Flag("--non-interactive", "Ask nothing; needs --workspace.");
        Option<string> json = JsonOption();
        return line.Does(new Command("add", "Add an agent.") { name, workspace, model, directory, copy, silent, json }, call =>
        {
            AuthWorkspace state = call.OpenWorkspace();
            if (call.Has(silent) && call.Text(workspace) is null)
            {
                throw AuthErrors.OptionMissing("Non-interactive mode requires --workspace.", Remedy.Same("krabauth agents add <name> --non-interactive --workspace <dir>"));
            }
            bool mayAsk = call.Cli.CanAsk && !call.Has(silent) && !call.Has(json) && !new[] { workspace, model, directory, copy }.Any(call.Has);
            var agent = new NewAgent(call.Text(name) ?? AskName(call, mayAsk))
            {
                Workspace = call.Text(workspace),
                AgentDirectory = call.Text(directory),
                Model = call.Text(model),
            };
            CreatedAgent made = state.Agents.AddAsync(agent with { CopyProfiles = call.Has(copy) || (mayAsk && AskCopy(call, state)) }, call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) AgentOutput.WriteJson(call.Cli, made, agent.Model);
            else AgentOutput.Write(call.Cli, made, agent.Model);
            return 0;
        });
    }

    private static Command Delete(CommandLine line)
    {
        Argument<string> id = IdArgument("The agent to delete.");
        Option<string> force = GlobalOptions.Flag("--force", "Do not ask.");
        Option<string> json = JsonOption();
        return line.Does(new Command("delete", "Move an agent, its accounts and its workspace to the trash.") { id, force, json }, call =>
        {
            AgentManager agents = call.OpenWorkspace().Agents;
            string wanted = AgentId.Normalize(call.Text(id));
            // Nobody is asked about what cannot be deleted: trying it gives the error.
            if (!call.Has(force) && wanted != AgentId.Main && agents.List().Any(agent => agent.Agent == wanted))
            {
                if (!call.Cli.CanAsk) throw AuthErrors.OptionMissing("Non-interactive session. Re-run with --force.", Remedy.Same($"krabauth agents delete {CommandWord.Shell(wanted)} --force"));
                if (!call.Confirm($"Delete agent \"{wanted}\" and prune workspace/state?")) throw new PromptCancelledException();
            }
            RemovedAgent removed = agents.RemoveAsync(wanted, call.CancelOnSignal()).GetAwaiter().GetResult();
            if (call.Has(json)) AgentOutput.WriteJson(call.Cli, removed);
            else AgentOutput.Write(call.Cli, removed);
            return 0;
        });
    }

    private static Command Restore(CommandLine line)
    {
        Argument<string> id = IdArgument("The agent to bring back.");
        return line.Does(new Command("restore", "Undo the last deletion of an agent.") { id }, call =>
        {
            AgentInfo agent = call.OpenWorkspace().Agents.RestoreAsync(call.Text(id)!, call.CancelOnSignal()).GetAwaiter().GetResult();
            call.Cli.Write($"Restored agent: {agent.Agent}\n");
            return 0;
        });
    }

    private static string AskName(Invocation call, bool mayAsk)
    {
        if (!mayAsk) throw AuthErrors.OptionMissing("Agent name is required in non-interactive mode.", Remedy.Same("krabauth agents add <name>"));
        return Terminal.Open().ReadLine(call.Cli, "Agent name: ", isSecret: false)?.Trim() is { Length: > 0 } name ? name : throw new PromptCancelledException();
    }

    private static bool AskCopy(Invocation call, AuthWorkspace state)
    {
        AuthAgent source = state.OpenAgent();
        bool hasAny = source.Profiles.List().Any(profile => profile.Type != Profiles.CredentialType.OAuth);
        return hasAny && call.Confirm($"Copy auth profiles from \"{source.Id}\"?");
    }

    private static Argument<string> IdArgument(string description) => new("id") { Description = description, Arity = ArgumentArity.ExactlyOne };

    private static Option<string> JsonOption() => GlobalOptions.Flag("--json", "Output JSON.");
}
