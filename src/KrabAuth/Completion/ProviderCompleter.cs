using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes providers: those with profiles first, then the user's own and the catalog.</summary>
public sealed class ProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Offer(wordToComplete, () => CompletionSource.Workspace(fakeBoundParameters).Names.StoredProviders(CompletionSource.Agent(fakeBoundParameters)))
            .Concat(CompletionSource.Offer(wordToComplete, () => CompletionSource.Workspace(fakeBoundParameters).Names.KnownProviders()))
            .DistinctBy(result => result.ListItemText);
}
