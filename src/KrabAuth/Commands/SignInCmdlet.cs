using System.ComponentModel;
using System.Management.Automation;
using System.Security;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that makes a profile, of a secret that is given or asked for, or of a sign-in.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SignInCmdlet : AgentCmdlet
{
    private readonly List<string> _lines = [];

    private protected SignInCmdlet()
    {
    }

    /// <summary>The key or token.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Secret", HelpMessage = "The secret as SecureString")]
    public SecureString? Secret { get; set; }

    /// <summary>The key or token as the password of a credential.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Credential", HelpMessage = "A credential whose password is the secret")]
    public PSCredential? Credential { get; set; }

    /// <summary>The key or token as text from the pipeline. Given by name, it would stand in the history of the shell.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Text", DontShow = true, HelpMessage = "Pipe the text in")]
    [TextTransformation]
    [AllowEmptyString]
    public string? InputText { get; set; }

    /// <summary>The id of the profile, or the part after the provider; the documented name, or what the account says, if left out.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, or its name alone")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    public string? ProfileId { get; set; }

    /// <summary>How long a token lives: a TimeSpan, or <c>365d</c>, <c>12h</c>, <c>1h30m</c>.</summary>
    [Parameter(HelpMessage = "How long the token lives, such as 365d")]
    [DurationTransformation]
    public TimeSpan? ExpiresIn { get; set; }

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
    protected sealed override void BeginProcessing() => RequireProfileId(ProfileId);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        Forget(nameof(Secret), nameof(Credential), nameof(InputText));
        // A token that a terminal wrapped comes as several lines; they are one secret.
        if (ParameterSetName == "Text") _lines.Add(InputText!);
        else Store(Secret ?? Credential?.Password);
    }

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        if (ParameterSetName == "Text") Store(SecureText.Protect(string.Join('\n', _lines)));
    }

    /// <summary>Makes the profile.</summary>
    /// <param name="secret">What was given; null if nothing was.</param>
    private protected abstract void Store(SecureString? secret);
}
