using System.CommandLine;
using KrabAuth.Cli.Rendering;
using KrabAuth.Routing;

namespace KrabAuth.Cli.Commands;

/// <summary><c>model</c>: what <c>/model</c> is in a chat. Alone it lists, with a reference it chooses for a session.</summary>
internal static class ModelCommand
{
    public static Command Create(CommandLine line)
    {
        var reference = new Argument<string>("reference") { Description = "The model, and perhaps a profile: opus@anthropic:work.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> session = GlobalOptions.Value("--session", "key", "The session that it is for; main without it.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        var model = new Command("model", "Choose a profile for a session by a model reference, or list the models.") { reference, session, json };
        model.Add(List(line));
        model.Add(Status(line));
        return line.Does(model, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string? text = call.Text(reference);
            string key = call.Text(session) ?? SessionManager.DefaultSession;
            // In a chat the words come in one message: "/model list" is what "list" alone is here.
            return (text?.StartsWith("/model", StringComparison.OrdinalIgnoreCase) == true ? text["/model".Length..].Trim(' ', ':') : text) switch
            {
                null or "" or "list" => ShowList(call, agent, call.Has(json)),
                "status" => ShowStatus(call, agent, key, call.Has(json)),
                _ => Choose(call, agent, key, text!, call.Has(json)),
            };
        });
    }

    private static Command List(CommandLine line)
    {
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("list", "List the configured models with their aliases.") { json }, call => ShowList(call, call.OpenAgent(), call.Has(json)));
    }

    private static Command Status(CommandLine line)
    {
        Option<string> session = GlobalOptions.Value("--session", "key", "The session that it is for; main without it.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(
            new Command("status", "Show which profile each configured provider would use, and the next.") { session, json },
            call => ShowStatus(call, call.OpenAgent(), call.Text(session) ?? SessionManager.DefaultSession, call.Has(json)));
    }

    private static int Choose(Invocation call, AuthAgent agent, string session, string text, bool json)
    {
        ModelChoiceResult choice = agent.Sessions.ChooseModelAsync(session, text, call.CancelOnSignal()).GetAwaiter().GetResult();
        CredentialPlan plan = agent.Models.Plan(choice, session);
        if (json) ModelOutput.WriteChoiceJson(call.Cli, session, choice, plan);
        else ModelOutput.WriteChoice(call.Cli, session, choice, plan);
        return plan.Selected is null && plan.Asked is null ? throw agent.Orders.NothingUsable(plan) : 0;
    }

    private static int ShowList(Invocation call, AuthAgent agent, bool json)
    {
        if (json) ModelOutput.WriteListJson(call.Cli, agent.Models.List());
        else ModelOutput.WriteList(call.Cli, agent.Models.List());
        return 0;
    }

    private static int ShowStatus(Invocation call, AuthAgent agent, string session, bool json)
    {
        IReadOnlyList<CredentialPlan> plans = agent.Models.Plans(session);
        if (json) ModelOutput.WriteStatusJson(call.Cli, session, plans);
        else ModelOutput.WriteStatus(call.Cli, session, plans);
        return 0;
    }
}
