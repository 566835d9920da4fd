using System.Management.Automation;
using System.Security;
using KrabAuth.Agents;
using KrabAuth.Completion;
using KrabAuth.Host;
using KrabAuth.Errors;
using KrabAuth.Parameters;
using KrabAuth.Plugins;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Signs in with OAuth, or stores an API key, a static token or a setup-token.</summary>
[Cmdlet(VerbsCommunications.Connect, "KrabProvider", DefaultParameterSetName = "Prompt", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class ConnectKrabProviderCommand : AgentCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string Provider { get; set; } = string.Empty;

    /// <summary>
    /// What kind of secret it is: ApiKey, Token or SetupToken; the provider's first way if left out. A text and not the
    /// enumeration, because PowerShell completes an enumeration by itself and could not leave out what the provider lacks.
    /// </summary>
    [Parameter(HelpMessage = "ApiKey, Token or SetupToken")]
    [ArgumentCompleter(typeof(MethodCompleter))]
    public string? Method { get; set; }

    /// <summary>The secret.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Secret", HelpMessage = "The secret as SecureString")]
    public SecureString? Secret { get; set; }

    /// <summary>The secret as the password of a credential.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Credential", HelpMessage = "A credential whose password is the secret")]
    public PSCredential? Credential { get; set; }

    /// <summary>The secret as text from the pipeline. Given by name, it would stand in the history of the shell.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Text", DontShow = true, HelpMessage = "Pipe the text in")]
    [AllowEmptyString]
    public string? InputText { get; set; }

    /// <summary>The id of the profile, or the part after the provider; <c>&lt;provider&gt;:manual</c> if left out.</summary>
    [Parameter(HelpMessage = "Profile id, or its name alone")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileId { get; set; }

    /// <summary>How long the token lives: a TimeSpan, or <c>365d</c>, <c>12h</c>, <c>1h30m</c>.</summary>
    [Parameter(HelpMessage = "How long the token lives, such as 365d")]
    [DurationTransformation]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>The account's e-mail.</summary>
    [Parameter(HelpMessage = "The account's e-mail")]
    public string? Email { get; set; }

    /// <summary>A name for people.</summary>
    [Parameter(HelpMessage = "A name for people")]
    public string? DisplayName { get; set; }

    /// <summary>Signs in on another device (RFC 8628).</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "Sign in on another device")]
    public SwitchParameter UseDeviceCode { get; set; }

    /// <summary>Shows the address and leaves the browser to you.</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "Only show the address")]
    public SwitchParameter NoBrowser { get; set; }

    /// <summary>How long to wait for you: a TimeSpan, or <c>2m</c>. Five minutes at the browser if left out, and as long as a device code lives.</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "How long to wait, such as 2m")]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Makes the provider's default model that of the configuration.</summary>
    [Parameter(HelpMessage = "Use the provider's default model")]
    public SwitchParameter SetDefault { get; set; }

    /// <summary>Replaces another account, or an OAuth sign-in, under the same id.</summary>
    [Parameter(HelpMessage = "Replace another account of the same id")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Forget(nameof(Secret), nameof(Credential), nameof(InputText));
        // A token that a terminal wrapped comes as several lines; they are one secret.
        if (ParameterSetName == "Text") _lines.Add(InputText!);
        else Store(Secret ?? Credential?.Password);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Text") Store(SecureText.Protect(string.Join('\n', _lines)));
    }

    private void Store(SecureString? secret) => Guard(Provider, () =>
    {
        ProviderDefinition? definition = OpenWorkspace().Registry.Find(Provider);
        SignInMethod method = UseDeviceCode ? SignInMethod.OAuth
            : Method is not null ? SignInMethods.Parse(Method, Provider)
            : definition?.Methods.FirstOrDefault(way => way != SignInMethod.OAuth || secret is null, SignInMethod.Token) ?? SignInMethod.ApiKey;
        AuthAgent agent = OpenAgent();
        if (SetDefault) agent.Models.RequireDefault(Provider);
        if (ScriptSignIns.Find(ProviderId.Normalize(Provider)) is { } script && secret is null)
        {
            SignInByScript(agent, script);
            return;
        }
        if (method == SignInMethod.OAuth)
        {
            SignIn(agent, definition?.Label ?? Provider);
            return;
        }
        agent.Profiles.RequireId(ProfileId, definition?.Provider ?? ProviderId.Normalize(Provider));
        if (!ShouldProcess($"{Provider} ({agent.Paths.StorePath})", $"Store {method}")) return;
        if ((secret ?? Ask(definition, method)) is not { } answer) return;
        Finish(agent, Await(token => agent.Profiles.AddAsync(
            new NewSecret(Provider, method, SecureText.Reveal(answer))
            {
                ProfileId = ProfileId,
                ExpiresIn = ExpiresIn,
                Email = Email,
                DisplayName = DisplayName,
                Force = Force,
            },
            token)));
    });

    /// <summary>The profile is there, whatever becomes of the configuration.</summary>
    private void Finish(AuthAgent agent, AuthProfile profile)
    {
        WriteObject(profile);
        DefaultModelOffer offer = Await(token => agent.Models.OfferDefaultAsync(Provider, SetDefault, token));
        if (OnboardingText.Of(offer) is { Length: > 0 } text) WriteInformation(text, ["KrabAuth", "DefaultModel"]);
    }

    private void SignIn(AuthAgent agent, string label)
    {
        if (!ShouldProcess($"{Provider} ({agent.Paths.StorePath})", "Sign in")) return;
        var prompt = new PipelinePrompt(this, label, OnPipelineThread);
        var request = new SignInRequest(Provider) { ProfileId = ProfileId, UseDeviceCode = UseDeviceCode, NoBrowser = NoBrowser, Force = Force, TimeLimit = Timeout };
        try
        {
            Finish(agent, Await(token => agent.SignIns.SignInAsync(request, prompt, new SystemBrowser(), token), prompt.CanPaste ? prompt.TakeKeys : null));
        }
        finally
        {
            prompt.End();
        }
    }

    private void SignInByScript(AuthAgent agent, ScriptBlock script)
    {
        string provider = ProviderId.Normalize(Provider);
        if (!ShouldProcess($"{provider} ({agent.Paths.StorePath})", "Sign in")) return;
        if (ProfileId is not null) agent.Profiles.RequireId(ProfileId, provider);
        agent.SignIns.RequireWritable();
        OAuthCredential credential = ScriptSignIns.Run(provider, script);
        Finish(agent, Await(token => agent.SignIns.StoreAsync(new SignInRequest(provider) { ProfileId = ProfileId, Force = Force }, credential, token)));
    }

    private SecureString? Ask(ProviderDefinition? definition, SignInMethod method)
    {
        try
        {
            return SecretPrompt.AskWhole(Host, method == SignInMethod.ApiKey ? null : definition?.SetupToken, $"{method} for {definition?.Label ?? Provider}");
        }
        catch (Exception e) when (SecretPrompt.IsNobodyThere(e))
        {
            WriteError(ErrorRecords.SecretRequired(Provider));
            return null;
        }
    }
}
