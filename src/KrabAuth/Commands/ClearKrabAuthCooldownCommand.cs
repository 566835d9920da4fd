using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Commands;

/// <summary>Ends the waits of profiles before their time, and forgets the failures that led there.</summary>
[Cmdlet(VerbsCommon.Clear, "KrabAuthCooldown", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class ClearKrabAuthCooldownCommand : AgentCmdlet
{
    /// <summary>The profiles, by id; wildcards are allowed. All if neither these nor a provider are given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id; wildcards are allowed")]
    [TextTransformation(nameof(ProfileId))]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? ProfileId { get; set; }

    /// <summary>The provider whose profiles are meant; beside profiles, which they must be of.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Provider, such as anthropic")]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Provider { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(ProfileId ?? (object?)Provider, () =>
    {
        AuthAgent agent = OpenAgent();
        if (ProfileId is null)
        {
            if (Provider is not null) TellUnknown(agent, [Provider]);
            if (IsFirst(agent.Paths.StorePath, $"{Provider}:*")) Clear(agent, null, Provider ?? $"all profiles of {agent.Id}");
            return;
        }
        foreach (string id in ProfileId)
        {
            foreach (string match in Matches(agent, id)) Guard(match, () => Clear(agent, match));
        }
    });

    private void Clear(AuthAgent agent, string id)
    {
        // Asked for before anybody has to answer for a profile that is not there.
        AuthProfile profile = agent.Profiles.Get(id);
        if (Provider is not null && !ProviderId.Same(profile.Provider, Provider)) return;
        if (IsFirst(agent.Paths.StorePath, id)) Clear(agent, id, id);
    }

    private void Clear(AuthAgent agent, string? id, string target)
    {
        if (!ShouldProcess(target, "End waits")) return;
        IReadOnlyList<string> cleared = Await(token => agent.Usage.ClearAsync(id, Provider, token));
        WriteVerbose(cleared.Count == 0 ? $"{target}: there was nothing to clear." : $"Cleared: {string.Join(", ", cleared)}.");
    }
}
