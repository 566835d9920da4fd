using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Errors;
using KrabAuth.Plugins;
using KrabAuth.Routing;

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
    /// Refuses a profile that the command line names by nothing, as by an empty variable of a script: it would mean all, or another one.
    /// Called before the pipeline is read, whose objects may have none.
    /// </summary>
    private protected void RequireProfileId(params string?[]? ids)
    {
        if (!MyInvocation.BoundParameters.ContainsKey("ProfileId") || ids?.Any(id => !string.IsNullOrEmpty(id)) == true) return;
        ThrowTerminatingError(ErrorRecords.From(AuthErrors.ProfileIdInvalid(string.Empty, "it is empty"), null));
    }

    /// <summary>
    /// Tells of each provider that is named, that nobody knows, and of which nothing is stored: it is misspelt. One that is known and has
    /// nothing is an answer, and gives nothing.
    /// </summary>
    private protected void TellUnknown(AuthAgent agent, IEnumerable<string>? providers)
    {
        foreach (string name in providers ?? [])
        {
            bool isKnown = WildcardPattern.ContainsWildcardCharacters(name)
                || agent.Orders.Providers().Contains(ProviderId.Canonical(name))
                || agent.Workspace.Registry.Find(name) is not null
                || agent.Workspace.Config.Providers.Any(configured => ProviderId.Same(configured.Id, name))
                || ScriptSignIns.Find(ProviderId.Normalize(name)) is not null;
            if (!isKnown && IsFirst("unknown", name)) WriteError(ErrorRecords.ProviderNotFound(name));
        }
    }

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
