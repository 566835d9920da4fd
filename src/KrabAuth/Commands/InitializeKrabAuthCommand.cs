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
public sealed class InitializeKrabAuthCommand : AgentCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The way in; asked for if left out.</summary>
    [Parameter(Position = 0, HelpMessage = "The way in, such as apiKey or openai-codex")]
    [ArgumentCompleter(typeof(AuthChoiceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? AuthChoice { get; set; }

    /// <summary>The key or token.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Secret", HelpMessage = "The secret as SecureString")]
    public SecureString? Secret { get; set; }

    /// <summary>The key or token as the password of a credential.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Credential", HelpMessage = "A credential whose password is the secret")]
    public PSCredential? Credential { get; set; }

    /// <summary>The key or token as text from the pipeline. Given by name, it would stand in the history of the shell.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Text", DontShow = true, HelpMessage = "Pipe the text in")]
    [AllowEmptyString]
    public string? InputText { get; set; }

    /// <summary>The id of the profile, or the part after the provider; <c>&lt;provider&gt;:default</c>, or what the account says, if left out.</summary>
    [Parameter(HelpMessage = "Profile id, or its name alone")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileId { get; set; }

    /// <summary>How long a token lives: a TimeSpan, or <c>365d</c>, <c>12h</c>, <c>1h30m</c>.</summary>
    [Parameter(HelpMessage = "How long the token lives, such as 365d")]
    [DurationTransformation]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>Whether a key of the environment is stored, or the name of its variable.</summary>
    [Parameter(HelpMessage = "Store a key, or the name of its variable")]
    public SecretInputMode SecretInputMode { get; set; }

    /// <summary>Makes the provider's default model that of the configuration.</summary>
    [Parameter(HelpMessage = "Use the provider's default model")]
    public SwitchParameter SetDefault { get; set; }

    /// <summary>Asks nothing; what cannot be done without asking is an error.</summary>
    [Parameter(HelpMessage = "Ask nothing")]
    public SwitchParameter NonInteractive { get; set; }

    /// <summary>Shows the address and leaves the browser to you.</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "Only show the address")]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>How long to wait for you to sign in: a TimeSpan, or <c>2m</c>. Five minutes if left out.</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "How long to wait, such as 2m")]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Leaves out the check at the end.</summary>
    [Parameter(HelpMessage = "Leave out the check")]
    public SwitchParameter SkipCheck { get; set; }

    /// <summary>Replaces another account, or an OAuth sign-in, under the same id.</summary>
    [Parameter(HelpMessage = "Replace another account of the same id")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Forget(nameof(Secret), nameof(Credential), nameof(InputText));
        // A token that a terminal wrapped comes as several lines; they are one secret.
        if (ParameterSetName == "Text") _lines.Add(InputText!);
        else SetUp((Secret ?? Credential?.Password) is { } secret ? SecureText.Reveal(secret) : null);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Text") SetUp(string.Join('\n', _lines));
    }

    private void SetUp(string? secret) => Guard(AuthChoice, () =>
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

    private OnboardingRequest Request(string? secret) => new()
    {
        AuthChoice = AuthChoice,
        Secret = Secrets.Secret.Of(secret),
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
