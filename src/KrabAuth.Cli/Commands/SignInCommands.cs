using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth login</c> and <c>refresh</c>: OAuth sign-ins, made and renewed.</summary>
internal static class SignInCommands
{
    public static IEnumerable<Command> Create(CommandLine line) => [Login(line), Refresh(line)];

    private static Command Login(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider, such as openai-codex.");
        provider.Required = true;
        Option<string> profileId = GlobalOptions.Value("--profile-id", "id", "The profile's id; the account decides without it.");
        Option<string> deviceCode = GlobalOptions.Flag("--device-code", "Sign in on another device.");
        Option<string> noBrowser = GlobalOptions.Flag("--no-browser", "Only show the address.");
        Option<string> force = GlobalOptions.Flag("--force", "Replace another account that has this id.");
        Option<string> timeout = GlobalOptions.Value("--timeout", "duration", "How long to wait for you; 5m without it.");
        var command = new Command("login", "Sign in with OAuth, through the browser or on another device.") { provider, profileId, deviceCode, noBrowser, force, timeout };
        return line.Does(command, call =>
        {
            var request = new SignInRequest(call.Required(provider))
            {
                ProfileId = call.Text(profileId),
                UseDeviceCode = call.Has(deviceCode),
                NoBrowser = call.Has(noBrowser),
                Force = call.Has(force),
                TimeLimit = call.Text(timeout) is { } text ? DurationText.Parse(text, "m") : null,
            };
            AuthAgent agent = call.OpenAgent();
            AuthProfile profile = agent.SignIns.SignInAsync(request, new SignInPrompt(call.Cli), new SystemBrowser(), call.CancelOnSignal()).GetAwaiter().GetResult();
            call.Cli.Write($"Auth profile: {profile.ProfileId} ({profile.Provider}/{profile.Type.StoredName()})\n");
            return 0;
        });
    }

    private static Command Refresh(CommandLine line)
    {
        var ids = new Argument<string[]>("profile-id") { Description = "The profiles to renew.", Arity = ArgumentArity.ZeroOrMore };
        Option<string> provider = GlobalOptions.Value("--provider", "id", "All OAuth sign-ins of this provider.");
        return line.Does(new Command("refresh", "Ask for new tokens now, whatever is left of the old ones.") { ids, provider }, call =>
        {
            AuthAgent agent = call.OpenAgent();
            List<string> wanted = [.. call.Texts(ids)];
            if (call.Text(provider) is { } name)
            {
                wanted.AddRange(agent.Read().OfProvider(name).Where(profile => profile.Credential.Type == CredentialType.OAuth).Select((StoredProfile profile) => profile.Id));
            }
            if (wanted.Count == 0) throw call.Missing("profile ids or --provider");
            int exitCode = 0;
            CancellationToken stop = call.CancelOnSignal();
            foreach (string id in wanted.Distinct(StringComparer.Ordinal)) exitCode = Math.Max(exitCode, RefreshOne(call, agent, id, stop));
            return exitCode;
        });
    }

    /// <summary>One that fails does not keep the others from being renewed.</summary>
    private static int RefreshOne(Invocation call, AuthAgent agent, string id, CancellationToken stop)
    {
        try
        {
            AuthProfile profile = agent.Credentials.RenewAsync(id, stop).GetAwaiter().GetResult();
            call.Cli.Write($"Renewed: {profile.ProfileId}, expires {profile.ExpiresText}\n");
            return 0;
        }
        catch (KrabAuthException e)
        {
            call.Cli.WriteError($"Error: {call.Cli.ForThisCall(e.Message)}");
            call.Cli.WriteError($"Next: {call.Cli.ForThisCall(e.Remedy.CommandLine)}");
            return 1;
        }
    }
}
