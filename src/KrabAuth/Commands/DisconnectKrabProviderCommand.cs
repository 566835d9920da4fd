using System.Management.Automation;

namespace KrabAuth.Commands;

/// <summary>Revokes an OAuth sign-in at the server where it can, and removes the profile in any case.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "KrabProvider", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(SignOutResult))]
public sealed class DisconnectKrabProviderCommand : ProfileCmdlet
{
    /// <summary>Removes the profile without asking the server to forget its tokens.</summary>
    [Parameter(HelpMessage = "Do not ask the server")]
    public SwitchParameter LocalOnly { get; set; }

    private protected override void Process(AuthAgent agent, string id)
    {
        if (ShouldProcess(id, LocalOnly ? "Remove profile" : "Revoke tokens and remove profile")) WriteObject(Await(token => agent.SignIns.SignOutAsync(id, !LocalOnly, token)));
    }
}
