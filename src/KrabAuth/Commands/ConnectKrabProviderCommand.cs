using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Errors;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Commands;

/// <summary>Stores an API key, a static token or a setup-token.</summary>
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

    /// <summary>Replaces an OAuth sign-in under the same id.</summary>
    [Parameter(HelpMessage = "Replace an OAuth sign-in of the same id")]
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
        ProviderDefinition? definition = ProviderCatalog.BuiltIn.Find(Provider);
        SignInMethod method = Method is not null ? SignInMethods.Parse(Method, Provider)
            : definition is { Methods.Count: > 0 } ? definition.Methods[0] : SignInMethod.ApiKey;
        if (method == SignInMethod.OAuth)
        {
            WriteError(ErrorRecords.SignInUnavailable(definition?.Provider ?? Provider));
            return;
        }
        AuthAgent agent = OpenAgent();
        agent.Profiles.RequireId(ProfileId, definition?.Provider ?? Provider);
        if (!ShouldProcess($"{Provider} ({agent.Paths.StorePath})", $"Store {method}")) return;
        if ((secret ?? Ask(definition, method)) is not { } answer) return;
        WriteObject(Await(token => agent.Profiles.AddAsync(
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

    private SecureString? Ask(ProviderDefinition? definition, SignInMethod method)
    {
        try
        {
            SetupTokenRule? rule = method == SignInMethod.ApiKey ? null : definition?.SetupToken;
            SecureString answer = Prompt(rule?.Hint ?? string.Empty, $"{method} for {definition?.Label ?? Provider}");
            // A terminal that wraps a long token gives its first line alone.
            while (rule is not null && answer.Length > 0 && answer.Length < rule.MinimumLength)
            {
                SecureString rest = Prompt("That is only a part of a token.", "The rest, or nothing");
                if (rest.Length == 0) break;
                answer = SecureText.Protect(SecureText.Reveal(answer) + SecureText.Reveal(rest));
            }
            return answer;
        }
        catch (Exception e) when (e is HostException or PSInvalidOperationException or NotImplementedException)
        {
            // A host without a person: -NonInteractive, a job, a remote session.
            WriteError(ErrorRecords.SecretRequired(Provider));
            return null;
        }
    }

    private SecureString Prompt(string message, string label)
    {
        var field = new FieldDescription(label);
        field.SetParameterType(typeof(SecureString));
        return (SecureString)Host.UI.Prompt(string.Empty, message, [field])[label].BaseObject;
    }
}
