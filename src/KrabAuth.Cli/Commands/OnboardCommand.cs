using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Cli.Rendering;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Onboarding;
using KrabAuth.Profiles;
using KrabAuth.Secrets;

namespace KrabAuth.Cli.Commands;

/// <summary><c>onboard</c>: from nothing to a checked profile, by questions or by options.</summary>
internal sealed class OnboardCommand
{
    private const string Name = "onboard";

    /// <summary>In place of a secret: it comes on standard input.</summary>
    private const string FromInput = "-";

    private readonly Option<string> _choice = GlobalOptions.Value("--auth-choice", "choice", "The way in, such as apiKey, setup-token, openai-codex or openrouter-api-key.");
    private readonly Option<string> _listChoices = GlobalOptions.Flag("--list-choices", "List the choices with their options, and do nothing else.");
    private readonly Option<string> _nonInteractive = GlobalOptions.Flag("--non-interactive", "Ask nothing.");
    private readonly Option<string> _tokenProvider = GlobalOptions.Value("--token-provider", "id", "Whose token it is, for --auth-choice token.");
    private readonly Option<string> _token = GlobalOptions.Value("--token", "token", "The token; - takes it from standard input.");
    private readonly Option<string> _profileId = GlobalOptions.Value("--token-profile-id", "id", "The profile's id; <provider>:default without it.");
    private readonly Option<string> _expiresIn = GlobalOptions.Value("--token-expires-in", "duration", "How long the token lives: 365d, 12h, 1h30m.");
    private readonly Option<string> _inputMode = GlobalOptions.Value("--secret-input-mode", "mode", "plaintext stores a key; ref stores the name of its variable.");
    private readonly Option<string> _setDefault = GlobalOptions.Flag("--set-default", "Make the provider's default model that of the configuration.");
    private readonly Option<string> _noBrowser = GlobalOptions.Flag("--no-browser", "Only show the address.");
    private readonly Option<string> _timeout = GlobalOptions.Value("--timeout", "duration", "How long to wait for you to sign in; 5m without it.");
    private readonly Option<string> _force = GlobalOptions.Flag("--force", "Replace another account that has this id.");
    private readonly Option<string> _skipCheck = GlobalOptions.Flag("--skip-check", "Leave out the check at the end.", "--skip-health");
    private readonly Option<string> _json = GlobalOptions.Flag("--json", "Output JSON. Asks nothing.");
    private readonly List<Option<string>> _keys = [];
    private readonly List<Option<string>> _gateway = [];

    public static Command Create(CommandLine line, Host.CliContext cli)
    {
        var onboard = new OnboardCommand();
        var command = new Command(Name, "Set up a first credential: choose a provider, sign in or give a key, check it.")
        {
            onboard._choice, onboard._listChoices, onboard._nonInteractive, onboard._tokenProvider, onboard._token, onboard._profileId, onboard._expiresIn, onboard._inputMode,
            onboard._setDefault, onboard._noBrowser, onboard._timeout, onboard._force, onboard._skipCheck, onboard._json,
        };
        // Some eighty options: only a call that is about them pays for making them.
        if (cli.Mentions(Name)) onboard.AddHidden(command);
        return line.Does(command, onboard.Run);
    }

    private void AddHidden(Command command)
    {
        foreach (AuthChoice choice in AuthChoices.BuiltIn.WithKeyFlag) _keys.Add(GlobalOptions.Value(choice.Flag!, "key", choice.Label));
        _gateway.AddRange(GatewayFlags.Create());
        foreach (Option<string> option in _keys.Concat(_gateway))
        {
            option.Hidden = true;
            command.Add(option);
        }
    }

    private int Run(Invocation call)
    {
        bool json = call.Has(_json);
        bool mayAsk = call.Cli.CanAsk && !call.Has(_nonInteractive) && !json && !call.Has(_listChoices);
        AuthAgent agent = call.OpenAgent(mayAsk ? OnboardDialog.ChooseWorkspace(call) : call.OpenWorkspace());
        if (call.Has(_listChoices)) return OnboardOutput.WriteChoices(call.Cli, agent.Onboarding.Choices, json);
        OnboardingRequest request = Read(call, agent, mayAsk);
        string[] ignored = [.. _gateway.Where(call.Has).Select(option => option.Name)];
        if (ignored.Length > 0) call.Cli.Warning($"KrabAuth sets up credentials and leaves these to the gateway: {string.Join(", ", ignored)}");
        if (mayAsk && request.AuthChoice is null)
        {
            call.Cli.WriteError($"Setting up {agent.Workspace.Product} in {PathText.Short(agent.Workspace.State.Root, call.Cli.Environment)}, agent {agent.Id}.");
            request = request with { AuthChoice = OnboardDialog.ChooseAuthChoice(call, agent) };
        }
        else if (request.AuthChoice is null)
        {
            call.Cli.Warning("No --auth-choice is given, so that no credential is added.");
        }
        OnboardingPlan plan = agent.Onboarding.PlanAsync(request).GetAwaiter().GetResult();
        if (mayAsk) plan = OnboardDialog.Complete(call, agent, plan);
        OnboardingResult result = agent.Onboarding.ApplyAsync(plan, new SignInPrompt(call.Cli, addressToError: json), new SystemBrowser(), call.CancelOnSignal()).GetAwaiter().GetResult();
        if (json) OnboardOutput.WriteJson(call.Cli, result);
        else OnboardOutput.Write(call.Cli, result, agent);
        return result.Check == AuthCheckResult.Failed ? 1 : 0;
    }

    private OnboardingRequest Read(Invocation call, AuthAgent agent, bool mayAsk)
    {
        TimeSpan? expiresIn = call.Text(_expiresIn) is { } text ? DurationText.Parse(text) : null;
        (string? choice, Option<string>? given) = ChoiceOf(call, agent);
        return new OnboardingRequest
        {
            AuthChoice = choice,
            Secret = given is null ? null : ReadSecret(call, given),
            ForProvider = call.Text(_tokenProvider),
            ProfileId = call.Text(_profileId),
            ExpiresIn = expiresIn,
            SecretInputMode = call.Text(_inputMode)?.ToLowerInvariant() switch
            {
                null or "plaintext" => SecretInputMode.Plaintext,
                "ref" => SecretInputMode.Ref,
                _ => throw AuthErrors.OptionConflict("--secret-input-mode is plaintext or ref."),
            },
            CanAsk = mayAsk,
            NonInteractive = call.Has(_nonInteractive),
            SetDefault = call.Has(_setDefault),
            SkipCheck = call.Has(_skipCheck),
            NoBrowser = call.Has(_noBrowser),
            Force = call.Has(_force),
            TimeLimit = call.Text(_timeout) is { } limit ? DurationText.Parse(limit, "m") : null,
        };
    }

    /// <summary>The choice that is named, or that the one option with a secret means, and that option.</summary>
    private (string? Choice, Option<string>? Secret) ChoiceOf(Invocation call, AuthAgent agent)
    {
        List<Option<string>> given = [.. _keys.Append(_token).Where(option => call.Text(option) is not null)];
        if (given.Count > 1) throw AuthErrors.OptionConflict($"{string.Join(" and ", given.Select(option => option.Name))} are given; onboarding adds one credential at a time.");
        Option<string>? secret = given.FirstOrDefault();
        if (call.Text(_choice) is { } named)
        {
            AuthChoice choice = agent.Onboarding.Choices.Require(named);
            return secret is null || secret.Name == choice.Flag ? (named, secret) : throw AuthErrors.OptionConflict($"{secret.Name} does not go with --auth-choice {choice.Id}.");
        }
        if (secret == _token || call.Has(_tokenProvider)) return (AuthChoices.Token, secret);
        return (secret is null ? null : AuthChoices.BuiltIn.WithKeyFlag.First(choice => choice.Flag == secret.Name).Id, secret);
    }

    private static Secret ReadSecret(Invocation call, Option<string> option)
    {
        string value = call.Text(option)!;
        if (value == FromInput) return Secret.Of(SecretSource.Read(call.Cli, option.Name));
        call.Cli.Warning($"A secret in an argument can be seen in the list of processes, and stays in the history of the shell. Better: {option.Name} - with the secret on standard input, or its environment variable.");
        return Secret.Of(value);
    }
}
