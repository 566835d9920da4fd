using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Routing;

namespace KrabAuth.Completion;

/// <summary>Completes the reasons for which a call can fail.</summary>
public sealed class ReasonCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => FailureReasons.Names
            .Select(name => CompletionSource.Match(wordToComplete, name, Tooltip(name)))
            .OfType<CompletionResult>();

    private static string Tooltip(string name) => FailureReasons.Parse(name)?.Status() is { } status ? $"{name}: as with HTTP status {status}" : name;
}
