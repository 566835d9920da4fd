using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes the agents of the state directory on the line, without those that stand there already.</summary>
public sealed class AgentCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        // The agents of the source are those of the product that is imported from.
        => CompletionSource.Offer(wordToComplete, () => parameterName == "FromAgent" && CompletionSource.NamesSource(fakeBoundParameters)
            ? CompletionSource.Workspace(fakeBoundParameters, "From").Names.Agents()
            : CompletionSource.Workspace(fakeBoundParameters).Names.Agents());
}
