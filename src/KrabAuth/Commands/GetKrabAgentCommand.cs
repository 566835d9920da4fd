using System.Management.Automation;
using KrabAuth.Agents;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Lists agents and where they keep what.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAgent")]
[OutputType(typeof(AgentInfo))]
public sealed class GetKrabAgentCommand : KrabCmdlet
{
    /// <summary>The agents; wildcards are allowed. All if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Agent; wildcards are allowed")]
    [TextTransformation(nameof(Agent))]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Agent { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Agent)
        {
            Guard(name, () =>
            {
                AuthWorkspace workspace = OpenWorkspace();
                AgentManager agents = workspace.Agents;
                if (!WildcardPattern.ContainsWildcardCharacters(name))
                {
                    AgentInfo named = agents.Get(name);
                    if (IsFirst(workspace.State.Root, named.Agent)) WriteObject(named);
                    return;
                }
                var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
                WriteObject(agents.List().Where(agent => pattern.IsMatch(agent.Agent) && IsFirst(workspace.State.Root, agent.Agent)), enumerateCollection: true);
            });
        }
    }
}
