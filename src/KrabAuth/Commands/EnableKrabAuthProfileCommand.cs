using System.Management.Automation;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Lets profiles be used again, with all their waits ended.</summary>
[Cmdlet(VerbsLifecycle.Enable, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class EnableKrabAuthProfileCommand : ProfileCmdlet
{
    /// <summary>Gives the enabled profile.</summary>
    [Parameter(HelpMessage = "Give the enabled profile")]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(AuthAgent agent, string id)
    {
        if (!ShouldProcess(id, "Enable profile")) return;
        AuthProfile profile = Await(token => agent.Profiles.SetEnabledAsync(id, enabled: true, token));
        if (PassThru) WriteObject(profile);
    }
}
