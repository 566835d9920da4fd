using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that changes profiles named by id or wildcard, each on its own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ProfileCmdlet : AgentCmdlet
{
    private protected ProfileCmdlet()
    {
    }

    /// <summary>The profiles, by id; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id, such as anthropic:work")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] ProfileId { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string id in ProfileId)
        {
            Guard(id, () =>
            {
                AuthAgent agent = OpenAgent();
                foreach (string match in Matches(agent, id)) Guard(match, () => Process(agent, match));
            });
        }
    }

    private protected abstract void Process(AuthAgent agent, string id);
}
