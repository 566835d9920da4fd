using System.Management.Automation;
using KrabAuth.Output;

namespace KrabAuth.Commands;

/// <summary>Shows the order in which a provider's profiles are tried, and where it comes from.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthOrder")]
[OutputType(typeof(AuthOrder))]
public sealed class GetKrabAuthOrderCommand : ProviderCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        foreach (string provider in Providers(agent)) WriteObject(AuthOrder.Of(agent, provider));
    });
}
