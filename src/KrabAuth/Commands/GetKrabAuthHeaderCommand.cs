using System.Collections;
using System.Management.Automation;

namespace KrabAuth.Commands;

/// <summary>Gives the HTTP headers for a provider, ready for Invoke-RestMethod. They hold the secret.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthHeader", DefaultParameterSetName = "Provider")]
[OutputType(typeof(Hashtable))]
public sealed class GetKrabAuthHeaderCommand : CredentialCmdlet
{
    private protected override void Write(AuthAgent agent, UsableCredential credential)
    {
        var headers = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in agent.Credentials.Headers(credential)) headers[name] = value;
        WriteObject(headers);
    }
}
