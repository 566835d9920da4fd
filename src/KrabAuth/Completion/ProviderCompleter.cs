using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KrabAuth.Providers;

namespace KrabAuth.Completion;

/// <summary>Completes providers: those with profiles first, then the catalog.</summary>
public sealed class ProviderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IEnumerable<CompletionResult> stored = CompletionSource.Try(() => CompletionSource.Agent(fakeBoundParameters).Profiles.List()
            .GroupBy(profile => profile.Provider)
            .Select(group => CompletionSource.Match(wordToComplete, group.Key, $"{ProviderCatalog.BuiltIn.Find(group.Key)?.Label ?? group.Key}: {group.Count()} profile(s)"))
            .OfType<CompletionResult>());
        IEnumerable<CompletionResult> catalog = ProviderCatalog.BuiltIn.Providers
            .Select(provider => CompletionSource.Match(wordToComplete, provider.Provider, provider.Label))
            .OfType<CompletionResult>();
        return stored.Concat(catalog).DistinctBy(result => result.ListItemText);
    }
}
