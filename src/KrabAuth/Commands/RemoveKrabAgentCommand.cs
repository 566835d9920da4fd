using System.Management.Automation;
using KrabAuth.Agents;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Moves agents with their accounts to the trash of the state directory.</summary>
[Cmdlet(VerbsCommon.Remove, "KrabAgent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKrabAgentCommand : KrabCmdlet
{
    /// <summary>The agents; wildcards are not allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The agent")]
    [TextTransformation(nameof(Agent))]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Agent { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string id in Agent)
        {
            Guard(id, () =>
            {
                AgentManager agents = OpenWorkspace().Agents;
                if (!ShouldProcess(id, "Move agent, its accounts and its workspace to the trash")) return;
                RemovedAgent removed = Await(token => agents.RemoveAsync(id, token));
                WriteVerbose($"The files of {removed.Agent} are in {removed.Trash}.");
            });
        }
    }
}
