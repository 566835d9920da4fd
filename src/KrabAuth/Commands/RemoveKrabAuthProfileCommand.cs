using System.Management.Automation;

namespace KrabAuth.Commands;

/// <summary>Removes profiles with every reference to them.</summary>
[Cmdlet(VerbsCommon.Remove, "KrabAuthProfile", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKrabAuthProfileCommand : ProfileCmdlet
{
    private protected override void Process(AuthAgent agent, string id)
    {
        if (ShouldProcess(id, "Remove profile")) Await(token => agent.Profiles.RemoveAsync(id, token));
    }
}
