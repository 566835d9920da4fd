using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KrabAuth.Completion;

/// <summary>Completes profile ids of the provider and agent on the line, without those that stand there already.</summary>
public sealed class ProfileIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Offer(
            wordToComplete,
            () => commandName == "Import-KrabAuthProfile" && CompletionSource.NamesSource(fakeBoundParameters)
                // What is imported is at the source.
                ? CompletionSource.Workspace(fakeBoundParameters, "From").Names.Profiles(fakeBoundParameters["FromAgent"] as string, CompletionSource.Provider(fakeBoundParameters))
                : CompletionSource.Workspace(fakeBoundParameters).Names.Profiles(CompletionSource.Agent(fakeBoundParameters), CompletionSource.Provider(fakeBoundParameters)),
            CompletionSource.Typed(commandAst, wordToComplete));
}
