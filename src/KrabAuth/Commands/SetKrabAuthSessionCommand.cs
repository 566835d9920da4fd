using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Output;
using KrabAuth.Parameters;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Fixes a profile for a session, by its id or by a model reference such as opus@anthropic:work.</summary>
[Cmdlet(VerbsCommon.Set, "KrabAuthSession", SupportsShouldProcess = true, DefaultParameterSetName = "ProfileId")]
[OutputType(typeof(AuthSession))]
public sealed class SetKrabAuthSessionCommand : AgentCmdlet
{
    /// <summary>The session; main if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Session key, such as main")]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [ValidateNotNullOrEmpty]
    public string Session { get; set; } = SessionManager.DefaultSession;

    /// <summary>The profile.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "ProfileId", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, such as anthropic:work")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileId { get; set; }

    /// <summary>A model reference: with a profile it fixes that, without one it lifts what a person fixed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Model", HelpMessage = "Model reference, such as opus@anthropic:work")]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Model { get; set; }

    /// <summary>Gives the pin.</summary>
    [Parameter(HelpMessage = "Give the pin")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId ?? Model, () =>
    {
        AuthAgent agent = OpenAgent();
        if (!ShouldProcess(Session, $"Stay with {ProfileId ?? Model}")) return;
        SessionPin? pin = Model is null
            ? Await(token => agent.Sessions.SetAsync(Session, ProfileId!, token))
            : agent.Sessions.Get(Session, Await(token => agent.Sessions.ChooseModelAsync(Session, Model, token)).Provider);
        if (PassThru && pin is not null) WriteObject(new AuthSession(agent, pin));
    });
}
