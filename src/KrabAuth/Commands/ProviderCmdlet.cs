using System.ComponentModel;
using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>A cmdlet that works on providers of an agent, named or by wildcard.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ProviderCmdlet : AgentCmdlet
{
    private protected ProviderCmdlet()
    {
    }

    /// <summary>The providers; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider; wildcards are allowed")]
    [TextTransformation(nameof(Provider))]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [SupportsWildcards]
    public string[]? Provider { get; set; }

    /// <summary>
    /// The providers that are meant: all that the agent has for none given. Each once in a pipeline.
    /// </summary>
    private protected IEnumerable<string> Providers(AuthAgent agent)
    {
        IEnumerable<string> named = Provider?.SelectMany(name => WildcardPattern.ContainsWildcardCharacters(name)
            ? agent.Orders.Providers().Where(new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch)
            : [ProviderId.Canonical(name)]) ?? agent.Orders.Providers();
        return [.. named.Where(provider => IsFirst(agent.Paths.StorePath, provider))];
    }
}
