using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth setup-token</c>, <c>paste-token</c> and <c>paste-api-key</c>: the commands that take a secret, from the terminal or from standard input.</summary>
internal static class SecretCommands
{
    private static readonly string[] Names = ["setup-token", "paste-token", "paste-api-key"];

    /// <summary>Whether a command reads a secret, so that a stray argument may well be one.</summary>
    public static bool TakesSecret(Command command) => Names.Contains(command.Name) || TransferCommands.TakesPassword(command);

    public static IEnumerable<Command> Create(CommandLine line) => [SetupToken(line), PasteToken(line), PasteApiKey(line)];

    private static Command SetupToken(CommandLine line)
    {
        Option<string> provider = GlobalOptions.Value("--provider", "id", "The provider; anthropic without it.");
        Option<string> yes = GlobalOptions.Flag("--yes", "Go straight to the prompt, without the explanation.");
        Inputs inputs = new(withExpiry: true);
        Command command = inputs.AddTo(new Command("setup-token", "Store the token that `claude setup-token` prints.") { provider, yes });
        return line.Does(command, call =>
        {
            string id = call.Text(provider) ?? "anthropic";
            ProviderDefinition? definition = ProviderCatalog.BuiltIn.Find(id);
            if (definition?.SetupToken is not { } rule)
            {
                throw AuthErrors.MethodUnsupported(id, "setup-token", definition?.Methods.Select(method => method.ToString()) ?? []);
            }
            if (call.Cli.CanAsk && !call.Has(yes) && call.Text(inputs.Reference) is null)
            {
                call.Cli.WriteError(rule.Hint);
                call.Cli.WriteError($"{definition.Label} means such tokens for its own programs; for others, an API key is the safe choice.");
            }
            return Store(call, inputs, id, SignInMethod.SetupToken);
        });
    }

    private static Command PasteToken(CommandLine line)
    {
        Option<string> provider = ProviderOption();
        Inputs inputs = new(withExpiry: true);
        Command command = inputs.AddTo(new Command("paste-token", "Store a bearer token. It is asked for, or read from standard input.") { provider });
        return line.Does(command, call => Store(call, inputs, call.Required(provider), SignInMethod.Token));
    }

    private static Command PasteApiKey(CommandLine line)
    {
        Option<string> provider = ProviderOption();
        Inputs inputs = new(withExpiry: false);
        Command command = inputs.AddTo(new Command("paste-api-key", "Store an API key. It is asked for, or read from standard input.") { provider });
        return line.Does(command, call => Store(call, inputs, call.Required(provider), SignInMethod.ApiKey));
    }

    private static Option<string> ProviderOption()
    {
        Option<string> option = GlobalOptions.Value("--provider", "id", "The provider, such as anthropic or openai.");
        option.Required = true;
        return option;
    }

    private static int Store(Invocation call, Inputs inputs, string provider, SignInMethod method)
    {
        // What can be wrong with the options is said before a person has pasted anything.
        TimeSpan? expiresIn = inputs.ExpiresIn is { } option && call.Text(option) is { } text ? DurationText.Parse(text) : null;
        AuthAgent agent = call.OpenAgent();
        return Store(call, agent, PromptFor(provider, method), new NewSecret(provider, method, string.Empty)
        {
            Reference = call.Text(inputs.Reference),
            ProfileId = call.Text(inputs.ProfileId),
            ExpiresIn = expiresIn,
            Email = call.Text(inputs.Email),
            Force = call.Has(inputs.Force),
        });
    }

    /// <summary>Asks for a secret, unless it is kept elsewhere, and stores it as described.</summary>
    internal static int Store(Invocation call, AuthAgent agent, string prompt, NewSecret secret)
    {
        if (secret.Reference is null) secret = secret with { SecretText = SecretSource.Read(call.Cli, prompt) };
        AuthProfile profile = agent.Profiles.AddAsync(secret, call.CancelOnSignal()).GetAwaiter().GetResult();
        call.Cli.Write($"Auth profile: {profile.ProfileId} ({profile.Provider}/{profile.Type.StoredName()})\n");
        return 0;
    }

    /// <summary>How a secret is asked for.</summary>
    internal static string PromptFor(string provider, SignInMethod method) => method switch
    {
        SignInMethod.SetupToken => $"Paste {ProviderCatalog.BuiltIn.Find(provider)?.Label ?? provider} setup-token",
        SignInMethod.ApiKey => $"Paste API key for {provider}",
        _ => $"Paste token for {provider}",
    };

    /// <summary>The options that these commands share.</summary>
    private sealed class Inputs(bool withExpiry)
    {
        public Option<string> ProfileId { get; } = GlobalOptions.Value("--profile-id", "id", "The profile's id; <provider>:manual without it.");

        public Option<string> Email { get; } = GlobalOptions.Value("--email", "address", "The account's e-mail, to tell accounts apart.");

        public Option<string> Force { get; } = GlobalOptions.Flag("--force", "Replace an OAuth sign-in that has this id.");

        public Option<string> Reference { get; } = GlobalOptions.Value("--secret-ref", "reference", "Where the secret is kept instead: env:NAME, file:<alias>:/pointer, exec:<alias>:<id>. Nothing is asked for then.");

        public Option<string>? ExpiresIn { get; } = withExpiry ? GlobalOptions.Value("--expires-in", "duration", "How long the token lives: 365d, 12h, 1h30m.") : null;

        public Command AddTo(Command command)
        {
            command.Add(ProfileId);
            if (ExpiresIn is not null) command.Add(ExpiresIn);
            command.Add(Email);
            command.Add(Reference);
            command.Add(Force);
            return command;
        }
    }
}
