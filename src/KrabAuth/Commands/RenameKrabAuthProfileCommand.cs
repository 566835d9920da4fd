using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Gives a profile another id, in its place and in every order that names it.</summary>
[Cmdlet(VerbsCommon.Rename, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class RenameKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>The profile.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string ProfileId { get; set; } = string.Empty;

    /// <summary>The new id, or the part after the provider.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "The new id, or its name alone")]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = string.Empty;

    /// <summary>Gives the renamed profile.</summary>
    [Parameter(HelpMessage = "Give the renamed profile")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId, () =>
    {
        AuthAgent agent = OpenAgent();
        if (!ShouldProcess(ProfileId, $"Rename to {NewName}")) return;
        AuthProfile profile = Await(token => agent.Profiles.RenameAsync(ProfileId, NewName, token));
        if (PassThru) WriteObject(profile);
    });
}
