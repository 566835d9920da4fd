using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes model references: aliases, models, and behind <c>@</c> the profiles that can serve the model.</summary>
public sealed class ModelReferenceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        // An agent that is made now is not there yet.
        => CompletionSource.Offer(wordToComplete, () => CompletionSource.Workspace(fakeBoundParameters).Names.ModelReferences(
            wordToComplete.Trim('\'', '"'), commandName == "New-KrabAgent" ? null : CompletionSource.Agent(fakeBoundParameters)));
}
