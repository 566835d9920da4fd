using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Onboarding;

namespace KrabAuth.Completion;

/// <summary>Completes auth choices, those of the user's own providers among them.</summary>
public sealed class AuthChoiceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Try(() => CompletionSource.Agent(fakeBoundParameters).Onboarding.Choices.Offered
            .Select(choice => CompletionSource.Match(wordToComplete, choice.Id, choice.Label))
            .Append(CompletionSource.Match(wordToComplete, AuthChoices.Skip, "No credential now"))
            .OfType<CompletionResult>());
}
