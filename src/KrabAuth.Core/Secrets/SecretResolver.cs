using KrabAuth.Diagnostics;

namespace KrabAuth.Secrets;

/// <summary>What became of a reference: a value, or the reason why there is none.</summary>
internal sealed record ResolvedReference(Secret? Value, string? Problem)
{
    /// <summary>A value that was found; one that is blank once it is cleaned is none.</summary>
    public static ResolvedReference Of(string? text)
        => SecretText.Normalize(text) is { Length: > 0 } value ? new(Secret.Of(value), null) : new(null, "what it points to is empty");

    public static Dictionary<string, ResolvedReference> All(IEnumerable<string> ids, string problem)
        => ids.ToDictionary(id => id, _ => new ResolvedReference(null, problem));
}

/// <summary>
/// Fetches what secret references point to: the one place that does. Nothing is remembered after the call. What lists profiles does not
/// come here, and what checks them asks for <see cref="KnownProblems"/> alone: to run programs would be slow, and would unlock vaults
/// that nobody needs.
/// </summary>
internal sealed class SecretResolver(AuthWorkspace workspace)
{
    /// <summary>The value of a profile's reference.</summary>
    /// <exception cref="KrabAuthException"><c>SecretReferenceUnresolved</c>, <c>SecretReferenceRefused</c>.</exception>
    public async Task<Secret> RequireAsync(string profileId, SecretReference reference, CancellationToken cancellationToken)
    {
        if (ReferencePolicy.Refusal(workspace.Config.Profile(profileId)?.Mode) is { } refusal) throw AuthErrors.OAuthReferenceRefused(profileId, refusal);
        IReadOnlyDictionary<SecretReference, ResolvedReference> resolved = await ResolveAsync([reference], cancellationToken).ConfigureAwait(false);
        ResolvedReference result = resolved[reference];
        return result.Value ?? throw (reference.Source == SecretReferenceSource.Vault && workspace.Options.Vault is null
            ? AuthErrors.VaultNeedsPowerShell(profileId, reference.ToString())
            : AuthErrors.ReferenceUnresolved(profileId, reference.ToString(), result.Problem!));
    }

    /// <summary>
    /// Why references have no value, as far as that is known without running a program or opening a vault: variables and files are
    /// looked at, and of a program whether <c>secrets.providers</c> has it. A reference that is not in the result may have one.
    /// </summary>
    public IReadOnlyDictionary<SecretReference, string> KnownProblems(IEnumerable<SecretReference> references)
    {
        SecretsConfig config = workspace.Config.Secrets;
        var problems = new Dictionary<SecretReference, string>();
        var near = new List<SecretReference>();
        foreach (SecretReference reference in references.Distinct())
        {
            if (reference.Source is SecretReferenceSource.Env or SecretReferenceSource.File) near.Add(reference);
            else if ((reference.Problem ?? (reference.Source == SecretReferenceSource.Exec ? config.Find(reference).Problem : null)) is { } problem) problems[reference] = problem;
        }
        // The limit is one of each use, and a look at all profiles is as many uses as there are.
        foreach (SecretReference[] part in near.Chunk((int)Math.Clamp(config.MaxReferences, 1, int.MaxValue)))
        {
            foreach ((SecretReference reference, ResolvedReference result) in ResolveAsync(part, CancellationToken.None).GetAwaiter().GetResult())
            {
                if (result.Problem is { } problem) problems[reference] = problem;
            }
        }
        return problems;
    }

    /// <summary>The values of several references. Each place is asked once, for all that is wanted of it.</summary>
    public async Task<IReadOnlyDictionary<SecretReference, ResolvedReference>> ResolveAsync(IReadOnlyCollection<SecretReference> references, CancellationToken cancellationToken)
    {
        SecretsConfig config = workspace.Config.Secrets;
        var results = new Dictionary<SecretReference, ResolvedReference>();
        var sound = new List<SecretReference>();
        foreach (SecretReference reference in references.Distinct())
        {
            if (reference.Problem is { } problem) results[reference] = new ResolvedReference(null, problem);
            else sound.Add(reference);
        }
        using var places = new SemaphoreSlim(config.MaxConcurrency);
        List<IGrouping<(SecretReferenceSource, string), SecretReference>> groups = [.. sound.GroupBy(reference => (reference.Source, config.AliasOf(reference)))];
        Dictionary<string, ResolvedReference>[] answers = await Task.WhenAll(groups.Select(async group =>
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AskAsync(group.First(), config.AliasOf(group.First()), [.. group.Select(reference => reference.Id).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        })).ConfigureAwait(false);
        foreach ((IGrouping<(SecretReferenceSource, string), SecretReference> group, Dictionary<string, ResolvedReference> answer) in groups.Zip(answers))
        {
            foreach (SecretReference reference in group) results[reference] = answer[reference.Id];
        }
        return results;
    }

    private async Task<Dictionary<string, ResolvedReference>> AskAsync(SecretReference sample, string alias, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        SecretsConfig config = workspace.Config.Secrets;
        if (ids.Count > config.MaxReferences) return ResolvedReference.All(ids, $"\"{alias}\" is asked for {ids.Count} secrets, more than secrets.resolution.maxRefsPerProvider");
        if (sample.Source == SecretReferenceSource.Vault) return await AskVaultAsync(sample.IsProviderImplied || alias == SecretReference.DefaultProvider ? null : alias, ids, cancellationToken).ConfigureAwait(false);
        (SecretProvider? provider, string? problem) = config.Find(sample);
        return provider switch
        {
            EnvSecretProvider env => ids.ToDictionary(id => id, id => FromEnvironment(env, alias, id)),
            FileSecretProvider file => await FileSecrets.ReadAsync(file, alias, ids, workspace, cancellationToken).ConfigureAwait(false),
            ExecSecretProvider exec => await ExecSecrets.AskAsync(exec, alias, ids, workspace, cancellationToken).ConfigureAwait(false),
            _ => ResolvedReference.All(ids, problem!),
        };
    }

    private ResolvedReference FromEnvironment(EnvSecretProvider provider, string alias, string name)
    {
        if (provider.Allowlist is { } allowed && !allowed.Contains(name)) return new(null, $"secrets.providers.{alias}.allowlist does not name {name}");
        ResolvedReference found = ResolvedReference.Of(workspace.Environment.Find(name)?.Value);
        return found.Value is null || SecretMarker.IsMarker(found.Value.Reveal()) ? new(null, $"the environment variable {name} is not set") : found;
    }

    private async Task<Dictionary<string, ResolvedReference>> AskVaultAsync(string? vault, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (workspace.Options.Vault is not { } vaults) return ResolvedReference.All(ids, "a vault can be read in PowerShell alone");
        var results = new Dictionary<string, ResolvedReference>(StringComparer.Ordinal);
        foreach (string id in ids)
        {
            try
            {
                Secret? secret = await vaults.GetAsync(vault, id, cancellationToken).ConfigureAwait(false);
                results[id] = secret is null ? new(null, $"the vault has no secret \"{id}\"") : ResolvedReference.Of(secret.Reveal());
            }
            catch (IOException e)
            {
                results[id] = new(null, OAuth.OAuthText.Clean(e.Message)?.TrimEnd('.') ?? "the vault cannot be used");
            }
        }
        return results;
    }
}
