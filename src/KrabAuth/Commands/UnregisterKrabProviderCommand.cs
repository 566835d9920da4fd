using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Plugins;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Removes a provider that you defined. Its profiles stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "KrabProvider", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class UnregisterKrabProviderCommand : KrabCmdlet
{
    /// <summary>The provider.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The provider's id")]
    [TextTransformation(nameof(Provider))]
    [ArgumentCompleter(typeof(OwnProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Provider { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string provider in Provider)
        {
            Guard(provider, () =>
            {
                if (!ShouldProcess(provider, "Remove provider definition")) return;
                bool wasScript = ScriptSignIns.Unregister(ProviderId.Normalize(provider));
                if (!wasScript || OpenWorkspace().Registry.IsOwn(provider)) OpenWorkspace().Registry.Remove(provider);
            });
        }
    }
}
