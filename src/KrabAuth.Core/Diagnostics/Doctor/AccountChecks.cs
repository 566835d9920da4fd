using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics.Doctor;

/// <summary>The account that each agent uses for a provider. These checks answer why it is still the old one.</summary>
internal sealed record AccountUse(AuthAgent Agent, string Provider, AuthStore Own, AuthStore Seen, CredentialPlan Plan)
{
    /// <summary>The providers that agents have profiles of, or keys in the environment.</summary>
    public static IEnumerable<AccountUse> All(DoctorContext context)
        => from entry in context.Stores()
           from provider in entry.Seen.Profiles.Select(profile => profile.Credential.Provider)
               .Concat(context.Workspace.Catalog.Providers.Where(definition => context.Workspace.Environment.FindKey(definition.Id) is not null).Select(definition => definition.Id))
               .Select(ProviderId.Canonical).Distinct()
           select new AccountUse(entry.Agent, provider, entry.Own, entry.Seen, entry.Agent.Planner.Plan(entry.Seen, new CredentialRequest(provider)));

    /// <summary>The profile that is used now.</summary>
    public StoredProfile? Used => Plan.SelectedProfile is { } id && Seen.TryGet(id, out StoredProfile? profile) ? profile : null;

    public static Remedy SignIn(DoctorContext context, AccountUse use)
    {
        Remedy general = context.Workspace.Remedies.SignIn(use.Provider);
        return new(general.PowerShell + " -Agent " + CommandWord.PowerShell(use.Agent.Id), general.CommandLine + " --agent " + CommandWord.Shell(use.Agent.Id));
    }
}

/// <summary>A gateway's cache that still holds an account which the store has no more.</summary>
internal sealed class OldCacheCheck : IDoctorCheck
{
    public string Id => "cache-old-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach ((AuthAgent agent, AuthStore own, AuthStore seen) in context.Stores())
        {
            string path = agent.Paths.LegacyPath;
            // Without a store, a file of the time before there were stores is imported: that is another finding.
            if (LegacyFileCheck.Pending(context, agent).Count > 0 || Load(path) is not { } cache) continue;
            foreach ((string provider, JsonNode? node) in cache.ToList())
            {
                if (node is not JsonObject entry || CredentialTypes.Parse(entry["type"]?.ToString()) is null || seen.OfProvider(provider).Any(profile => RuntimeCacheEntry.IsOf(profile.Credential, entry))) continue;
                // A copy of what a store held; else somebody may have signed in with the gateway's own library, and that stays.
                bool isCopy = seen.OfProvider(provider).Any() || agent.Legacy().IsCache(provider);
                if (!isCopy)
                {
                    yield return context.Finding(this, DoctorSeverity.Info, $"{path}: {provider}", "A gateway uses this account, which never was in the store as far as can be told.", agent) with { Remedy = Remedy.Same($"If it is an old account, stop the gateway and remove the entry: {path}") };
                    continue;
                }
                bool isOurs = context.Workspace.Config.RuntimeCache != false;
                yield return context.Finding(this, DoctorSeverity.Warning, $"{path}: {provider}", $"A gateway goes on using this account, which the store has no more: removing the store does not remove its cache.", agent) with
                {
                    Remedy = Remedy.Same(isOurs ? $"Put the account that is used now in its place, or nothing where there is none. Restart the gateway." : $"Stop the gateway and remove {path}: runtimeCache is off."),
                    Mend = !isOurs ? null : async token =>
                    {
                        string? backup = context.Keep(path, "doctor");
                        await context.Workspace.Cache.ReplaceAsync(agent.Paths, provider).ConfigureAwait(false);
                        return backup;
                    },
                };
            }
        }
    }

    private static JsonObject? Load(string path)
    {
        try
        {
            return FileGuard.ReadAll(FileGuard.ResolveTarget(path)) is { } bytes ? StrictJson.Check(bytes).Json?.ToNode() as JsonObject : null;
        }
        catch (KrabAuthException)
        {
            // It has a finding of its own.
            return null;
        }
    }
}

/// <summary>An agent that uses main's account, as it has none of its own.</summary>
internal sealed class InheritedAccountCheck : IDoctorCheck
{
    public string Id => "inherited-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach (IGrouping<string, AccountUse> agent in AccountUse.All(context).Where(use => use.Agent.IsSecondary && use.Used is { IsInherited: true }).GroupBy(use => use.Agent.Id))
        {
            List<AccountUse> without = [.. agent.Where(use => !use.Own.OfProvider(use.Provider).Any())];
            if (without.Count > 0)
            {
                yield return context.Finding(this, DoctorSeverity.Info, string.Join(", ", without.Select(use => use.Provider)), $"It has no account of its own and uses main's: {string.Join(", ", without.Select(use => use.Used!.Id))}. To give it one is not to change main's.", without[0].Agent) with { Remedy = AccountUse.SignIn(context, without[0]) };
            }
            foreach (AccountUse use in agent.Except(without))
            {
                yield return context.Finding(this, DoctorSeverity.Warning, use.Provider, $"It uses {use.Used!.Id} of main, though it has an account of its own.", use.Agent) with { Remedy = Remedies.Explain(use.Provider) };
            }
        }
    }
}

/// <summary>An agent that keeps an account of its own, which a change of main's does not touch.</summary>
internal sealed class AgentAccountCheck : IDoctorCheck
{
    public string Id => "agent-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from use in AccountUse.All(context)
           where use.Agent.IsSecondary && use.Used is { IsInherited: false } used && IsOther(use, used)
           select context.Finding(this, DoctorSeverity.Info, use.Provider, $"It uses {use.Used!.Id} of its own, and another account than main. To change main's account does not change this one.", use.Agent) with
           {
               Remedy = new($"If it is to use main's: Remove-KrabAuthProfile {use.Used.Id} -Agent {use.Agent.Id}", $"If it is to use main's: krabauth models auth logout {use.Used.Id} --agent {use.Agent.Id}"),
           };

    private static bool IsOther(AccountUse use, StoredProfile used)
        => use.Agent.Main().TryPeek() is { } main
            && !main.OfProvider(use.Provider).Any(profile => Equals(profile.Credential, used.Credential) || (profile.Credential is OAuthCredential theirs && used.Credential is OAuthCredential ours && AccountIdentity.Matches(ours, theirs)));
}

/// <summary>A key of the environment that is used in the place of profiles, or where there are none.</summary>
internal sealed class EnvironmentAccountCheck : IDoctorCheck
{
    public string Id => "environment-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach (AccountUse use in AccountUse.All(context))
        {
            if (use.Agent.IsSecondary || use.Plan.SelectedKey is not { } key) continue;
            bool hidesProfiles = use.Seen.OfProvider(use.Provider).Any();
            string place = key.Source.ToString();
            yield return context.Finding(this, hidesProfiles ? DoctorSeverity.Warning : DoctorSeverity.Info, use.Provider, $"The account is that of a key beside the profiles ({place}){(hidesProfiles ? ", which comes before them or stands in for them" : "; there is no profile")}. It stays in use whatever is signed in or removed.", use.Agent) with
            {
                Remedy = hidesProfiles ? Remedies.Explain(use.Provider) : Remedy.Same($"If that is not the account that you mean, remove the key there: {place}"),
            };
        }
    }
}

/// <summary>A key of the environment that is not used, as there are profiles.</summary>
internal sealed class UnusedKeyCheck : IDoctorCheck
{
    public string Id => "environment-unused";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from use in AccountUse.All(context)
           where !use.Agent.IsSecondary
           from key in use.Plan.Keys
           where key.ReasonCode == KeyReasonCodes.NotAllowed
           select context.Finding(this, DoctorSeverity.Info, use.Provider, $"There is a key beside the profiles ({key.Source}). KrabAuth uses the profiles; another program may take the key.", use.Agent) with
           {
               Remedy = Remedies.AllowEnvironment(use.Provider),
           };
}

/// <summary>An account that is the sign-in of another program.</summary>
internal sealed class ExternalAccountCheck : IDoctorCheck
{
    public string Id => "external-account";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
        => from use in AccountUse.All(context)
           where !use.Agent.IsSecondary && use.Used is { } used && ProfileId.IsExternal(used.Id)
           select context.Finding(this, DoctorSeverity.Info, use.Provider, $"The account in use is {use.Used!.Id}, the sign-in of another program on this machine. It comes back when the store is removed, and changes when you sign in there.", use.Agent) with
           {
               Remedy = Remedy.Same($"To change it, sign in with that program, or put another profile first: krabauth models auth order set --provider {CommandWord.Shell(use.Provider)} <profile>"),
           };
}

/// <summary>Files of earlier versions.</summary>
internal sealed class LegacyFileCheck : IDoctorCheck
{
    public string Id => "legacy-file";

    public IEnumerable<DoctorFinding> Inspect(DoctorContext context)
    {
        foreach (AuthAgent agent in context.Agents)
        {
            foreach (string path in Pending(context, agent))
            {
                yield return context.Finding(this, DoctorSeverity.Warning, path, "An earlier version kept credentials here. The agent has no store, so the next command imports them.", agent) with
                {
                    Remedy = Remedy.Same("Import them now. The file is kept as a backup."),
                    IsSafe = true,
                    Mend = async token =>
                    {
                        string? backup = context.Keep(path, "legacy");
                        await agent.UpdateAsync((_, _) => true, token).ConfigureAwait(false);
                        return backup;
                    },
                };
            }
        }
        foreach (string path in Left(context))
        {
            yield return context.Finding(this, DoctorSeverity.Info, path, "An earlier version kept credentials here. Nothing reads it while there is a store; were the store removed, its old accounts would come back.") with
            {
                Remedy = Remedy.Same("Move it aside, and keep it."),
                Mend = _ =>
                {
                    string backup = context.BackupPath(path, "legacy");
                    File.Move(path, backup);
                    return Task.FromResult<string?>(backup);
                },
            };
        }
    }

    /// <summary>The files that the next command would import for an agent without a store.</summary>
    public static IReadOnlyList<string> Pending(DoctorContext context, AuthAgent agent)
    {
        if (Path.Exists(agent.Paths.StorePath)) return [];
        try
        {
            return agent.Legacy().Build()?.Sources ?? [];
        }
        catch (KrabAuthException)
        {
            // One that cannot be read is told where files are judged.
            return [];
        }
    }

    private static IEnumerable<string> Left(DoctorContext context)
    {
        AgentPaths main = AgentPaths.MainOf(context.State);
        if (!File.Exists(main.StorePath)) return [];
        string old = Path.Combine(context.State.Root, "agent");
        return new[] { Path.Combine(old, "auth-profiles.json"), Path.Combine(old, "auth.json"), Path.Combine(context.State.OAuthDirectory, "oauth.json") }.Where(File.Exists);
    }
}
