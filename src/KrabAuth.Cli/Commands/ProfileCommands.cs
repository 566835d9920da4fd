using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth list</c>, <c>logout</c>, <c>disable</c> and <c>enable</c>.</summary>
internal static class ProfileCommands
{
    public static IEnumerable<Command> Create(CommandLine line) => [List(line), Logout(line), Hold(line, "disable", enabled: false), Hold(line, "enable", enabled: true)];

    private static Command Hold(CommandLine line, string name, bool enabled)
    {
        var ids = new Argument<string[]>("profile-id") { Description = enabled ? "The profiles to let in again." : "The profiles to hold out.", Arity = ArgumentArity.OneOrMore };
        string description = enabled ? "Let profiles be used again, whatever they wait for." : "Hold profiles out of use, for every program that shares the store.";
        return line.Does(new Command(name, description) { ids }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            foreach (string id in call.Texts(ids))
            {
                agent.Profiles.SetEnabledAsync(id, enabled, call.CancelOnSignal()).GetAwaiter().GetResult();
                call.Cli.Write($"{(enabled ? "Enabled" : "Disabled")} auth profile: {id}\n");
            }
            return 0;
        });
    }

    private static Command List(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "Only this provider.");
        Option<string> json = GlobalOptions.Flag("--json", "Output JSON.");
        return line.Does(new Command("list", "List the profiles, without their secrets.") { provider, json }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            var list = ProfileList.Of(agent, call.Text(provider));
            if (call.Has(json)) list.WriteJson(call.Cli);
            else list.WriteText(call.Cli);
            return 0;
        });
    }

    private static Command Logout(CommandLine line)
    {
        var id = new Argument<string>("profile-id") { Description = "The profile to remove.", Arity = ArgumentArity.ExactlyOne };
        Option<string> yes = GlobalOptions.Flag("--yes", "Do not ask.");
        Option<string> revoke = GlobalOptions.Flag("--revoke", "Ask the server to forget its tokens first.");
        return line.Does(new Command("logout", "Remove a profile, and its id from every order.") { id, yes, revoke }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string profileId = call.Text(id)!;
            if (!call.Has(yes) && Exists(agent, profileId)) Confirm(call, profileId);
            SignOutResult result = agent.SignIns.SignOutAsync(profileId, call.Has(revoke), call.CancelOnSignal()).GetAwaiter().GetResult();
            call.Cli.Write($"Removed auth profile: {profileId}\n");
            if (call.Has(revoke)) call.Cli.Write(result.Revoked ? "Its tokens were revoked.\n" : $"Its tokens were not revoked: {result.Detail}.\n");
            return 0;
        });
    }

    /// <summary>Nobody is asked about what is not there: removing it gives the error.</summary>
    private static bool Exists(AuthAgent agent, string id)
    {
        AuthStore store = agent.Read();
        return store.TryGet(id, out _) || store.Rejected.Any(rejected => rejected.Id == id);
    }

    private static void Confirm(Invocation call, string id)
    {
        if (!call.Cli.CanAsk)
        {
            throw AuthErrors.OptionMissing("Nobody is there to be asked: without a terminal, logout needs --yes.", Remedy.Same($"krabauth models auth logout {CommandWord.Shell(id)} --yes"));
        }
        if (!call.Confirm($"Remove auth profile {id}?")) throw new PromptCancelledException();
    }
}
