using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.OAuth;
using KrabAuth.Onboarding;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>
/// Leads from nothing to a checked profile: <see cref="PlanAsync"/> says what is to be done and what is still to be asked,
/// <see cref="ApplyAsync"/> does it. Front ends ask the questions, and decide nothing.
/// </summary>
public sealed class OnboardingManager
{
    private readonly AuthAgent _agent;

    internal OnboardingManager(AuthAgent agent) => _agent = agent;

    /// <summary>The choices that there are, the user's own providers among them.</summary>
    /// <exception cref="KrabAuthException"><c>ProviderDefinitionInvalid</c>.</exception>
    public AuthChoices Choices => new(_agent.Workspace.Registry.List());

    /// <summary>
    /// Decides what is to be done. The login shell is asked for a key where it may be, nobody can be asked, and none is found elsewhere.
    /// </summary>
    /// <exception cref="KrabAuthException">
    /// <c>AuthChoiceUnknown</c>, <c>AuthChoiceUnavailable</c>, <c>InteractionRequired</c>, <c>KeyMissing</c>, <c>OptionMissing</c>, <c>OptionConflict</c>.
    /// </exception>
    public async Task<OnboardingPlan> PlanAsync(OnboardingRequest request, CancellationToken cancellationToken = default)
    {
        AuthChoice choice = Choices.Require(request.AuthChoice ?? AuthChoices.Skip);
        if (choice.Id == AuthChoices.Token && request.ForProvider is { } other) choice = choice with { Provider = ProviderId.Canonical(other) };
        if (choice.Provider.Length == 0) return OnboardingPlan.Make(request, choice, new OnboardingFacts(null, [], null, new Dictionary<string, CredentialType>()));
        if (request.SetDefault) _agent.Models.RequireDefault(choice.Provider);
        AuthStore store = _agent.Read();
        return OnboardingPlan.Make(request, choice, new OnboardingFacts(
            _agent.Workspace.Registry.Find(choice.Provider),
            choice.Method == SignInMethod.ApiKey && request.Secret is null ? await KeysAsync(choice.Provider, request, cancellationToken).ConfigureAwait(false) : [],
            KeyProfile(store, choice.Provider),
            Kinds(store, choice)));
    }

    /// <summary>The kinds of the agent's own profiles, and of another agent's that the usual id is described for.</summary>
    private Dictionary<string, CredentialType> Kinds(AuthStore store, AuthChoice choice)
    {
        var kinds = store.Profiles.Where(profile => !profile.IsInherited).ToDictionary(profile => profile.Id, profile => profile.Credential.Type, StringComparer.Ordinal);
        CredentialType type = choice.Method == SignInMethod.ApiKey ? CredentialType.ApiKey : CredentialType.Token;
        string usual = ProfileId.Of(choice.Provider, null);
        if (_agent.Workspace.Descriptions.Conflict(_agent, usual, type) is { } other) kinds[usual] = other.Type;
        return kinds;
    }

    /// <summary>Does what a plan says, and looks at the result.</summary>
    /// <param name="plan">The plan; where it says <see cref="OnboardingAction.Ask"/>, the answer has to be in it.</param>
    /// <param name="prompt">The person, for a sign-in.</param>
    /// <param name="browser">The browser, for a sign-in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KrabAuthException">What storing, signing in and changing the configuration throw; <c>KeyMissing</c> for a plan without an answer.</exception>
    public async Task<OnboardingResult> ApplyAsync(OnboardingPlan plan, ISignInPrompt prompt, IBrowser browser, CancellationToken cancellationToken = default)
    {
        string? id = plan.Action switch
        {
            OnboardingAction.Skip => null,
            OnboardingAction.KeepProfile => plan.ProfileId,
            OnboardingAction.TakeOver => await TakeOverAsync(plan, cancellationToken).ConfigureAwait(false),
            OnboardingAction.SignIn => await SignInAsync(plan, prompt, browser, cancellationToken).ConfigureAwait(false),
            OnboardingAction.Ask => throw AuthErrors.KeyMissing(plan.Choice.Provider, plan.Choice.Flag, []),
            _ => await StoreAsync(plan, cancellationToken).ConfigureAwait(false),
        };
        return new OnboardingResult
        {
            AuthChoice = plan.Choice.Id,
            Provider = plan.Choice.Provider,
            ProfileId = id,
            Action = plan.Action,
            Variable = plan.Action is OnboardingAction.StoreVariable or OnboardingAction.ReferToVariable ? plan.Variable : null,
            DefaultModel = await _agent.Models.OfferDefaultAsync(plan.Choice.Provider, plan.SetDefault, cancellationToken).ConfigureAwait(false),
            Checks = id is null || plan.Request.SkipCheck ? [] : [.. _agent.Health.Check(providers: [plan.Choice.Provider]).Where(check => check.ProfileId == id)],
            Agent = _agent.Id,
            Product = _agent.Workspace.Product,
            StateDirectory = _agent.Workspace.State.Root,
        };
    }

    private async Task<string> StoreAsync(OnboardingPlan plan, CancellationToken cancellationToken)
    {
        var secret = new NewSecret(plan.Choice.Provider, plan.Method, plan.Secret?.Reveal() ?? string.Empty)
        {
            // A token that stands for a sign-in goes where the sign-in would have put it.
            ProfileId = plan.ProfileId ?? _agent.Workspace.Registry.Find(plan.Choice.Provider)?.OAuth?.ProfileName,
            ExpiresIn = plan.Request.ExpiresIn,
            Force = plan.Request.Force,
            Reference = plan.Action == OnboardingAction.ReferToVariable ? $"env:{plan.Variable}" : null,
        };
        return (await _agent.Profiles.AddAsync(secret, cancellationToken).ConfigureAwait(false)).ProfileId;
    }

    private async Task<string> SignInAsync(OnboardingPlan plan, ISignInPrompt prompt, IBrowser browser, CancellationToken cancellationToken)
    {
        var request = new SignInRequest(plan.Choice.Provider)
        {
            ProfileId = plan.ProfileId,
            UseDeviceCode = plan.Choice.UseDeviceCode,
            NoBrowser = plan.Request.NoBrowser,
            Force = plan.Request.Force,
            TimeLimit = plan.Request.TimeLimit,
        };
        return (await _agent.SignIns.SignInAsync(request, prompt, browser, cancellationToken).ConfigureAwait(false)).ProfileId;
    }

    private async Task<string> TakeOverAsync(OnboardingPlan plan, CancellationToken cancellationToken)
    {
        ExternalLogin login = (await _agent.ExternalLogins.SyncAsync([plan.Choice.Tool!], cancellationToken).ConfigureAwait(false))[0];
        return login.Type is null || login.IsTrouble ? throw AuthErrors.ExternalLoginMissing(login.Tool, login.Detail) : login.ProfileId;
    }

    private async Task<IReadOnlyList<FoundKey>> KeysAsync(string provider, OnboardingRequest request, CancellationToken cancellationToken)
    {
        List<FoundKey> keys = [.. _agent.Workspace.Environment.FindKeys(provider)];
        // A reference is followed in the variables alone, so what only the login shell knows cannot be one.
        if (keys.Count > 0 || request.CanAsk || request.SecretInputMode == SecretInputMode.Ref) return keys;
        return await _agent.Workspace.Environment.FindKeyInShellAsync(provider, cancellationToken).ConfigureAwait(false) is { } found ? [found] : [];
    }

    private string? KeyProfile(AuthStore store, string provider) => _agent.Orders.Resolve(provider).Candidates
        .Where(candidate => candidate.Rank is not null)
        .OrderBy(candidate => candidate.Rank)
        .Select(candidate => candidate.ProfileId)
        .FirstOrDefault(id => store.TryGet(id, out StoredProfile? profile) && profile.Credential.Type == CredentialType.ApiKey);
}
