using System.CommandLine;
using KrabAuth.Cli.Rendering;

namespace KrabAuth.Cli.Commands;

/// <summary><c>channels list</c>: what scripts of older gateways read the accounts from.</summary>
internal static class ChannelCommands
{
    public static Command Create(CommandLine line) => new("channels", "Show chat channels and accounts.") { List(line) };

    private static Command List(CommandLine line)
    {
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        Option<string> noUsage = GlobalOptions.Flag("--no-usage", "Accepted for the gateways' sake: no usage is asked for here.");
        return line.Does(new Command("list", "List the chat channels of the configuration, and the profiles.") { json, noUsage }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            if (call.Has(json)) ChannelList.WriteJson(call.Cli, agent);
            else ChannelList.WriteText(call.Cli, agent);
            return 0;
        });
    }
}
