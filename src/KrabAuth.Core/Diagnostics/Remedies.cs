using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>The commands that mend the common troubles, spelt once for both front ends.</summary>
internal sealed class Remedies(ProviderRegistry registry)
{
    /// <summary>How to have a profile that can be used again, for whoever has been shown already why there is none.</summary>
    public Remedy Mend(AuthAgent agent, AuthStore store, CredentialPlan plan)
    {
        ResolvedOrder order = plan.Order;
        if (CredentialPlanner.FirstBack(store, order, plan.Model) is { } back)
        {
            // Time does not mend a credential that was refused.
            bool isRefused = FailureReasons.Parse(order.Candidates.First(candidate => candidate.ProfileId == back.ProfileId).WaitReason) is FailureReason.Auth or FailureReason.AuthPermanent or FailureReason.SessionExpired;
            return isRefused && store.TryGet(back.ProfileId, out StoredProfile? refused) ? SignIn(refused.Credential, back.ProfileId) : EndWaitsNow(order.Provider);
        }
        return order.Candidates.Select(candidate => Mend(agent, store, order, candidate)).FirstOrDefault(remedy => remedy is not null) ?? SignIn(order.Provider);
    }

    private Remedy? Mend(AuthAgent agent, AuthStore store, ResolvedOrder order, OrderCandidate candidate)
    {
        if (!store.TryGet(candidate.ProfileId, out StoredProfile? profile)) return null;
        return candidate.ReasonCode switch
        {
            // It waits, and no time is set to that: a person disabled it.
            ReasonCodes.Ok when candidate.Kind is not null => Enable(profile.IsInherited ? agent.Main() : agent, profile.Id),
            ReasonCodes.ModeMismatch or ReasonCodes.ProviderMismatch => Examine,
            ReasonCodes.Ok or ReasonCodes.ExcludedByOrder => PutInOrder(order.Provider, [profile.Id]),
            _ => SignIn(profile.Credential, profile.Id),
        };
    }

    /// <summary>How to get a first credential of a provider.</summary>
    public Remedy SignIn(string provider)
    {
        ProviderDefinition? definition = Find(provider);
        string id = definition?.Id ?? provider;
        if (definition?.SetupToken is not null)
        {
            return new($"Connect-KrabProvider {id} -Method ApiKey   (or -Method SetupToken)", $"krabauth models auth paste-api-key --provider {id}");
        }
        return definition?.Methods.Contains(SignInMethod.ApiKey) != false
            ? new($"Connect-KrabProvider {id} -Method ApiKey", $"krabauth models auth paste-api-key --provider {id}")
            : definition!.CanSignIn ? OAuthSignIn(id)
            : GatewaySignIn(id);
    }

    /// <summary>How to renew the credential of a profile under its id.</summary>
    public Remedy SignIn(Credential credential, string id)
    {
        string provider = credential.Provider;
        bool hasSetupToken = Find(provider)?.SetupToken is not null;
        return credential.Type switch
        {
            CredentialType.ApiKey => new($"Connect-KrabProvider {provider} -Method ApiKey -ProfileId {id}", $"krabauth models auth paste-api-key --provider {provider} --profile-id {id}"),
            CredentialType.Token when hasSetupToken => new($"Connect-KrabProvider {provider} -Method SetupToken -ProfileId {id}", $"krabauth models auth setup-token --provider {provider} --profile-id {id}"),
            CredentialType.Token => new($"Connect-KrabProvider {provider} -Method Token -ProfileId {id}", $"krabauth models auth paste-token --provider {provider} --profile-id {id}"),
            _ when Find(provider) is { } definition && !definition.CanSignIn => GatewaySignIn(provider),
            _ => new($"Connect-KrabProvider {provider} -ProfileId {id}", $"krabauth models auth login --provider {provider} --profile-id {id}"),
        };
    }

    /// <summary>A definition that cannot be read has an error of its own, which the sign-in raises.</summary>
    private ProviderDefinition? Find(string provider)
    {
        try
        {
            return registry.Find(provider);
        }
        catch (KrabAuthException)
        {
            return null;
        }
    }

    private static Remedy OAuthSignIn(string provider) => new($"Connect-KrabProvider {provider}", $"krabauth models auth login --provider {provider}");

    /// <summary>A provider whose sign-in only a gateway knows; KrabAuth reads what it stores.</summary>
    private static Remedy GatewaySignIn(string provider)
        => Remedy.Same($"Sign in with the gateway that shares the store, for example: openclaw models auth login --provider {CommandWord.Shell(provider)}");

    /// <summary>How to let profiles in again before their time.</summary>
    public static Remedy EndWaits(string provider)
        => new($"Clear-KrabAuthCooldown -Provider {provider}", $"krabauth models auth cooldown clear --provider {provider}");

    /// <summary>The same for whoever knows how long the first of them waits.</summary>
    private static Remedy EndWaitsNow(string provider) => After("Wait, or let them in again now: ", EndWaits(provider));

    /// <summary>The same where it helps only once the account has been paid for.</summary>
    public static Remedy EndWaitsOfBilling(string provider)
        => After("When the account has credit again: ", EndWaits(provider));

    /// <summary>How to have profiles used that an order leaves out. A stored order outranks that of the configuration.</summary>
    public static Remedy PutInOrder(string provider, IEnumerable<string> ids)
        => After("If it is to be used: ", new($"Set-KrabAuthOrder {provider} {ids}", $"krabauth models auth order set --provider {provider} {ids}"));

    /// <summary>
    /// How to let a profile in again that a person disabled. The command line has no command for it, and what a call of it was given
    /// is unknown in PowerShell, so that the line says it all.
    /// </summary>
    private static Remedy Enable(AuthAgent agent, string id)
    {
        Remedy enable = new($"Enable-KrabAuthProfile {id} -Agent {agent.Id} -Product {agent.Workspace.Product.ToString()}", string.Empty);
        return enable with { CommandLine = $"In PowerShell: {enable.PowerShell}" };
    }

    private static Remedy After(string condition, Remedy remedy) => new(condition + remedy.PowerShell, condition + remedy.CommandLine);

    /// <summary>How to see what is wrong with files and configuration.</summary>
    public static Remedy Examine { get; } = new("Repair-KrabAuth -WhatIf", "krabauth doctor");

    /// <summary>How to see why no profile is chosen.</summary>
    public static Remedy Explain(string provider)
        => new($"Resolve-KrabAuthProfile {provider} -Explain", $"krabauth models auth resolve --provider {provider}");

    /// <summary>How to let a key of the environment stand in for profiles.</summary>
    public static Remedy AllowEnvironment(string provider)
        => new($"Get-KrabAuthToken {provider} -AllowEnvironment, or: Resolve-KrabAuthProfile {provider} -Explain", $"krabauth models auth token --provider {provider} --allow-environment");

    /// <summary>How to lift the pin of a session.</summary>
    public static Remedy ClearSession(string session)
        => new($"Clear-KrabAuthSession {session}", $"krabauth models auth session clear --session {session}");
}
