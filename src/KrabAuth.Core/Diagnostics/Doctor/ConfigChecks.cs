using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>What all agents together have, at one moment: the configuration is theirs together.</summary>
internal sealed class EveryonesProfiles
{
    private readonly Dictionary<string, StoredProfile> _profiles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rejected = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _lastGood = [];
    private readonly AuthConfig _config;
    private readonly bool _isIncomplete;

    public EveryonesProfiles(DoctorContext context)
    {
        _config = context.Workspace.Config;
        _isIncomplete = DoctorFiles.IsClosed(Path.Combine(context.State.Root, "agents"));
        foreach (AuthAgent agent in context.Everyone())
        {
            _isIncomplete |= !Path.Exists(agent.Paths.StorePath) && File.Exists(agent.Paths.LegacyPath);
            if (agent.TryPeek() is not { } store)
            {
                _isIncomplete = true;
                continue;
            }
            foreach (StoredProfile profile in store.Profiles) _profiles.TryAdd(profile.Id, profile);
            _rejected.UnionWith(store.Rejected.Select(entry => entry.Id));
            _lastGood.AddRange(store.LastGood);
        }
    }

    /// <summary>
    /// Whether an id may be one. True where a store cannot be read: it may have it. And where an agent has a cache and no store: what the
    /// configuration lists is the evidence that the cache is one, and its old account not to be imported.
    /// </summary>
    public bool MayExist(string id) => _isIncomplete || _profiles.ContainsKey(id) || _rejected.Contains(id) || _config.Profile(id)?.Mode == "aws-sdk";

    /// <summary>
    /// The profile that a description under a provider's default id means: that of its e-mail, the one that last worked, the only one
    /// with a name of its own, the only one named by an e-mail.
    /// </summary>
    public StoredProfile? RealProfile(ConfiguredProfile configured)
    {
        if (configured.Mode is not ("" or "oauth") || configured.Id != ProfileId.Of(configured.Provider, null) || MayExist(configured.Id)) return null;
        List<StoredProfile> candidates = [.. _profiles.Values.Where(profile => profile.Credential is OAuthCredential && ProviderId.Same(profile.Credential.Provider, configured.Provider))];
        string? email = configured.Email?.Trim();
        if (email is { Length: > 0 } && candidates.Find(profile => string.Equals(profile.Credential.Email?.Trim(), email, StringComparison.OrdinalIgnoreCase) || profile.Id == ProfileId.Of(configured.Provider, email)) is { } same) return same;
        IEnumerable<string> lastGood = _lastGood.Where(entry => ProviderId.Same(entry.Key, configured.Provider)).Select(entry => entry.Value);
        if (lastGood.Select(id => candidates.Find(profile => profile.Id == id)).FirstOrDefault(profile => profile is not null) is { } worked) return worked;
        if (candidates.Count == 1) return candidates[0];
        List<StoredProfile> named = [.. candidates.Where(profile => profile.Id.Contains('@', StringComparison.Ordinal) && profile.Id.Contains('.', StringComparison.Ordinal))];
        return named.Count == 1 ? named[0] : null;
    }
}

/// <summary>A description of a sign-in under the provider's default id, whose tokens are stored under another.</summary>
internal sealed class OAuthIdCheck : IDoctorCheck
{
    public string Id => "oauth-id-mismatch";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        var stored = new EveryonesProfiles(context);
        return from configured in context.Workspace.Config.Profiles
               let real = stored.RealProfile(configured)
               where real is not null
               select context.Finding(this, DoctorSeverity.Warning, configured.Id, $"The configuration names it, but the sign-in is stored as {real.Id}, so that gateways do not find it.") with
               {
                   Remedy = Remedy.Same($"Auth: migrate {configured.Id} → {real.Id} (OAuth profile id), in auth.profiles and auth.order."),
                   Mend = async token =>
                   {
                       await context.Workspace.Descriptions.MoveAsync(configured.Id, real, token).ConfigureAwait(false);
                       return context.ConfigBackup();
                   },
               };
    }
}

/// <summary>A description of a profile that no agent has.</summary>
internal sealed class ConfigProfileCheck : IDoctorCheck
{
    public string Id => "config-profile-missing";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        var stored = new EveryonesProfiles(context);
        return from configured in context.Workspace.Config.Profiles
               where !stored.MayExist(configured.Id) && stored.RealProfile(configured) is null
               select context.Finding(this, DoctorSeverity.Warning, configured.Id, "The configuration describes it, but no agent has such a profile.") with
               {
                   Remedy = Remedy.Same("Take it out of auth.profiles and auth.order. If the account is to come back, sign in instead."),
                   Mend = async token =>
                   {
                       await context.Workspace.Descriptions.RemoveAsync(configured.Id, token).ConfigureAwait(false);
                       return context.ConfigBackup();
                   },
               };
    }
}

/// <summary>A description that says another provider or another kind than what is stored: the profile is not used.</summary>
internal sealed class ConfigModeCheck : IDoctorCheck
{
    public string Id => "config-mode-mismatch";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            foreach (StoredProfile profile in own.Profiles)
            {
                if (context.Workspace.Config.Profile(profile.Id) is not { } configured) continue;
                string code = Eligibility.Check(own, context.Workspace.Config, profile.Credential.Provider, profile.Id, context.Workspace.NowMilliseconds);
                if (code is not (ReasonCodes.ProviderMismatch or ReasonCodes.ModeMismatch)) continue;
                DoctorFinding finding = context.Finding(this, DoctorSeverity.Warning, profile.Id, $"The configuration calls it {configured.Provider} with mode {configured.Mode}; stored is {profile.Credential.Provider} with mode {profile.Credential.Type.StoredName()}. It is not used because of it.", agent);
                if (context.Workspace.Descriptions.Conflict(agent, profile.Id, profile.Credential.Type) is { } other)
                {
                    // To describe this one would be to take the other out of use.
                    string free = ProfileId.OfKind(profile.Credential.Provider, profile.Credential.Type);
                    yield return finding with
                    {
                        Message = $"{finding.Message} Agent {other.Agent} has another kind under the same id, and an id is described once for all agents.",
                        Remedy = new($"Give one of the two another id: Rename-KrabAuthProfile {profile.Id} {free} -Agent {agent.Id}", "Give one of the two another id, in PowerShell with Rename-KrabAuthProfile."),
                    };
                    continue;
                }
                yield return finding with
                {
                    Remedy = Remedy.Same("Let the configuration say what is stored."),
                    Mend = async token =>
                    {
                        await context.Workspace.Descriptions.DescribeAsync([profile], token).ConfigureAwait(false);
                        return context.ConfigBackup();
                    },
                };
            }
        }
    }
}

/// <summary>A profile that is not used because the configuration lists others of its provider.</summary>
internal sealed class HiddenProfileCheck : IDoctorCheck
{
    public string Id => "profile-hidden";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        AuthConfig config = context.Workspace.Config;
        foreach ((AuthAgent agent, _, AuthStore seen) in context.Stores())
        {
            foreach (string provider in seen.Profiles.Select(profile => ProviderId.Canonical(profile.Credential.Provider)).Distinct())
            {
                ResolvedOrder order = ProfileOrder.Resolve(seen, config, provider, context.Workspace.NowMilliseconds);
                if (order.Source != OrderSource.ConfigProfiles) continue;
                List<StoredProfile> hidden = [.. seen.OfProvider(provider).Where(profile => config.Profile(profile.Id) is null && !(profile.IsInherited && agent.IsSecondary))];
                if (hidden.Count == 0) continue;
                bool isOnly = !seen.OfProvider(provider).Any(profile => config.Profile(profile.Id) is not null);
                string ids = string.Join(", ", hidden.Select(profile => profile.Id));
                DoctorFinding finding = context.Finding(this, isOnly ? DoctorSeverity.Warning : DoctorSeverity.Info, provider, $"auth.profiles of the configuration lists other profiles of {provider}, and so hides {ids}.", agent);
                // Where others are in use, to show it would change whose account pays.
                yield return isOnly
                    ? finding with { Remedy = Remedy.Same("List it in auth.profiles: there is no other."), Mend = token => DescribeAsync(context, hidden, token) }
                    : finding with { Remedy = Remedies.PutInOrder(provider, hidden.Select(profile => profile.Id)) };
            }
        }
    }

    private static async Task<string?> DescribeAsync(DoctorContext context, List<StoredProfile> hidden, CancellationToken cancellationToken)
    {
        await context.Workspace.Descriptions.DescribeAsync(hidden, cancellationToken).ConfigureAwait(false);
        return context.ConfigBackup();
    }
}

/// <summary>Settings of KrabAuth alone in the configuration of a gateway, which refuses to start with them.</summary>
internal sealed class RefusedSettingCheck : IDoctorCheck
{
    public string Id => "config-key-refused";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        if (context.Workspace.Product == Product.KrabKrab || context.Workspace.ReadConfigTree() is not { } tree) yield break;
        foreach (string name in OwnSettings.Names)
        {
            string[] path = OwnSettings.PathInConfig(name);
            if (tree.Find(path) is not { } node) continue;
            string shown = string.Join('.', path);
            bool isWhole = node.Parts.Count == 1;
            yield return context.Finding(this, DoctorSeverity.Warning, shown, $"{node.Last}: {shown} is a setting of KrabAuth. {context.State.Layout.Name} checks its configuration strictly and refuses to start with it.") with
            {
                Remedy = Remedy.Same($"Move it to {OwnSettings.FileName} in the state directory, where it does the same.{(isWhole ? string.Empty : " It comes from several files: do it by hand.")}"),
                Mend = !isWhole ? null : async token =>
                {
                    await context.Workspace.MoveOwnSettingAsync(name, token).ConfigureAwait(false);
                    return context.ConfigBackup();
                },
            };
        }
    }
}
