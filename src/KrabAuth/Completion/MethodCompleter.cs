using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Providers;

namespace KrabAuth.Completion;

/// <summary>Completes the ways to sign in that the provider on the line has.</summary>
public sealed class MethodCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IReadOnlyList<SignInMethod> methods = ProviderCatalog.BuiltIn.Find(fakeBoundParameters["Provider"] as string)?.Methods ?? Enum.GetValues<SignInMethod>();
        return methods
            .Select(method => CompletionSource.Match(wordToComplete, method.ToString(), Tooltip(method)))
            .OfType<CompletionResult>();
    }

    private static string Tooltip(SignInMethod method) => method switch
    {
        SignInMethod.ApiKey => "An API key from the provider's console",
        SignInMethod.Token => "A static bearer token",
        SignInMethod.SetupToken => "The token that `claude setup-token` prints",
        _ => "A sign-in through the browser or on another device",
    };
}
