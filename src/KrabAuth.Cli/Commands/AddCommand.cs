using System.CommandLine;
using KrabAuth.Cli.Input;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Cli.Commands;

/// <summary><c>models auth add</c>: asks for what <c>paste-token</c> and its like take as options.</summary>
internal static class AddCommand
{
    private const string UsualLife = "365d";

    public static Command Create(CommandLine line) => line.Does(new Command("add", "Add a token or a key by questions: provider, kind, id, expiry."), Run);

    private static int Run(Invocation call)
    {
        if (!call.Cli.CanAsk)
        {
            throw AuthErrors.OptionMissing(
                "models auth add requires an interactive TTY.",
                Remedy.Same("krabauth models auth paste-token --provider <id> < token.txt"));
        }
        AuthAgent agent = call.OpenAgent();
        IReadOnlyList<MenuItem> providers = [.. agent.Workspace.Registry.List().Where(known => known.Methods.Any(IsPasted)).Select(known => new MenuItem(known.Provider, known.Label))];
        string provider = Menu.Choose(call.Cli, "Which provider? Another than these can be typed.", providers, takesOther: true);
        ProviderDefinition? definition = agent.Workspace.Registry.Find(provider);
        SignInMethod method = ChooseMethod(call, definition);
        string id = agent.Profiles.RequireId(Menu.Ask(call.Cli, "Profile id", ProfileId.Of(definition?.Provider ?? provider, ProfileId.ManualName)), definition?.Provider ?? provider);
        TimeSpan? expiresIn = method != SignInMethod.ApiKey && call.Confirm("Does this token expire?", assumeYes: false) ? DurationText.Parse(Menu.Ask(call.Cli, "How long does it live", UsualLife)) : null;
        return SecretCommands.Store(call, agent, SecretCommands.PromptFor(provider, method), new NewSecret(provider, method, string.Empty) { ProfileId = id, ExpiresIn = expiresIn });
    }

    private static SignInMethod ChooseMethod(Invocation call, ProviderDefinition? definition)
    {
        List<SignInMethod> methods = [.. (definition?.Methods ?? [SignInMethod.Token, SignInMethod.ApiKey]).Where(IsPasted)];
        if (methods.Count == 1) return methods[0];
        string provider = definition?.Provider ?? string.Empty;
        return SignInMethods.Parse(Menu.Choose(call.Cli, "What is it?", [.. methods.Select(method => new MenuItem(Word(method), Describe(method)))]), provider);
    }

    private static bool IsPasted(SignInMethod method) => method != SignInMethod.OAuth;

    private static string Word(SignInMethod method) => method switch
    {
        SignInMethod.ApiKey => "api-key",
        SignInMethod.SetupToken => "setup-token",
        _ => "token",
    };

    private static string Describe(SignInMethod method) => method switch
    {
        SignInMethod.ApiKey => "An API key from the provider's console",
        SignInMethod.SetupToken => "The token that `claude setup-token` prints",
        _ => "A static bearer token",
    };
}
