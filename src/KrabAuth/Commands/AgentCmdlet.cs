using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that works on one agent.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AgentCmdlet : KrabCmdlet
{
    private protected AgentCmdlet()
    {
    }

    /// <summary>The agent; without it, the default one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The agent; the default one if left out")]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Agent { get; set; }

    private protected AuthAgent OpenAgent() => OpenWorkspace().OpenAgent(Agent);
}
