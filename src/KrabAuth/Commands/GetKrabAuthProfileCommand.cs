using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Lists profiles. No secret is in what it gives.</summary>
[Cmdlet(VerbsCommon.Get, "KrabAuthProfile")]
[OutputType(typeof(AuthProfile))]
public sealed class GetKrabAuthProfileCommand : AgentCmdlet
{
    /// <summary>The profiles, by id; wildcards are allowed. All if left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id; wildcards are allowed")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    public string[]? ProfileId { get; set; }

    /// <summary>Only profiles of these providers; wildcards and aliases are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Provider; wildcards are allowed")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [SupportsWildcards]
    public string[]? Provider { get; set; }

    /// <summary>Only profiles of these kinds.</summary>
    [Parameter(HelpMessage = "Kind of credential")]
    public CredentialType[]? Type { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId, () =>
    {
        AuthAgent agent = OpenAgent();
        TellUnknown(agent, Provider);
        List<AuthProfile> profiles = [.. agent.Profiles.List().Where(profile => MatchesProvider(profile) && (Type is null || Type.Contains(profile.Type)))];
        if (ProfileId is null)
        {
            Write(agent, profiles);
            return;
        }
        foreach (string id in ProfileId) WriteMatches(agent, profiles, id);
    });

    private void WriteMatches(AuthAgent agent, List<AuthProfile> profiles, string id)
    {
        // Ids may hold characters that mean something in a pattern: the very id means itself alone.
        bool isThere = profiles.Exists(profile => profile.ProfileId == id);
        var pattern = new WildcardPattern(id, WildcardOptions.IgnoreCase);
        List<AuthProfile> matches = [.. profiles.Where(profile => isThere ? profile.ProfileId == id : pattern.IsMatch(profile.ProfileId))];
        if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
        {
            Guard(id, () => agent.Profiles.Get(WildcardPattern.Unescape(id)));
        }
        Write(agent, matches);
    }

    private void Write(AuthAgent agent, IEnumerable<AuthProfile> profiles)
        => WriteObject(profiles.Where(profile => IsFirst(agent.Paths.StorePath, profile.ProfileId)), enumerateCollection: true);

    private bool MatchesProvider(AuthProfile profile) => Provider is null || Provider.Any(name =>
        ProviderId.Same(name, profile.Provider) || new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch(profile.Provider));
}
