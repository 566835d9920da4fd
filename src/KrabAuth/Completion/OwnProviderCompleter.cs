using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes the providers that the user defined.</summary>
public sealed class OwnProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Offer(wordToComplete, () => CompletionSource.Workspace(fakeBoundParameters).Names.OwnProviders());
}
