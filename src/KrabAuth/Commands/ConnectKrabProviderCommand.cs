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
public sealed class ConnectKrabProviderCommand : SignInCmdlet
{
    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
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

    /// <summary>The account's e-mail.</summary>
    [Parameter(HelpMessage = "The account's e-mail")]
    public string? Email { get; set; }

    /// <summary>A name for people.</summary>
    [Parameter(HelpMessage = "A name for people")]
    public string? DisplayName { get; set; }

    /// <summary>Signs in on another device (RFC 8628).</summary>
    [Parameter(ParameterSetName = "Prompt", HelpMessage = "Sign in on another device")]
    public SwitchParameter UseDeviceCode { get; set; }

    private protected override void Store(SecureString? secret) => Guard(Provider, () =>
    {
        ProviderDefinition? definition = OpenWorkspace().Registry.Find(Provider);
        SignInMethod method = UseDeviceCode ? SignInMethod.OAuth
            : Method is not null ? SignInMethods.Parse(Method, Provider)
            : definition?.Methods.FirstOrDefault(way => way != SignInMethod.OAuth || secret is null, SignInMethod.Token) ?? SignInMethod.ApiKey;
        AuthAgent agent = OpenAgent();
        if (IsRepeated(agent)) return;
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

    /// <summary>
    /// Whether an object of the pipeline means what another one has brought already. That of a provider names no profile, and comes
    /// after those of its profiles.
    /// </summary>
    private bool IsRepeated(AuthAgent agent)
    {
        if (ParameterSetName != "Prompt" || !MyInvocation.ExpectingInput) return false;
        string provider = ProviderId.Canonical(Provider);
        bool isNewProvider = IsFirst(agent.Paths.StorePath, provider);
        return !(ProfileId is null ? isNewProvider : IsFirst(agent.Paths.StorePath, $"{provider} {ProfileId}"));
    }

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
