using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes the programs whose sign-ins can be taken over, without those that stand there already.</summary>
public sealed class ToolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Offer(wordToComplete, () => NamedValues.Tools, CompletionSource.Typed(commandAst, wordToComplete));
}
