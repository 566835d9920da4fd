using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes the ways to sign in that the provider on the line has.</summary>
public sealed class MethodCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Offer(wordToComplete, () => CompletionSource.Workspace(fakeBoundParameters).Names.Methods(CompletionSource.Provider(fakeBoundParameters)));
}
