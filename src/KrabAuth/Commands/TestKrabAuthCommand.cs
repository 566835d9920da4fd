using System.Management.Automation;
using KrabAuth.Completion;
using KrabAuth.Diagnostics;
using KrabAuth.Parameters;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Commands;

/// <summary>Checks profiles and providers by the rules of <c>models status --check</c>; with -Probe it also tries them at their providers.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KrabAuth")]
[OutputType(typeof(AuthCheck), typeof(bool))]
public sealed class TestKrabAuthCommand : AgentCmdlet
{
    /// <summary>Only these providers; one that has no credential fails.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Provider")]
    [TextTransformation(nameof(Provider))]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Only these profiles, without the sums of their providers; wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Profile id; wildcards are allowed")]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ProfileIdCompleter))]
    [SupportsWildcards]
    public string[]? ProfileId { get; set; }

    /// <summary>Warns this long before an end: a TimeSpan, or <c>7d</c>, <c>12h</c>. 24 hours if left out.</summary>
    [Parameter(HelpMessage = "Warn this long before an end, such as 7d")]
    [DurationTransformation]
    public TimeSpan WarnWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gives one boolean: false if anything failed. Warnings do not fail.</summary>
    [Parameter(HelpMessage = "Give one boolean")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Tries each credential at its provider too: a network call, which may cost a few tokens.</summary>
    [Parameter(HelpMessage = "Try each credential at its provider: a network call")]
    public SwitchParameter Probe { get; set; }

    /// <summary>How long one probe may take: a TimeSpan, or <c>8s</c>, <c>500ms</c>; a number counts seconds.</summary>
    [Parameter(HelpMessage = "How long one probe may take, such as 8s")]
    [DurationTransformation(DefaultUnit = "s")]
    public TimeSpan ProbeTimeout { get; set; } = new ProbeOptions().Timeout;

    /// <summary>How many probes are under way at a time.</summary>
    [Parameter(HelpMessage = "How many probes are under way at a time")]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = new ProbeOptions().Concurrency;

    private bool _isHealthy = true;
    private bool _hasChecked;

    /// <inheritdoc/>
    protected override void BeginProcessing() => RequireProfileId(ProfileId);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isRead = Guard(ProfileId ?? Provider, () => Check(OpenAgent()));
        _isHealthy &= isRead;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // Where nothing was there to be checked, nothing is ready for use.
        if (Quiet) WriteObject(_isHealthy && _hasChecked);
    }

    private void Check(AuthAgent agent)
    {
        if (ProfileId is not null)
        {
            Check(agent, null, NamedProfiles(agent));
            return;
        }
        // Who writes an id where a provider is expected means the profile.
        AuthStore store = agent.Read();
        List<string> ids = [.. (Provider ?? []).Where(name => store.TryGet(name, out _))];
        List<string>? providers = Provider?.Except(ids).ToList();
        if (ids.Count > 0) Check(agent, null, ids);
        if (providers is null or { Count: > 0 }) Check(agent, providers, null);
    }

    /// <summary>The ids that exist, of the provider if one is named; what is wrong with one does not end the others.</summary>
    private List<string> NamedProfiles(AuthAgent agent)
    {
        var ids = new List<string>();
        foreach (string id in ProfileId!)
        {
            _isHealthy &= Guard(id, () =>
            {
                foreach (AuthProfile profile in Matches(agent, id).Select(agent.Profiles.Get))
                {
                    if (Provider is null || Provider.Any(name => ProviderId.Same(name, profile.Provider))) ids.Add(profile.ProfileId);
                    else if (profile.ProfileId == id || !WildcardPattern.ContainsWildcardCharacters(id)) throw AuthErrors.ProviderMismatch(id, profile.Provider, string.Join(", ", Provider));
                }
            });
        }
        return ids;
    }

    /// <summary>Checks providers with their profiles, or profiles alone; what was checked for another object of the pipeline is left out.</summary>
    private void Check(AuthAgent agent, List<string>? providers, List<string>? ids)
    {
        IReadOnlyList<AuthCheck> all = agent.Health.Check(WarnWithin, providers, ids);
        List<AuthCheck> checks = [.. all.Where(check => IsFirst(agent.Paths.StorePath, $"{check.Kind} {check.Target}"))];
        _hasChecked |= all.Count > 0;
        if (Probe)
        {
            List<string> open = [.. checks.Select(check => check.ProfileId).OfType<string>()];
            bool isWhole = checks.Count == all.Count && ids is null;
            if (isWhole ? checks.Count > 0 : open.Count > 0) checks.AddRange(agent.Health.Check(Try(agent.Health, providers ?? [], isWhole ? [] : open)));
        }
        _isHealthy &= checks.TrueForAll(check => check.Result != AuthCheckResult.Failed);
        if (!Quiet) WriteObject(checks, enumerateCollection: true);
    }

    private ProbeReport Try(HealthInspector health, IReadOnlyList<string> providers, IReadOnlyList<string> ids)
    {
        var options = new ProbeOptions { Providers = providers, ProfileIds = ids, Timeout = ProbeTimeout, Concurrency = ThrottleLimit };
        return Await(token => health.ProbeAsync(options, new ProbeDisplay(this), token));
    }

    /// <summary>How far the probes are, on the progress stream.</summary>
    private sealed class ProbeDisplay(TestKrabAuthCommand cmdlet) : IProgress<ProbeProgress>
    {
        private const string Activity = "Probing auth profiles";

        public void Report(ProbeProgress value)
        {
            if (value.Total == 0) return;
            bool isDone = value.Completed == value.Total;
            var record = new ProgressRecord(0, Activity, TextCells.Clean(value.Label ?? $"{value.Completed} of {value.Total}"))
            {
                PercentComplete = 100 * value.Completed / value.Total,
                RecordType = isDone ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            };
            cmdlet.OnPipelineThread(() => cmdlet.WriteProgress(record));
        }
    }
}
