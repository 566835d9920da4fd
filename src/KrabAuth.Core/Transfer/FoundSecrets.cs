using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;

namespace KrabAuth.Transfer;

/// <summary>Makes profiles of secrets that carry only a name: variables, and the entries of a vault.</summary>
internal static class FoundSecrets
{
    /// <summary>For each provider the first of its variables that is set, as the gateways choose; no variable serves two providers unless one is asked for.</summary>
    public static IReadOnlyList<TransferEntry> InVariables(Func<string, string?> valueOf, AuthWorkspace workspace, string? provider)
    {
        IReadOnlyList<ProviderDefinition> providers = provider is null ? workspace.Registry.List() : workspace.Registry.Find(provider) is { } one ? [one] : [];
        // A variable that several list is that of the first of them, which is the most used.
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ProviderDefinition definition in providers)
        {
            foreach (string variable in definition.EnvironmentVariables) owners.TryAdd(variable, definition.Id);
        }
        var entries = new List<TransferEntry>();
        foreach (ProviderDefinition definition in providers)
        {
            string? variable = definition.EnvironmentVariables.FirstOrDefault(name => !string.IsNullOrWhiteSpace(valueOf(name)));
            if (variable is null || owners[variable] != definition.Id) continue;
            string value = valueOf(variable)!;
            // A line such as A=$B names another variable; it is no secret.
            if (SecretReference.FromInline(value) is not null || SecretMarker.IsMarker(value)) continue;
            entries.Add(Make(ProfileId.Of(definition.Id, null), definition.Id, definition, IsTokenVariable(variable), value, workspace));
        }
        return entries;
    }

    /// <summary>The secrets of a vault whose provider is known: given, told by the metadata or the name.</summary>
    /// <exception cref="KrabAuthException"><c>VaultUnusable</c>, <c>VaultNeedsPowerShell</c>.</exception>
    public static async Task<IReadOnlyList<TransferEntry>> InVaultAsync(string vault, AuthWorkspace workspace, string? provider, CancellationToken cancellationToken)
    {
        ISecretVault vaults = workspace.Options.Vault ?? throw AuthErrors.VaultNeedsPowerShell("import", $"vault:{vault}");
        try
        {
            var entries = new List<TransferEntry>();
            foreach (VaultEntry entry in await vaults.ListAsync(vault, cancellationToken).ConfigureAwait(false)) entries.Add(await OfVaultAsync(vaults, entry, workspace, provider, cancellationToken).ConfigureAwait(false));
            return entries;
        }
        catch (IOException e)
        {
            throw AuthErrors.VaultUnusable(vault, OAuth.OAuthText.Clean(e.Message)?.TrimEnd('.') ?? "it gives no reason");
        }
    }

    private static async Task<TransferEntry> OfVaultAsync(ISecretVault vaults, VaultEntry entry, AuthWorkspace workspace, string? provider, CancellationToken cancellationToken)
    {
        ProviderDefinition? byVariable = workspace.Catalog.Providers.FirstOrDefault(definition => definition.EnvironmentVariables.Contains(entry.Name));
        int colon = entry.Name.IndexOf(':', StringComparison.Ordinal);
        string? named = colon > 0 && workspace.Registry.Find(entry.Name[..colon]) is { } prefix ? prefix.Id : null;
        string? name = provider ?? Metadata(entry, "provider") ?? named ?? byVariable?.Id;
        if (name is null) return new TransferEntry(entry.Name, null, null, "its provider is not known: give one, or set the metadata \"provider\" of the secret");
        ProviderDefinition? definition = workspace.Registry.Find(name);
        string id = definition?.Id ?? ProviderId.Normalize(name);
        string profile = named is not null && ProviderId.Same(named, id) ? entry.Name
            : byVariable is not null ? ProfileId.Of(id, null)
            : ProfileId.FromFriendlyName(id, entry.Name);
        if (await vaults.GetAsync(entry.Vault, entry.Name, cancellationToken).ConfigureAwait(false) is not { } secret) return new TransferEntry(profile, null, null, "the vault gives no text for it");
        bool isToken = Metadata(entry, "type") is { } type ? CredentialTypes.Parse(type) == CredentialType.Token : IsTokenVariable(entry.Name);
        return Make(profile, id, definition, isToken, secret.Reveal(), workspace);
    }

    private static string? Metadata(VaultEntry entry, string name)
        => entry.Metadata.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.OrdinalIgnoreCase)).Value?.Trim() is { Length: > 0 } text ? text : null;

    private static bool IsTokenVariable(string name) => name.Contains("OAUTH_TOKEN", StringComparison.Ordinal);

    /// <summary>What is judged as a pasted secret is: the same mistakes are made with variables.</summary>
    private static TransferEntry Make(string id, string provider, ProviderDefinition? definition, bool isToken, string value, AuthWorkspace workspace)
    {
        bool takesKeys = definition is null || definition.Methods.Count == 0 || definition.Methods.Contains(SignInMethod.ApiKey);
        bool isSetupToken = definition?.SetupToken is { } rule && value.Trim().StartsWith(rule.Prefix, StringComparison.Ordinal);
        SignInMethod method = isToken || isSetupToken || !takesKeys ? SignInMethod.Token : SignInMethod.ApiKey;
        try
        {
            return TransferEntry.Of(id, SecretInput.ToCredential(provider, definition, method, value, null, workspace.Now));
        }
        catch (KrabAuthException e)
        {
            return new TransferEntry(id, null, null, e.Message.TrimEnd('.'));
        }
    }
}
