using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Output;
using KrabAuth.Parameters;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Stores the order in which a provider's profiles are tried.</summary>
[Cmdlet(VerbsCommon.Set, "KrabAuthOrder", SupportsShouldProcess = true)]
[OutputType(typeof(AuthOrder))]
public sealed class SetKrabAuthOrderCommand : AgentCmdlet
{
    private bool _hasInput;
    private readonly List<(AuthAgent Agent, string Provider, List<string> Ids)> _orders = [];

    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string Provider { get; set; } = string.Empty;

    /// <summary>The profile ids, first to last.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ValueFromRemainingArguments = true, HelpMessage = "Profile ids, first to last")]
    [TextTransformation(nameof(ProfileId), "Order")]
    [Alias("Id", "Order")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ProfileId { get; set; } = [];

    /// <summary>Gives the order.</summary>
    [Parameter(HelpMessage = "Give the order")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What comes one by one makes one order for each provider of an agent.</summary>
    protected override void ProcessRecord() => Guard(Provider, () =>
    {
        _hasInput = true;
        AuthAgent agent = OpenAgent();
        string provider = ProviderId.Canonical(Provider);
        int at = _orders.FindIndex(order => order.Agent.Paths.StorePath == agent.Paths.StorePath && order.Provider == provider);
        if (at >= 0) _orders[at].Ids.AddRange(ProfileId);
        else _orders.Add((agent, provider, [.. ProfileId]));
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // A pipeline that brought nothing names no profile for the provider that was given.
        if (!_hasInput && MyInvocation.BoundParameters.ContainsKey(nameof(Provider))) Guard(Provider, () => throw AuthErrors.OrderEmpty(Provider));
        foreach ((AuthAgent agent, string provider, List<string> ids) in _orders) Guard(provider, () => Store(agent, provider, ids));
    }

    private void Store(AuthAgent agent, string provider, List<string> ids)
    {
        if (!ShouldProcess(provider, $"Set order: {string.Join(", ", ids)}")) return;
        Await(token => agent.Orders.SetAsync(provider, ids, token));
        if (PassThru) WriteObject(AuthOrder.Of(agent, provider));
    }
}
