using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Output;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Tells which profile a provider would use now, or with -Explain, why each one is or is not used.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "KrabAuthProfile")]
[OutputType(typeof(AuthProfile), typeof(AuthCandidate))]
public sealed class ResolveKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Provider { get; set; } = [];

    /// <summary>The model: a wait for another model alone does not count.</summary>
    [Parameter(HelpMessage = "The model it is for")]
    public string? Model { get; set; }

    /// <summary>Gives every candidate with its rank and reason instead of the chosen profile.</summary>
    [Parameter(HelpMessage = "Show every candidate and why")]
    public SwitchParameter Explain { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string provider in Provider) Guard(provider, () => Resolve(OpenAgent(), provider));
    }

    private void Resolve(AuthAgent agent, string provider)
    {
        if (!Explain)
        {
            WriteObject(agent.Profiles.Get(agent.Orders.Select(provider, Model)));
            return;
        }
        ResolvedOrder order = agent.Orders.Resolve(provider, Model);
        WriteVerbose($"The order for {order.Provider} comes from: {AuthOrder.Describe(order.Source)}.");
        WriteObject(order.Candidates.Select(candidate => new AuthCandidate(agent, order, candidate)), enumerateCollection: true);
    }
}
