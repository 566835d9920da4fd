using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Diagnostics;

/// <summary>The commands that mend the common troubles, spelt once for both front ends.</summary>
internal sealed class Remedies(ProviderRegistry registry)
{
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

    /// <summary>The same where it helps only once the account has been paid for.</summary>
    public static Remedy EndWaitsOfBilling(string provider)
    {
        const string Condition = "When the account has credit again: ";
        Remedy end = EndWaits(provider);
        return new Remedy(Condition + end.PowerShell, Condition + end.CommandLine);
    }

    /// <summary>How to see what is wrong with files and configuration.</summary>
    public static Remedy Examine { get; } = new("Repair-KrabAuth -WhatIf", "krabauth doctor");

    /// <summary>How to see why no profile is chosen.</summary>
    public static Remedy Explain(string provider)
        => new($"Resolve-KrabAuthProfile {provider} -Explain", $"krabauth models auth resolve --provider {provider}");

    /// <summary>How to see what a key of the environment would do in place of profiles. No command that is recommended shows a secret.</summary>
    public static Remedy AllowEnvironment(string provider)
        => new($"Resolve-KrabAuthProfile {provider} -Explain -AllowEnvironment", $"krabauth models auth resolve --provider {provider} --allow-environment");

    /// <summary>How to lift the pin of a session.</summary>
    public static Remedy ClearSession(string session)
        => new($"Clear-KrabAuthSession {session}", $"krabauth models auth session clear --session {session}");
}
