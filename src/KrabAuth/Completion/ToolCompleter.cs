using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Interop;

namespace KrabAuth.Completion;

/// <summary>Completes the programs whose sign-ins can be taken over, without those that stand there already.</summary>
public sealed class ToolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        HashSet<string> typed = CompletionSource.Typed(commandAst, wordToComplete);
        return ExternalTool.All
            .Where(tool => !typed.Contains(tool.Name))
            .Select(tool => CompletionSource.Match(wordToComplete, tool.Name, $"{tool.Label}: {tool.ProfileId}"))
            .OfType<CompletionResult>();
    }
}
