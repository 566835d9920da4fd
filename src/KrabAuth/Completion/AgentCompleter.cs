using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes the agents of the state directory on the line.</summary>
public sealed class AgentCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Try(() =>
        {
            // The agents of the source are those of the product that is imported from.
            AuthWorkspace workspace = parameterName == "FromAgent" && (fakeBoundParameters.Contains("FromProduct") || fakeBoundParameters.Contains("FromStateDirectory"))
                ? CompletionSource.Workspace(fakeBoundParameters, "From")
                : CompletionSource.Workspace(fakeBoundParameters);
            return workspace.AgentIds
                .Select(id => CompletionSource.Match(wordToComplete, id, workspace.OpenAgent(id).Paths.Directory))
                .OfType<CompletionResult>();
        });
}
