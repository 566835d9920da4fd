using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Errors;
using KrabAuth.Parameters;
using KrabAuth.Providers;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Lists the providers that KrabAuth knows and how each is signed in to.</summary>
[Cmdlet(VerbsCommon.Get, "KrabProvider")]
[OutputType(typeof(ProviderDefinition))]
public sealed class GetKrabProviderCommand : KrabCmdlet
{
    /// <summary>The providers, by id or alias; wildcards are allowed. All if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider; wildcards are allowed")]
    [TextTransformation(nameof(Provider))]
    [Alias("Id", "Name")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [SupportsWildcards]
    public string[] Provider { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Provider, () =>
    {
        AuthWorkspace workspace = OpenWorkspace();
        IReadOnlyList<ProviderDefinition> known = workspace.Registry.List();
        foreach (string name in Provider)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            List<ProviderDefinition> matches = [.. known.Where(provider => pattern.IsMatch(provider.Provider) || ProviderId.Same(provider.Provider, name))];
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(ErrorRecords.ProviderNotFound(name));
            WriteObject(matches.Where(match => IsFirst(workspace.State.Root, match.Provider)), enumerateCollection: true);
        }
    });
}
