using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>Why nothing is sent for a target.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Text">A sentence for people.</param>
internal sealed record Refusal(string Code, string Text);

/// <summary>A credential with which a provider can be asked something: a profile, or where there is none a key from elsewhere.</summary>
internal sealed record ProviderTarget
{
    private const string IneligibleText = "Auth profile credentials are missing or expired.";

    public const string FromProfile = "profile";

    public const string FromEnvironment = "env";

    public const string FromConfig = "models.json";

    public required string Provider { get; init; }

    public string? ProfileId { get; init; }

    /// <summary>The profile for people, or where the key comes from.</summary>
    public required string Label { get; init; }

    /// <summary><c>profile</c>, <c>env</c> or <c>models.json</c>, as the peers call it.</summary>
    public required string Source { get; init; }

    public required CredentialType Type { get; init; }

    /// <summary>The key, where there is no profile.</summary>
    public KeyCandidate? Key { get; init; }

    /// <summary>Why it is not to be used, where it is not.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Where the configuration sends the provider's credentials, if not to the provider.</summary>
    private string? ConfiguredAddress { get; init; }

    /// <summary>Why a request is not sent with it, where it is not.</summary>
    public Refusal? RefusalOf(ProviderRequest request)
    {
        if (request.NotFor.TryGetValue(Type, out string? why)) return new Refusal("not_probed", why);
        if (ConfiguredAddress is null) return null;
        // A key for a proxy is none for the provider itself.
        bool isSame = Uri.TryCreate(ConfiguredAddress, UriKind.Absolute, out Uri? address)
            && request.Url.StartsWith(address.GetLeftPart(UriPartial.Authority) + "/", StringComparison.OrdinalIgnoreCase);
        return isSame ? null : new Refusal("other_address", $"the configuration sends this provider's credentials to another address (models.providers.{Provider}.baseUrl)");
    }

    /// <summary>Whether the profile itself is what stands in the way.</summary>
    public bool IsIneligible => Refusal?.Text.Contains(IneligibleText, StringComparison.Ordinal) == true;

    /// <summary>
    /// All targets, by provider and label. A profile that waits is one of them, as a request shows whether the wait still has a
    /// reason; one that the user disabled is only where it is named.
    /// </summary>
    /// <param name="agent">Whose.</param>
    /// <param name="providers">Only these; all without it.</param>
    /// <param name="profileIds">Only these profiles; all without it.</param>
    public static IReadOnlyList<ProviderTarget> All(AuthAgent agent, IReadOnlyList<string> providers, IReadOnlyList<string> profileIds)
    {
        AuthStore store = agent.Read();
        AuthWorkspace workspace = agent.Workspace;
        var wanted = providers.Select(ProviderId.Canonical).ToHashSet(StringComparer.Ordinal);
        var named = profileIds.ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> names = store.Profiles.Select(profile => profile.Credential.Provider)
            .Concat(workspace.Config.Providers.Where(provider => provider.HasApiKey).Select(provider => provider.Id))
            .Concat(workspace.Catalog.Providers.Select(provider => provider.Id))
            .Select(ProviderId.Canonical).Distinct(StringComparer.Ordinal).Where(name => wanted.Count == 0 || wanted.Contains(name));
        var targets = new List<ProviderTarget>();
        foreach (string provider in names)
        {
            List<StoredProfile> profiles = store.SortedOfProvider(provider);
            if (profiles.Count > 0) targets.AddRange(OfProfiles(agent, store, provider, profiles, named));
            else if (named.Count == 0 && WithoutProfile(agent, store, provider) is { } other) targets.Add(other);
        }
        targets.Sort(Compare);
        return targets;
    }

    private static IEnumerable<ProviderTarget> OfProfiles(AuthAgent agent, AuthStore store, string provider, List<StoredProfile> profiles, HashSet<string> named)
    {
        ResolvedOrder order = ProfileOrder.Resolve(store, agent.Workspace.Config, provider, agent.Workspace.NowMilliseconds);
        foreach (StoredProfile profile in profiles)
        {
            if (named.Count > 0 && !named.Contains(profile.Id)) continue;
            OrderCandidate candidate = order.Candidates.First(entry => entry.ProfileId == profile.Id);
            yield return new ProviderTarget
            {
                Provider = provider,
                ProfileId = profile.Id,
                Label = new AuthProfile(agent, profile, store).Label,
                Source = FromProfile,
                Type = profile.Credential.Type,
                ConfiguredAddress = BaseUrl(agent.Workspace, provider),
                Refusal = candidate.ReasonCode switch
                {
                    ReasonCodes.ExcludedByOrder => new Refusal(ReasonCodes.ExcludedByOrder, "Excluded by auth.order for this provider."),
                    ReasonCodes.Ok when store.Stats(profile.Id).IsDisabledByUser && named.Count == 0 => new Refusal("disabled", "Disabled by the user."),
                    ReasonCodes.Ok => null,
                    string code => new Refusal(code, $"{IneligibleText}\n↳ Auth reason [{code}]: {ReasonCodes.Describe(code)}."),
                },
            };
        }
    }

    /// <summary>The key that a call would use, by the one rule that decides it.</summary>
    private static ProviderTarget? WithoutProfile(AuthAgent agent, AuthStore store, string provider)
    {
        if (agent.Planner.Plan(store, new CredentialRequest(provider)).SelectedKey is not { } key) return null;
        string source = key.Source.Kind == CredentialSourceKind.ConfigKey ? FromConfig : FromEnvironment;
        return new ProviderTarget { Provider = provider, Label = source, Source = source, Type = key.Source.Type, Key = key, ConfiguredAddress = BaseUrl(agent.Workspace, provider) };
    }

    private static string? BaseUrl(AuthWorkspace workspace, string provider)
        => workspace.Config.Providers.FirstOrDefault(entry => entry.BaseUrl is not null && ProviderId.Same(entry.Id, provider))?.BaseUrl;

    private static int Compare(ProviderTarget left, ProviderTarget right)
    {
        int byProvider = string.CompareOrdinal(left.Provider, right.Provider);
        return byProvider != 0 ? byProvider : string.CompareOrdinal(left.Label, right.Label);
    }
}
