using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Completion;

/// <summary>Completes profile ids of the provider and agent on the line, without those that stand there already.</summary>
public sealed class ProfileIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => CompletionSource.Try(() =>
        {
            HashSet<string> typed = CompletionSource.Typed(commandAst, wordToComplete);
            // A provider narrows the list only where it is one text: several, or a pattern, mean several.
            var provider = fakeBoundParameters["Provider"] as string;
            return CompletionSource.Agent(fakeBoundParameters).Profiles.List()
                .Where(profile => provider is null || WildcardPattern.ContainsWildcardCharacters(provider) || ProviderId.Same(profile.Provider, provider))
                .Where(profile => !typed.Contains(profile.ProfileId))
                .Select(profile => CompletionSource.Match(wordToComplete, profile.ProfileId, Tooltip(profile)))
                .OfType<CompletionResult>();
        });

    private static string Tooltip(AuthProfile profile)
        => $"{profile.Label}: {profile.Type.StoredName()}, {profile.StatusText}, expires {profile.ExpiresText}";
}
