using System.Management.Automation;

namespace KrabAuth.Commands;

/// <summary>Removes the stored order of a provider; the configured or derived one holds again.</summary>
[Cmdlet(VerbsCommon.Clear, "KrabAuthOrder", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class ClearKrabAuthOrderCommand : ProviderCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        foreach (string provider in Providers(agent).Where(name => Provider is not null || agent.Orders.GetStored(name) is not null))
        {
            if (!ShouldProcess(provider, "Clear stored order")) continue;
            bool removed = Await(token => agent.Orders.ClearAsync(provider, token));
            WriteVerbose(removed ? $"Cleared the stored order of {provider}." : $"{provider} had no stored order.");
        }
    });
}
