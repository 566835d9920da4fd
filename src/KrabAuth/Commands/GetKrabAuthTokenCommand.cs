using System.Management.Automation;
using System.Security;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Gives the key or token of a provider's first usable profile, as SecureString unless asked otherwise.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthToken", DefaultParameterSetName = "Provider")]
[OutputType(typeof(SecureString), typeof(string))]
public sealed class GetKrabAuthTokenCommand : CredentialCmdlet
{
    /// <summary>Gives the secret as plain text.</summary>
    [Parameter(HelpMessage = "Give plain text")]
    public SwitchParameter AsPlainText { get; set; }

    private protected override void Write(AuthAgent agent, UsableCredential credential)
    {
        string secret = credential.Secret.Reveal();
        WriteObject(AsPlainText ? secret : SecureText.Protect(secret));
    }
}
