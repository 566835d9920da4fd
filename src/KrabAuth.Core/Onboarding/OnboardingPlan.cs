using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;

namespace KrabAuth.Onboarding;

/// <summary>Where the credential comes from.</summary>
public enum OnboardingAction
{
    /// <summary>There is to be none.</summary>
    Skip,

    /// <summary>A person has to be asked for the secret.</summary>
    Ask,

    /// <summary>The secret that was given is stored.</summary>
    Store,

    /// <summary>The secret of an environment variable is stored.</summary>
    StoreVariable,

    /// <summary>The name of the environment variable is stored.</summary>
    ReferToVariable,

    /// <summary>A profile that is there already serves.</summary>
    KeepProfile,

    /// <summary>A person signs in.</summary>
    SignIn,

    /// <summary>The sign-in of another program on this machine is shared.</summary>
    TakeOver,
}

/// <summary>What onboarding finds before it begins.</summary>
/// <param name="Definition">The provider; null if it is not known.</param>
/// <param name="Keys">The variables of the provider that hold a key, best first.</param>
/// <param name="KeyProfile">A usable profile with an API key of the provider.</param>
/// <param name="Kinds">The kinds of the profiles that are stored, by id.</param>
internal sealed record OnboardingFacts(ProviderDefinition? Definition, IReadOnlyList<FoundKey> Keys, string? KeyProfile, IReadOnlyDictionary<string, CredentialType> Kinds);

/// <summary>
/// What onboarding will do. Made of a request and of what is there, by rules alone; nothing is changed until
/// <see cref="OnboardingManager.ApplyAsync"/> gets it.
/// </summary>
public sealed record OnboardingPlan
{
    private static readonly Remedy TokenRemedy = new(
        "Get-Content ./token.txt | Initialize-KrabAuth -AuthChoice setup-token",
        "krabauth onboard --non-interactive --auth-choice token --token-provider anthropic --token - < token.txt");

    private OnboardingPlan(OnboardingRequest request, AuthChoice choice) => (Request, Choice) = (request, choice);

    /// <summary>The choice that was made.</summary>
    public AuthChoice Choice { get; }

    /// <summary>Where the credential comes from.</summary>
    public OnboardingAction Action { get; private init; }

    /// <summary>The provider's name for people.</summary>
    public string ProviderLabel { get; private init; } = string.Empty;

    /// <summary>Where a person gets the secret, if the provider says so.</summary>
    public string Hint { get; private init; } = string.Empty;

    /// <summary>The variable that holds a key of the provider, if there is one.</summary>
    public string? Variable { get; private init; }

    /// <summary>The profile with a key of the provider that is there already, if there is one.</summary>
    public string? ExistingProfile { get; private init; }

    /// <summary>The id that the credential gets; null where the account decides.</summary>
    public string? ProfileId { get; private init; }

    /// <summary>Whether to make the provider's default model that of the configuration.</summary>
    public bool SetDefault { get; init; }

    internal OnboardingRequest Request { get; }

    internal SignInMethod Method { get; private init; }

    internal Secret? Secret { get; private init; }

    /// <summary>The plan with the secret that a person gave.</summary>
    public OnboardingPlan WithSecret(Secret secret) => this with { Action = OnboardingAction.Store, Secret = secret };

    /// <summary>The plan with the variable, stored or referred to as the request says.</summary>
    public OnboardingPlan WithVariable()
        => this with { Action = Request.SecretInputMode == SecretInputMode.Ref ? OnboardingAction.ReferToVariable : OnboardingAction.StoreVariable };

    /// <summary>The plan with the profile that is there already.</summary>
    public OnboardingPlan WithProfile() => this with { Action = OnboardingAction.KeepProfile, ProfileId = ExistingProfile };

    /// <exception cref="KrabAuthException"><c>InteractionRequired</c>, <c>KeyMissing</c>, <c>OptionMissing</c>, <c>OptionConflict</c>.</exception>
    internal static OnboardingPlan Make(OnboardingRequest request, AuthChoice choice, OnboardingFacts facts)
    {
        var plan = new OnboardingPlan(request, choice)
        {
            ProviderLabel = facts.Definition?.Label ?? choice.Provider,
            Hint = choice.Method == SignInMethod.SetupToken ? facts.Definition?.SetupToken?.Hint ?? string.Empty : string.Empty,
            Method = choice.Method ?? SignInMethod.OAuth,
            SetDefault = request.SetDefault,
        };
        bool takesSecret = choice.Method is not (null or SignInMethod.OAuth) || choice.Flag is not null;
        if (request.Secret is not null && !takesSecret) throw AuthErrors.OptionConflict($"A secret does not go with auth choice {choice.Id}, which takes none.");
        if (choice.Tool is not null) return plan with { Action = OnboardingAction.TakeOver };
        return choice.Method switch
        {
            null => plan with { Action = OnboardingAction.Skip, SetDefault = false },
            SignInMethod.OAuth => plan.BySignIn(),
            SignInMethod.ApiKey => plan.ByKey(facts),
            _ => plan.ByToken(facts),
        };
    }

    private OnboardingPlan BySignIn()
    {
        // A sign-in whose result is a static token can be given as that token.
        if (Request.Secret is { } token) return this with { Action = OnboardingAction.Store, Method = SignInMethod.Token, Secret = token, ProfileId = Request.ProfileId };
        if (Request.NonInteractive) throw AuthErrors.InteractionRequired("OAuth requires interactive mode.", Choice.Provider, new("Repeat the command without -NonInteractive, or take a choice with a key.", "Repeat the command without --non-interactive, or take a choice with a key."));
        return this with { Action = OnboardingAction.SignIn, ProfileId = Request.ProfileId };
    }

    private OnboardingPlan ByKey(OnboardingFacts facts)
    {
        bool refers = Request.SecretInputMode == SecretInputMode.Ref;
        // A setup-token that stands in a variable of the provider is no key.
        FoundKey? key = facts.Keys.FirstOrDefault(found => facts.Definition?.SetupToken is not { } rule || !found.Value.Reveal().StartsWith(rule.Prefix, StringComparison.Ordinal));
        OnboardingPlan plan = this with
        {
            Variable = key?.Source.Name,
            ExistingProfile = facts.KeyProfile,
            ProfileId = Request.ProfileId ?? FreeName(facts, CredentialType.ApiKey),
        };
        if (Request.Secret is { } given)
        {
            return refers
                ? throw AuthErrors.OptionConflict($"{Choice.Flag ?? "A key"} and secret input mode ref cannot go together: a reference names the variable that holds the key.")
                : plan.WithSecret(given);
        }
        if (Request.CanAsk && !refers) return plan with { Action = OnboardingAction.Ask, Secret = key?.Value };
        if (key is not null) return plan.WithVariable() with { Secret = key.Value };
        if (facts.KeyProfile is not null && !refers && Request.ProfileId is null) return plan.WithProfile();
        throw AuthErrors.KeyMissing(Choice.Provider, Choice.Flag, facts.Definition?.EnvironmentVariables ?? []);
    }

    private OnboardingPlan ByToken(OnboardingFacts facts)
    {
        if (facts.Definition?.SetupToken is null) throw AuthErrors.OptionMissing($"Only --token-provider anthropic is supported for --auth-choice {Choice.Id}.", Remedy.Same($"krabauth models auth paste-token --provider {CommandWord.Shell(Choice.Provider)}"));
        if (Request.SecretInputMode == SecretInputMode.Ref) throw AuthErrors.OptionConflict($"Secret input mode ref is for API keys, and {Choice.Id} is none.");
        OnboardingPlan plan = this with { ProfileId = Request.ProfileId ?? FreeName(facts, CredentialType.Token) };
        if (Request.Secret is { } given)
        {
            // The word alone does not say whose token it is.
            if (Choice.Id == AuthChoices.Token && Request is { CanAsk: false, ForProvider: null }) throw TokenOptionMissing("--token-provider");
            return plan.WithSecret(given);
        }
        if (Request.CanAsk) return plan with { Action = OnboardingAction.Ask };
        throw Choice.Id == AuthChoices.Token
            ? TokenOptionMissing(Request.ForProvider is null ? "--token-provider" : "--token")
            : AuthErrors.InteractionRequired($"Auth choice \"{Choice.Id}\" requires interactive mode.", Choice.Provider, TokenRemedy);
    }

    private static KrabAuthException TokenOptionMissing(string option) => AuthErrors.OptionMissing(
        $"Missing {option} for --auth-choice token.",
        TokenRemedy);

    /// <summary>The usual id; another one where a credential of another kind has it, which is not replaced by the way.</summary>
    private string FreeName(OnboardingFacts facts, CredentialType type)
    {
        string usual = Profiles.ProfileId.Of(facts.Definition?.Id ?? ProviderId.Normalize(Choice.Provider), Profiles.ProfileId.DefaultName);
        return facts.Kinds.TryGetValue(usual, out CredentialType held) && held != type ? Profiles.ProfileId.OfKind(facts.Definition?.Id ?? Choice.Provider, type) : usual;
    }
}
