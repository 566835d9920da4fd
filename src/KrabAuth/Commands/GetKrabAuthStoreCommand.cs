using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Storage;

namespace KrabAuth.Commands;

/// <summary>Tells where an agent's files are and in what state.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthStore")]
[OutputType(typeof(AuthStoreInfo))]
public sealed class GetKrabAuthStoreCommand : KrabCmdlet
{
    /// <summary>The agents; wildcards are allowed. The default one if left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Agent; wildcards are allowed")]
    [ArgumentCompleter(typeof(AgentCompleter))]
    [SupportsWildcards]
    public string[]? Agent { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Agent, () =>
    {
        AuthWorkspace workspace = OpenWorkspace();
        if (Agent is null)
        {
            Write(workspace.OpenAgent());
            return;
        }
        foreach (string name in Agent)
        {
            IEnumerable<string> ids = WildcardPattern.ContainsWildcardCharacters(name)
                ? workspace.AgentIds.Where(new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch)
                : [name];
            foreach (string id in ids) Guard(id, () => Write(workspace.OpenAgent(id)));
        }
    });

    private void Write(AuthAgent agent)
    {
        if (IsFirst(agent.Paths.StorePath, string.Empty)) WriteObject(agent.Describe());
    }
}
