using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>A stored order that names a profile which does not exist.</summary>
internal sealed class StoredOrderCheck : IDoctorCheck
{
    public string Id => "order-missing-profile";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, AuthStore seen) in context.Stores())
        {
            foreach ((string provider, IReadOnlyList<string> order) in own.Order)
            {
                List<string> missing = [.. order.Distinct().Where(id => !Exists(context, own, seen, id))];
                if (missing.Count == 0) continue;
                bool isAll = missing.Count == order.Distinct().Count();
                yield return context.Finding(this, DoctorSeverity.Warning, $"order of {provider}", $"It names {string.Join(", ", missing)}, which {(missing.Count == 1 ? "does" : "do")} not exist. {(!isAll ? "The others are used." : agent.IsSecondary ? "It counts for nothing because of that." : "No profile of the provider is used because of it.")}", agent) with
                {
                    Remedy = Remedy.Same(isAll ? "Remove the order; the profiles are sorted by kind and last use then." : "Take the ids out of it."),
                    Mend = token => context.ChangeStoreAsync(agent, "doctor", (store, editor) => editor.RemoveReferences([.. missing.Where(id => !store.TryGet(id, out _) && agent.Main().TryPeek()?.TryGet(id, out _) != true)]), token),
                };
            }
        }
    }

    /// <summary>An entry with a mistake in it is a profile to be mended, not one that is missing.</summary>
    internal static bool Exists(DoctorContext context, AuthStore own, AuthStore seen, string id)
        => seen.TryGet(id, out _) || own.Rejected.Any(entry => entry.Id == id) || context.Workspace.Config.Profile(id)?.Mode == "aws-sdk";
}

/// <summary>An order of the configuration that names a profile which no agent has.</summary>
internal sealed class ConfigOrderCheck : IDoctorCheck
{
    public string Id => "config-order-missing-profile";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        AuthConfig config = context.Workspace.Config;
        var stored = new EveryonesProfiles(context);
        // What auth.profiles describes has a finding of its own.
        return from entry in config.Order
               let missing = entry.Value.Distinct().Where(id => config.Profile(id) is null && !stored.MayExist(id)).ToList()
               where missing.Count > 0
               select context.Finding(this, DoctorSeverity.Warning, $"auth.order.{entry.Key}", $"It names {string.Join(", ", missing)}, which no agent has.") with
               {
                   Remedy = Remedy.Same("Take the ids out of it, and an order that is left empty out of the configuration."),
                   Mend = async token =>
                   {
                       foreach (string id in missing) await context.Workspace.Descriptions.RemoveAsync(id, token).ConfigureAwait(false);
                       return context.ConfigBackup();
                   },
               };
    }
}

/// <summary>What is remembered of profiles that are gone.</summary>
internal sealed class OrphanCheck : IDoctorCheck
{
    public string Id => "orphaned-record";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, AuthStore seen) in context.Stores())
        {
            IEnumerable<string> named = own.UsageStats.Keys.Concat(own.LastGood.Values);
            List<string> orphans = [.. named.Distinct().Where(id => !StoredOrderCheck.Exists(context, own, seen, id))];
            foreach (string id in orphans)
            {
                yield return context.Finding(this, DoctorSeverity.Info, id, "Its use is on record, but there is no such profile. One that is added under this id would wait as the old one did.", agent) with
                {
                    Remedy = Remedy.Same("Forget the record."),
                    IsSafe = true,
                    Mend = token => context.ChangeStoreAsync(agent, "doctor", (store, editor) => !store.TryGet(id, out _) && editor.ForgetUse(id), token),
                };
            }
        }
    }
}

/// <summary>One account under two ids: its limit is taken for two.</summary>
internal sealed class DuplicateCheck : IDoctorCheck
{
    public string Id => "duplicate-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, _, AuthStore seen) in context.Stores())
        {
            // Only profiles that share a mark are compared: there may be thousands.
            var byMark = new Dictionary<(string Provider, object Mark), List<StoredProfile>>();
            foreach (StoredProfile profile in seen.Profiles)
            {
                StoredProfile? first = null;
                foreach ((string, object) mark in Marks(profile.Credential))
                {
                    if (!byMark.TryGetValue(mark, out List<StoredProfile>? sharing)) byMark[mark] = sharing = [];
                    first ??= sharing.Find(other => IsSameAccount(other.Credential, profile.Credential));
                    sharing.Add(profile);
                }
                if (first is null) continue;
                // Main's own pair is told of main.
                if (agent.IsSecondary && first.IsInherited && profile.IsInherited) continue;
                bool shares = profile.Credential is OAuthCredential { Refresh: { } refresh } && first.Credential is OAuthCredential other && refresh.Equals(other.Refresh);
                yield return context.Finding(this, DoctorSeverity.Warning, profile.Id, $"It is the same account as {first.Id}: {(shares ? "two copies of one refresh token sign each other out" : "when one has to wait, trying the other is of no use")}.", agent) with
                {
                    Remedy = new($"Remove-KrabAuthProfile {profile.Id}, or the other one", $"krabauth models auth logout {profile.Id}, or the other one"),
                };
            }
        }
    }

    private static IEnumerable<(string Provider, object Mark)> Marks(Credential credential)
    {
        string provider = ProviderId.Canonical(credential.Provider);
        if (credential is not OAuthCredential oauth)
        {
            if (credential is { Reference: null, Secret: { IsBlank: false } secret }) yield return (provider, secret);
            yield break;
        }
        if (!string.IsNullOrWhiteSpace(oauth.AccountId)) yield return (provider, oauth.AccountId.Trim());
        if (!string.IsNullOrWhiteSpace(oauth.Email)) yield return (provider, oauth.Email.Trim().ToLowerInvariant());
        if (oauth.Refresh is { IsBlank: false } refresh) yield return (provider, refresh);
    }

    private static bool IsSameAccount(Credential left, Credential right)
    {
        if (!ProviderId.Same(left.Provider, right.Provider)) return false;
        if (left is OAuthCredential mine && right is OAuthCredential yours) return OAuth.AccountIdentity.Matches(mine, yours) || (mine.Refresh is { IsBlank: false } refresh && refresh.Equals(yours.Refresh));
        return left.Type == right.Type && left is { Reference: null, Secret: { IsBlank: false } secret } && right is { Reference: null } && secret.Equals(right.Secret);
    }
}

/// <summary>A secondary agent's own copy of a sign-in that main renews: the copy is older, and is used in its place.</summary>
internal sealed class StaleCopyCheck : IDoctorCheck
{
    public string Id => "stale-copy";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, _) in context.Stores())
        {
            if (!agent.IsSecondary || agent.Main().TryPeek() is not { } main) continue;
            foreach (StoredProfile profile in own.Profiles.Where(profile => IsStale(profile, main)))
            {
                yield return context.Finding(this, DoctorSeverity.Warning, profile.Id, "The agent keeps an older copy of a sign-in that main has. Two copies of one sign-in end by signing each other out.", agent) with
                {
                    Remedy = Remedy.Same("Remove the copy; the agent uses main's then, which is the same account."),
                    Mend = token => context.ChangeStoreAsync(
                        agent,
                        "doctor",
                        (store, editor) => store.TryGet(profile.Id, out StoredProfile? present) && agent.Main().TryPeek() is { } now && IsStale(present, now) && editor.TakeProfile(profile.Id),
                        token),
                };
            }
        }
    }

    private static bool IsStale(StoredProfile profile, AuthStore main)
        => profile.Credential is OAuthCredential ours
            && main.TryGet(profile.Id, out StoredProfile? inherited)
            && inherited.Credential is OAuthCredential theirs
            && (OAuth.AccountIdentity.Matches(ours, theirs) || (ours.Refresh is { IsBlank: false } refresh && refresh.Equals(theirs.Refresh)))
            && (theirs.Expires ?? 0) >= (ours.Expires ?? 0);
}
