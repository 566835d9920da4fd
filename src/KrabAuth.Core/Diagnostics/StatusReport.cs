using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>What a provider's credentials come from, masked.</summary>
public sealed record ProviderStatus
{
    /// <summary>The provider as its profiles spell it.</summary>
    public required string Provider { get; init; }

    /// <summary>How it stands.</summary>
    public required AuthStatus Status { get; init; }

    /// <summary>What is used: <c>profiles</c>, <c>env</c>, <c>models.json</c> or <c>missing</c>.</summary>
    public required string EffectiveKind { get; init; }

    /// <summary>The store, or the masked key.</summary>
    public required string EffectiveDetail { get; init; }

    /// <summary>The profile that would be used now.</summary>
    public string? Selected { get; init; }

    /// <summary>Where the credential that would be used now comes from: <c>profile: …</c>, <c>env: …</c>, <c>config: …</c>; <see langword="null"/> if there is none.</summary>
    public string? Source { get; init; }

    /// <summary>The number of profiles.</summary>
    public int ProfileCount { get; init; }

    /// <summary>How many are OAuth sign-ins.</summary>
    public int OAuthCount { get; init; }

    /// <summary>How many are static tokens.</summary>
    public int TokenCount { get; init; }

    /// <summary>How many are API keys.</summary>
    public int ApiKeyCount { get; init; }

    /// <summary>A line for each profile: id, masked secret, wait.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The masked key in the environment.</summary>
    public string? EnvironmentValue { get; init; }

    /// <summary>Where it stands: <c>env: NAME</c>.</summary>
    public string? EnvironmentSource { get; init; }

    /// <summary>The masked key in the configuration.</summary>
    public string? ConfigValue { get; init; }

    /// <summary>The first end among the profiles, in Unix milliseconds.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>The first end among the profiles, never null: see <see cref="AuthProfile.Expires"/>.</summary>
    public DateTimeOffset Expires => ExpiresAt is { } expires ? ProfileHealth.FromMilliseconds(expires) : DateTimeOffset.MaxValue;

    /// <summary>The ids of its profiles.</summary>
    public IReadOnlyList<string> ProfileIds { get; init; } = [];

    /// <summary>The ids that can be used, in order.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    internal bool EnvironmentIsOAuth => EnvironmentSource?.Contains("OAUTH_TOKEN", StringComparison.Ordinal) == true;
}

/// <summary>A profile that has to wait.</summary>
public sealed record UnusableProfile(string ProfileId, string? Provider, string Kind, string? Reason, long Until, long RemainingMilliseconds);

/// <summary>Everything that <c>models status</c> shows of one agent. Holds no secret.</summary>
public sealed class StatusReport
{
    private StatusReport()
    {
    }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The configuration file.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>The agent directory.</summary>
    public required string AgentDirectory { get; init; }

    /// <summary>The store.</summary>
    public required string StorePath { get; init; }

    /// <summary>The default model as configured, or the built-in one.</summary>
    public required string DefaultModel { get; init; }

    /// <summary>The default model as <c>provider/model</c>.</summary>
    public required string ResolvedDefault { get; init; }

    /// <summary>The providers, by name.</summary>
    public required IReadOnlyList<ProviderStatus> Providers { get; init; }

    /// <summary>The providers that are used and have no credential.</summary>
    public required IReadOnlyList<string> MissingProviders { get; init; }

    /// <summary>The profiles.</summary>
    public required IReadOnlyList<AuthProfile> Profiles { get; init; }

    /// <summary>The profiles that have to wait, the first to come back first.</summary>
    public required IReadOnlyList<UnusableProfile> UnusableProfiles { get; init; }

    /// <summary>The checks behind the exit code.</summary>
    public required IReadOnlyList<AuthCheck> Checks { get; init; }

    /// <summary>When it was made, in Unix milliseconds: what is left is counted from here.</summary>
    internal long MadeAt { get; private init; }

    internal ModelUsage Models { get; private init; } = null!;

    internal bool AgentIsNamed { get; init; }

    internal Remedies Remedies { get; init; } = null!;

    internal bool ShellEnvironmentEnabled { get; init; }

    /// <summary>What the checks come to.</summary>
    public AuthCheckResult Result => HealthInspector.Worst(Checks);

    internal static StatusReport Build(AuthAgent agent, AuthStore store)
    {
        AuthWorkspace workspace = agent.Workspace;
        var models = new ModelUsage(workspace.Config, agent);
        IReadOnlyList<string> inUse = models.ProvidersInUse(agent.Health.HasAnyAuth(store));
        IEnumerable<string> names = store.Profiles.Select(profile => profile.Credential.Provider)
            .Concat(workspace.Config.Providers.Select(provider => provider.Id))
            .Concat(inUse)
            .Concat(workspace.Catalog.Providers.Select(provider => provider.Id));
        var health = new StoreHealth(agent, store, store.Profiles);
        List<ProviderStatus> providers = [.. names.DistinctBy(ProviderId.Canonical).Select(name => Provider(agent, store, health, name)).OfType<ProviderStatus>()];
        providers.Sort(static (left, right) => string.CompareOrdinal(left.Provider, right.Provider));
        var present = providers.Select(status => ProviderId.Canonical(status.Provider)).ToHashSet(StringComparer.Ordinal);
        List<string> missing = [.. inUse.Where(provider => !present.Contains(provider))];
        missing.Sort(StringComparer.Ordinal);
        List<AuthProfile> profiles = [.. store.Profiles.Select(profile => new AuthProfile(agent, profile, store, health.Of(profile)))];
        profiles.Sort(AuthProfile.Compare);
        return new StatusReport
        {
            Agent = agent.Id,
            Product = workspace.Product,
            StateDirectory = workspace.State.Root,
            ConfigPath = workspace.State.ConfigPath,
            AgentDirectory = agent.Paths.Directory,
            StorePath = agent.Paths.StorePath,
            DefaultModel = models.Default,
            ResolvedDefault = models.ResolvedDefault,
            Providers = providers,
            MissingProviders = missing,
            Profiles = profiles,
            UnusableProfiles = Waiting(store, workspace.NowMilliseconds),
            Checks = agent.Health.Check(store, known: health),
            MadeAt = workspace.NowMilliseconds,
            Models = models,
            AgentIsNamed = agent.IsNamed,
            Remedies = workspace.Remedies,
            ShellEnvironmentEnabled = workspace.Environment.ShellEnabled,
        };
    }

    /// <summary>The status of a provider, or <see langword="null"/> where nothing is signed in.</summary>
    private static ProviderStatus? Provider(AuthAgent agent, AuthStore store, StoreHealth known, string name)
    {
        AuthWorkspace workspace = agent.Workspace;
        long now = workspace.NowMilliseconds;
        List<StoredProfile> profiles = store.SortedOfProvider(name);
        CredentialPlan plan = agent.Planner.Plan(store, new CredentialRequest(name));
        KeyCandidate? key = plan.Keys.FirstOrDefault(entry => entry.Source.Kind is not (CredentialSourceKind.ConfigKey or CredentialSourceKind.Shell));
        KeyCandidate? configured = plan.Keys.FirstOrDefault(entry => entry.Source.Kind == CredentialSourceKind.ConfigKey);
        if (profiles.Count == 0 && key is null && configured is null) return null;
        ResolvedOrder order = plan.Order;
        var counted = (order.Order.Count > 0 ? order.Order : order.Candidates.Where(candidate => candidate.IsListed).Select(candidate => candidate.ProfileId))
            .ToHashSet(StringComparer.Ordinal);
        List<StoredProfile> effective = [.. profiles.Where(profile => counted.Contains(profile.Id))];
        string? source = key?.Source.ToString();
        string? value = key is null ? null : key.Source.Type == CredentialType.OAuth ? "OAuth (env)" : key.Mask;
        (string kind, string detail) = plan.SelectedKey switch
        {
            { Source.Kind: CredentialSourceKind.ConfigKey } used => ("models.json", used.Mask),
            { } => ("env", value!),
            null when profiles.Count > 0 => ("profiles", agent.Paths.StorePath),
            null => value is not null ? ("env", value) : ("models.json", configured!.Mask),
        };
        List<TypedHealth> health = [.. effective.Select(profile => new TypedHealth(profile.Credential.Type, known.Of(profile)))];
        return new ProviderStatus
        {
            Provider = name,
            Status = HealthInspector.RollUp(health),
            EffectiveKind = kind,
            EffectiveDetail = detail,
            Selected = plan.SelectedProfile,
            Source = plan.Selected?.ToString(),
            ProfileCount = profiles.Count,
            OAuthCount = profiles.Count(profile => profile.Credential.Type == CredentialType.OAuth),
            TokenCount = profiles.Count(profile => profile.Credential.Type == CredentialType.Token),
            ApiKeyCount = profiles.Count(profile => profile.Credential.Type == CredentialType.ApiKey),
            Labels = [.. profiles.Select(profile => Label(agent, profile, store.Stats(profile.Id), known.Of(profile).ReasonCode, now))],
            EnvironmentValue = value,
            EnvironmentSource = source,
            ConfigValue = configured?.Mask,
            ExpiresAt = FirstEnd(effective),
            ProfileIds = [.. profiles.Select(profile => profile.Id)],
            Order = order.Order,
        };
    }

    private static long? FirstEnd(List<StoredProfile> profiles)
    {
        long? first = null;
        foreach (StoredProfile profile in profiles)
        {
            if (profile.Credential.Type != CredentialType.ApiKey && profile.Credential.Expires is { } end and > 0 && !(end >= first)) first = end;
        }
        return first;
    }

    private static string Label(AuthAgent agent, StoredProfile profile, UsageStats stats, string reasonCode, long now)
    {
        Credential credential = profile.Credential;
        string secret = credential.Reference?.ToString() ?? SecretMask.Apply(credential.Secret?.Reveal());
        string name = agent.Workspace.Config.Profile(profile.Id)?.Email ?? credential.DisplayName ?? credential.Email ?? string.Empty;
        string label = credential.Type switch
        {
            CredentialType.ApiKey => $"{profile.Id}={secret}",
            CredentialType.Token => $"{profile.Id}=token:{secret}",
            _ => name.Length > 0 ? $"{profile.Id}=OAuth ({name})" : $"{profile.Id}=OAuth",
        };
        if (reasonCode is ReasonCodes.RefusedReference or ReasonCodes.UnresolvedReference) label += $" [{reasonCode}]";
        if (!stats.IsWaiting(now)) return label;
        string kind = NamedWait.Of(stats, now).Kind;
        string reason = kind == "disabled" && stats.DisabledReason is not null ? $"disabled:{stats.DisabledReason}" : kind;
        return stats.IsDisabledByUser ? $"{label} [{reason}]" : $"{label} [{reason} {DurationText.Remaining(stats.UnusableUntil - now)}]";
    }

    private static List<UnusableProfile> Waiting(AuthStore store, long now)
    {
        var waiting = new List<UnusableProfile>();
        foreach ((string id, UsageStats stats) in store.UsageStats)
        {
            if (!stats.IsWaiting(now) || !store.TryGet(id, out StoredProfile? profile)) continue;
            NamedWait wait = NamedWait.Of(stats, now);
            waiting.Add(new UnusableProfile(id, profile.Credential.Provider, wait.Kind, wait.Reason, stats.UnusableUntil!.Value, stats.UnusableUntil.Value - now));
        }
        waiting.Sort((left, right) => left.Until != right.Until ? (left.Until < right.Until ? -1 : 1) : string.CompareOrdinal(left.ProfileId, right.ProfileId));
        return waiting;
    }
}
