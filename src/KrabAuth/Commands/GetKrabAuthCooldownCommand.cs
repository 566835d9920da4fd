using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Profiles;

namespace KrabAuth.Commands;

/// <summary>Lists the profiles that wait after failures: why, and until when.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthCooldown")]
[OutputType(typeof(AuthCooldown))]
public sealed class GetKrabAuthCooldownCommand : AgentCmdlet
{
    /// <summary>The profiles, by id; wildcards are allowed. All if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id; wildcards are allowed")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    public string[]? ProfileId { get; set; }

    /// <summary>Only profiles of this provider.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId, () =>
    {
        AuthAgent agent = OpenAgent();
        if (Provider is not null) TellUnknown(agent, [Provider]);
        IReadOnlyList<AuthCooldown> waits = agent.Usage.List(Provider);
        if (ProfileId is null)
        {
            Write(agent, waits);
            return;
        }
        foreach (string id in ProfileId)
        {
            // A profile that does not wait is no error; one that is not there is.
            if (!WildcardPattern.ContainsWildcardCharacters(id) && !Guard(id, () => agent.Profiles.Get(id))) continue;
            var pattern = new WildcardPattern(id, WildcardOptions.IgnoreCase);
            Write(agent, waits.Where(wait => wait.ProfileId == id || pattern.IsMatch(wait.ProfileId)));
        }
    });

    private void Write(AuthAgent agent, IEnumerable<AuthCooldown> waits)
        => WriteObject(waits.Where(wait => IsFirst(agent.Paths.StorePath, $"{wait.Kind} {wait.Model} {wait.ProfileId}")), enumerateCollection: true);
}
