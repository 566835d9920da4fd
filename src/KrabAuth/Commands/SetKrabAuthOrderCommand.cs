using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Output;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Stores the order in which a provider's profiles are tried.</summary>
[Cmdlet(VerbsCommon.Set, "KrabAuthOrder", SupportsShouldProcess = true)]
[OutputType(typeof(AuthOrder))]
public sealed class SetKrabAuthOrderCommand : AgentCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string Provider { get; set; } = string.Empty;

    /// <summary>The profile ids, first to last.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ValueFromRemainingArguments = true, HelpMessage = "Profile ids, first to last")]
    [Alias("Id", "Order")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ProfileId { get; set; } = [];

    /// <summary>Gives the order.</summary>
    [Parameter(HelpMessage = "Give the order")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(ProfileId);

    /// <inheritdoc/>
    protected override void EndProcessing() => Guard(Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        if (!ShouldProcess(ProviderId.Canonical(Provider), $"Set order: {string.Join(", ", _ids)}")) return;
        Await(token => agent.Orders.SetAsync(Provider, _ids, token));
        if (PassThru) WriteObject(AuthOrder.Of(agent, ProviderId.Canonical(Provider)));
    });
}
