using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Routing;

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
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The session that is to stay with one profile.</summary>
    [Parameter(ParameterSetName = "Provider", HelpMessage = "Session key, such as main")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Session { get; set; }

    /// <summary>The session starts anew: the next profile is taken.</summary>
    [Parameter(ParameterSetName = "Provider", HelpMessage = "The session starts anew")]
    public SwitchParameter NewSession { get; set; }

    /// <summary>How often the session was compacted; once more moves it on.</summary>
    [Parameter(ParameterSetName = "Provider", HelpMessage = "How often the session was compacted")]
    [ValidateRange(0, int.MaxValue)]
    public int? CompactionCount { get; set; }

    /// <summary>Uses a key of the environment or the configuration where no profile can be used.</summary>
    [Parameter(ParameterSetName = "Provider", HelpMessage = "Allow a key of the environment in place of profiles")]
    public SwitchParameter AllowEnvironment { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId ?? Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        UsableCredential credential = Await(token => ProfileId is null
            ? agent.Credentials.GetAsync(Request(), token)
            : agent.Credentials.ForProfileAsync(ProfileId, token));
        Write(agent, credential);
    });

    private CredentialRequest Request() => new(Provider!)
    {
        Model = Model,
        Session = Session is null ? null : new SessionTurn(Session) { IsNew = NewSession, CompactionCount = CompactionCount },
        AllowEnvironment = AllowEnvironment,
    };

    private protected abstract void Write(AuthAgent agent, UsableCredential credential);
}
