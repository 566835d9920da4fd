using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Storage;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth login</c>, <c>login-github-copilot</c> and <c>refresh</c>: OAuth sign-ins, made and renewed.</summary>
internal static class SignInCommands
{
    /// <summary>The way to sign in that is none of a credential, but of a place.</summary>
    private const string DeviceCode = "device-code";

    public static IEnumerable<Command> Create(CommandLine line) => [Login(line), LoginGitHubCopilot(line), Refresh(line)];

    private static Command Login(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider, such as openai-codex; asked for without it.");
        Option<string> method = GlobalOptions.Value("--method", "name", "oauth, device-code, api-key, token or setup-token; the sign-in without it.");
        Option<string> deviceCode = GlobalOptions.Flag("--device-code", "Sign in on another device.");
        var options = new LoginOptions();
        Command command = options.AddTo(new Command("login", "Sign in with OAuth, through the browser or on another device.") { provider, method, deviceCode });
        return line.Does(command, call =>
        {
            AuthAgent agent = call.OpenAgent();
            string id = call.Text(provider) ?? (call.Cli.CanAsk ? OnboardDialog.ChooseSignIn(call, agent) : throw call.Missing(provider.Name));
            string? way = call.Text(method);
            bool onDevice = call.Has(deviceCode) || string.Equals(way, DeviceCode, StringComparison.OrdinalIgnoreCase);
            SignInMethod wanted = onDevice || way is null ? SignInMethod.OAuth : SignInMethods.Parse(way, id);
            return wanted == SignInMethod.OAuth ? SignIn(call, agent, options.Read(call, id, onDevice), call.Has(options.SetDefault)) : Paste(call, agent, id, wanted, options);
        });
    }

    private static Command LoginGitHubCopilot(CommandLine line)
    {
        Option<string> yes = GlobalOptions.Flag("--yes", "Ask nothing; there is nothing that would be asked.");
        var options = new LoginOptions();
        Command command = options.AddTo(new Command("login-github-copilot", "Sign in to GitHub Copilot on another device.") { yes });
        return line.Does(command, call => SignIn(call, call.OpenAgent(), options.Read(call, "github-copilot", onDevice: true), call.Has(options.SetDefault)));
    }

    private static int SignIn(Invocation call, AuthAgent agent, SignInRequest request, bool setDefault)
    {
        if (setDefault) agent.Models.RequireDefault(request.Provider);
        CancellationToken stop = call.CancelOnSignal();
        AuthProfile profile = agent.SignIns.SignInAsync(request, new SignInPrompt(call.Cli), new SystemBrowser(), stop).GetAwaiter().GetResult();
        call.Cli.Write($"Auth profile: {profile.ProfileId} ({profile.Provider}/{profile.Type.StoredName()})\n");
        OfferDefault(call, agent, request.Provider, setDefault, stop);
        return 0;
    }

    private static int Paste(Invocation call, AuthAgent agent, string provider, SignInMethod method, LoginOptions options)
    {
        bool setDefault = call.Has(options.SetDefault);
        if (setDefault) agent.Models.RequireDefault(provider);
        var secret = new NewSecret(provider, method, string.Empty) { ProfileId = call.Text(options.ProfileId), Force = call.Has(options.Force) };
        SecretCommands.Store(call, agent, SecretCommands.PromptFor(provider, method), secret);
        OfferDefault(call, agent, provider, setDefault, call.CancelOnSignal());
        return 0;
    }

    private static void OfferDefault(Invocation call, AuthAgent agent, string provider, bool set, CancellationToken stop)
        => call.Cli.Write(OnboardOutput.DefaultModelLine(agent.Models.OfferDefaultAsync(provider, set, stop).GetAwaiter().GetResult()));

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

    /// <summary>The options that the sign-ins share.</summary>
    private sealed class LoginOptions
    {
        public Option<string> ProfileId { get; } = GlobalOptions.Value("--profile-id", "id", "The profile's id; the account decides without it.");

        public Option<string> SetDefault { get; } = GlobalOptions.Flag("--set-default", "Make the provider's default model that of the configuration.");

        public Option<string> Force { get; } = GlobalOptions.Flag("--force", "Replace another account that has this id.");

        private Option<string> NoBrowser { get; } = GlobalOptions.Flag("--no-browser", "Only show the address.");

        private Option<string> Timeout { get; } = GlobalOptions.Value("--timeout", "duration", "How long to wait for you; 5m without it.");

        public Command AddTo(Command command)
        {
            foreach (Option option in new Option[] { ProfileId, SetDefault, NoBrowser, Force, Timeout }) command.Add(option);
            return command;
        }

        public SignInRequest Read(Invocation call, string provider, bool onDevice) => new(provider)
        {
            ProfileId = call.Text(ProfileId),
            UseDeviceCode = onDevice,
            NoBrowser = call.Has(NoBrowser),
            Force = call.Has(Force),
            TimeLimit = call.Text(Timeout) is { } text ? DurationText.Parse(text, "m") : null,
        };
    }
}
