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

    /// <summary>
    /// The ids that an id or a wildcard means; an id without one means itself, whether it exists or not. Ids may hold characters that
    /// mean something in a pattern: the very id means itself alone.
    /// </summary>
    private protected static IEnumerable<string> Matches(AuthAgent agent, string id)
    {
        if (!id.AsSpan().ContainsAny("*?[`")) return [id];
        List<string> ids = [.. agent.Profiles.List().Select(static profile => profile.ProfileId)];
        if (ids.Contains(id)) return [id];
        if (!WildcardPattern.ContainsWildcardCharacters(id)) return [WildcardPattern.Unescape(id)];
        var pattern = new WildcardPattern(id, WildcardOptions.IgnoreCase);
        return [.. ids.Where(pattern.IsMatch)];
    }
}
