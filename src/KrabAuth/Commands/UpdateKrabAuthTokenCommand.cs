using System.Management.Automation;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Renews OAuth sign-ins now, whatever is left of their tokens.</summary>
[Cmdlet(VerbsData.Update, "KrabAuthToken", SupportsShouldProcess = true)]
[OutputType(typeof(AuthProfile))]
public sealed class UpdateKrabAuthTokenCommand : ProfileCmdlet
{
    private protected override void Process(AuthAgent agent, string id)
    {
        if (ShouldProcess(id, "Renew token")) WriteObject(Await(token => agent.Credentials.RenewAsync(id, token)));
    }
}
