using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that gives out a secret: of the provider's first usable profile, or of a given one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CredentialCmdlet : AgentCmdlet
{
    private protected CredentialCmdlet()
    {
    }

    /// <summary>The provider, whose first usable profile is taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Provider", HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <summary>The profile, whatever the order says.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ProfileId", ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, such as anthropic:work")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileId { get; set; }

    /// <summary>The model: a wait for another model alone does not count.</summary>
    [Parameter(ParameterSetName = "Provider", HelpMessage = "The model it is for")]
    public string? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId ?? Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        UsableCredential credential = Await(token => ProfileId is null
            ? agent.Credentials.ForProviderAsync(Provider!, Model, token)
            : agent.Credentials.ForProfileAsync(ProfileId, token));
        WriteVerbose($"Using {credential.ProfileId}.");
        Write(agent, credential);
    });

    private protected abstract void Write(AuthAgent agent, UsableCredential credential);
}
