using System.CommandLine;
using KrabAuth.Cli.Rendering;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth order get</c>, <c>set</c> and <c>clear</c>.</summary>
internal static class OrderCommands
{
    public static Command Create(CommandLine line)
        => new("order", "Show or change the order in which a provider's profiles are tried.") { Get(line), Set(line), Clear(line) };

    private static Command Get(CommandLine line)
    {
        Option<string> provider = ProviderOption();
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("get", "Show the stored order.") { provider, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string name = call.Required(provider);
            IReadOnlyList<string>? order = agent.Orders.GetStored(name);
            if (call.Has(json)) OrderOutput.WriteJson(call.Cli, agent, name, order);
            else OrderOutput.WriteText(call.Cli, agent, name, order);
            return 0;
        });
    }

    private static Command Set(CommandLine line)
    {
        Option<string> provider = ProviderOption();
        var ids = new Argument<string[]>("profile-ids") { Description = "The profile ids, first to last.", Arity = ArgumentArity.ZeroOrMore };
        return line.Does(new Command("set", "Store an order. It outranks that of the configuration.") { provider, ids }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string name = call.Required(provider);
            IReadOnlyList<string> order = agent.Orders.SetAsync(name, call.Texts(ids), call.CancelOnSignal()).GetAwaiter().GetResult();
            OrderOutput.WriteChange(call.Cli, agent, name, $"Order override: {string.Join(", ", order)}");
            return 0;
        });
    }

    private static Command Clear(CommandLine line)
    {
        Option<string> provider = ProviderOption();
        return line.Does(new Command("clear", "Remove the stored order.") { provider }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string name = call.Required(provider);
            agent.Orders.ClearAsync(name, call.CancelOnSignal()).GetAwaiter().GetResult();
            OrderOutput.WriteChange(call.Cli, agent, name, "Cleared per-agent order override.");
            return 0;
        });
    }

    private static Option<string> ProviderOption()
    {
        Option<string> option = GlobalOptions.Value("--provider", "id", "The provider.");
        option.Required = true;
        return option;
    }
}
