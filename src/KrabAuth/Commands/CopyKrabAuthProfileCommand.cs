using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Copies a key or a static token to another id or another agent.</summary>
[Cmdlet(VerbsCommon.Copy, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class CopyKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>The profile.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string ProfileId { get; set; } = string.Empty;

    /// <summary>The id of the copy, or the part after the provider; the same id if left out, which needs another agent.</summary>
    [Parameter(Position = 1, HelpMessage = "The copy's id, or its name alone")]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>The agent that gets the copy; the profile's own if left out.</summary>
    [Parameter(HelpMessage = "The agent that gets the copy")]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [ValidateNotNullOrEmpty]
    public string? DestinationAgent { get; set; }

    /// <summary>Gives the copy.</summary>
    [Parameter(HelpMessage = "Give the copy")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId, () =>
    {
        AuthAgent agent = OpenAgent();
        AuthAgent? destination = DestinationAgent is null ? null : OpenWorkspace().OpenAgent(DestinationAgent);
        if (!ShouldProcess(ProfileId, $"Copy to {NewName ?? ProfileId} of agent {(destination ?? agent).Id}")) return;
        AuthProfile profile = Await(token => agent.Profiles.CopyAsync(ProfileId, NewName, destination, token));
        if (PassThru) WriteObject(profile);
    });
}
