using System.Management.Automation;
using KrabAuth.Agents;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>Makes an agent, or brings back one that was removed.</summary>
[Cmdlet(VerbsCommon.New, "KrabAgent", DefaultParameterSetName = "New", SupportsShouldProcess = true)]
[OutputType(typeof(AgentInfo))]
public sealed class NewKrabAgentCommand : KrabCmdlet
{
    /// <summary>The agent's name; its id is made of it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The agent's name")]
    [TextTransformation(nameof(Agent))]
    [ValidateNotNullOrEmpty]
    public string Agent { get; set; } = string.Empty;

    /// <summary>The directory that it works in.</summary>
    [Parameter(ParameterSetName = "New", HelpMessage = "The directory that it works in")]
    [ValidateNotNullOrEmpty]
    public string? Workspace { get; set; }

    /// <summary>The directory of its credentials.</summary>
    [Parameter(ParameterSetName = "New", HelpMessage = "The directory of its credentials")]
    [ValidateNotNullOrEmpty]
    public string? AgentDirectory { get; set; }

    /// <summary>The model that it uses.</summary>
    [Parameter(ParameterSetName = "New", HelpMessage = "The model that it uses")]
    [ArgumentCompleter(typeof(ModelReferenceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Model { get; set; }

    /// <summary>Copies keys and static tokens of the default agent to it.</summary>
    [Parameter(ParameterSetName = "New", HelpMessage = "Copy keys and static tokens of the default agent")]
    public SwitchParameter CopyProfile { get; set; }

    /// <summary>Brings back the agent of that name that was removed last.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "FromTrash", HelpMessage = "Bring back the agent that was removed last")]
    public SwitchParameter FromTrash { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Agent, () =>
    {
        if (!ShouldProcess(Agent, FromTrash ? "Restore agent" : "Make agent")) return;
        AgentManager agents = OpenWorkspace().Agents;
        WriteObject(FromTrash
            ? Await(token => agents.RestoreAsync(Agent, token))
            : Await(token => agents.AddAsync(
                new NewAgent(Agent) { Workspace = Given(Workspace), AgentDirectory = Given(AgentDirectory), Model = Model, CopyProfiles = CopyProfile },
                token)).Agent);
    });

    /// <summary>A relative path starts at the session's location, which is not the process's directory.</summary>
    private string? Given(string? path) => path is null ? null : FullPath(path);
}
