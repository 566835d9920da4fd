using System.Management.Automation;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Holds profiles out of use, for KrabAuth and for every program that shares the store.</summary>
[Cmdlet(VerbsLifecycle.Disable, "KrabAuthProfile", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class DisableKrabAuthProfileCommand : ProfileCmdlet
{
    /// <summary>Gives the disabled profile.</summary>
    [Parameter(HelpMessage = "Give the disabled profile")]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(AuthAgent agent, string id)
    {
        if (!ShouldProcess(id, "Disable profile")) return;
        AuthProfile profile = Await(token => agent.Profiles.SetEnabledAsync(id, enabled: false, token));
        if (PassThru) WriteObject(profile);
    }
}
