using System.Management.Automation;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Errors;
using KrabAuth.Host;
using KrabAuth.Onboarding;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Leads from nothing to a checked profile: provider, way in, secret or sign-in, default model, check.</summary>
[Cmdlet(VerbsData.Initialize, "KrabAuth", DefaultParameterSetName = "Prompt", SupportsShouldProcess = true)]
[OutputType(typeof(OnboardingResult))]
public sealed class InitializeKrabAuthCommand : SignInCmdlet
{
    /// <summary>The way in; asked for if left out.</summary>
    [Parameter(Position = 0, HelpMessage = "The way in, such as apiKey or openai-codex")]
    [ArgumentCompleter(typeof(AuthChoiceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? AuthChoice { get; set; }

    /// <summary>Whether a key of the environment is stored, or the name of its variable.</summary>
    [Parameter(HelpMessage = "Store a key, or the name of its variable")]
    public SecretInputMode SecretInputMode { get; set; }

    /// <summary>Asks nothing; what cannot be done without asking is an error.</summary>
    [Parameter(HelpMessage = "Ask nothing")]
    public SwitchParameter NonInteractive { get; set; }

    /// <summary>Leaves out the check at the end.</summary>
    [Parameter(HelpMessage = "Leave out the check")]
    public SwitchParameter SkipCheck { get; set; }

    private protected override void Store(SecureString? secret) => Guard(AuthChoice, () =>
    {
        AuthAgent agent = OpenAgent();
        var questions = new OnboardingQuestions(Host, agent);
        OnboardingRequest request = Request(secret);
        if (request is { CanAsk: true, AuthChoice: null })
        {
            string? chosen = Asked(questions.ChooseAuthChoice);
            if (chosen is null) WriteError(ErrorRecords.AuthChoiceRequired());
            if (string.IsNullOrEmpty(chosen)) return;
            request = request with { AuthChoice = chosen };
        }
        OnboardingPlan plan = Await(token => agent.Onboarding.PlanAsync(request, token));
        if (!ShouldProcess($"{plan.Choice.Id} ({agent.Paths.StorePath})", "Set up credential")) return;
        // Where nobody can be asked, it goes on as if nobody were to be.
        if (request.CanAsk) plan = Asked(() => questions.Complete(plan)) ?? Await(token => agent.Onboarding.PlanAsync(request with { CanAsk = false }, token));
        OnboardingResult result = Apply(agent, plan);
        WriteObject(result);
        if (OnboardingText.Of(result.DefaultModel) is { Length: > 0 } text) WriteInformation(text, ["KrabAuth", "DefaultModel"]);
    });

    private OnboardingRequest Request(SecureString? secret) => new()
    {
        AuthChoice = AuthChoice,
        Secret = secret is null ? null : Secrets.Secret.Of(SecureText.Reveal(secret)),
        ProfileId = ProfileId,
        ExpiresIn = ExpiresIn,
        SecretInputMode = SecretInputMode,
        SetDefault = SetDefault,
        CanAsk = !NonInteractive && secret is null,
        NonInteractive = NonInteractive,
        NoBrowser = NoBrowser,
        TimeLimit = Timeout,
        SkipCheck = SkipCheck,
        Force = Force,
        // The secret is given, and whose it is says the choice.
        ForProvider = secret is null ? null : "anthropic",
    };

    private OnboardingResult Apply(AuthAgent agent, OnboardingPlan plan)
    {
        var prompt = new PipelinePrompt(this, plan.ProviderLabel, OnPipelineThread);
        try
        {
            bool reads = plan.Action == OnboardingAction.SignIn && prompt.CanPaste;
            return Await(token => agent.Onboarding.ApplyAsync(plan, prompt, new SystemBrowser(), token), reads ? prompt.TakeKeys : null);
        }
        finally
        {
            if (plan.Action == OnboardingAction.SignIn) prompt.End();
        }
    }

    /// <summary>The answer to questions; null in a host without a person: -NonInteractive, a job, a remote session.</summary>
    private static T? Asked<T>(Func<T?> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (SecretPrompt.IsNobodyThere(e))
        {
            return null;
        }
    }
}
