using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>
/// Brings profiles into an agent and out of it: from other agents and products, from files, variables and vaults, and to another machine in
/// a file that a password protects. A plan says what would happen; doing it says what did.
/// </summary>
public sealed class TransferManager
{
    private readonly AuthAgent _agent;

    internal TransferManager(AuthAgent agent) => _agent = agent;

    /// <summary>The rounds of the key derivation. Tests, which make hundreds of files, take fewer; nothing that users reach does.</summary>
    internal int Iterations { get; set; } = ProtectedFile.Iterations;

    /// <summary>Whether a file is an export, which needs its password. A file that is not there is none.</summary>
    /// <exception cref="KrabAuthException"><c>StoreUnreadable</c>.</exception>
    public static bool IsProtected(string path) => FileGuard.ReadAll(TransferSource.Resolve(path)) is { } content && ProtectedFile.IsOne(content);

    /// <summary>Looks at what an import would do. Nothing is changed.</summary>
    /// <exception cref="KrabAuthException">
    /// <c>TransferSourceMissing</c>, <c>TransferSourceUnknown</c>, <c>TransferSameStore</c>, <c>MoveRefused</c>, <c>ExportPasswordRequired</c>,
    /// <c>ExportUnreadable</c>, <c>ExportUnsupported</c>, <c>VaultUnusable</c>, <c>VaultNeedsPowerShell</c>.
    /// </exception>
    public async Task<TransferPlan> PlanImportAsync(ImportRequest request, CancellationToken cancellationToken = default)
    {
        TransferSource source = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        if (request.Move && source.Agent is null) throw AuthErrors.MoveRefused(source.Label);
        AuthStore own = Own();
        TransferConsent consent = ConsentOf(request);
        return new TransferPlan([.. Wanted(source, request.Provider, request.Vault is not null).Select(entry => Planned(entry, source, TransferRules.Decide(own, entry, source.Kind, consent), request.Move))])
        {
            Import = request,
            Source = source,
        };
    }

    /// <summary>Imports.</summary>
    /// <param name="plan">What <see cref="PlanImportAsync"/> gave.</param>
    /// <param name="only">The ids to import; all without it.</param>
    /// <param name="cancellationToken">Ends the waiting for locks.</param>
    /// <returns>What became of each profile.</returns>
    public async Task<IReadOnlyList<TransferResult>> ImportAsync(TransferPlan plan, IReadOnlyCollection<string>? only = null, CancellationToken cancellationToken = default)
    {
        TransferSource source = plan.Source!;
        ImportRequest request = plan.Import!;
        List<TransferEntry> wanted = [.. Wanted(source, request.Provider, request.Vault is not null).Where(entry => only?.Contains(entry.Id) != false)];
        bool IsMoving(TransferEntry entry) => request.Move && entry.Credential is OAuthCredential;
        var copied = new Queue<TransferResult>();
        if (!wanted.TrueForAll(IsMoving))
        {
            copied = await _agent.UpdateAsync((own, editor) => new Queue<TransferResult>(PutAll(own, editor, wanted.Where(entry => !IsMoving(entry)), source.Label, source.Kind, ConsentOf(request))), cancellationToken).ConfigureAwait(false);
        }
        var results = new List<TransferResult>();
        foreach (TransferEntry entry in wanted)
        {
            results.Add(IsMoving(entry) ? await MoveAsync(source.Agent!, entry, entry.Id, ConsentOf(request), cancellationToken).ConfigureAwait(false) : copied.Dequeue());
        }
        await _agent.Usage.EndOfHeirsAsync([.. wanted.Zip(results).Where(pair => pair.Second.Action != TransferAction.Skipped).Select(pair => pair.First.Id)], CancellationToken.None).ConfigureAwait(false);
        foreach (TransferResult result in results.Where(result => result.Action != TransferAction.Skipped))
        {
            _agent.Profiles.WarnIfUnused(result.ProfileId, result.Provider);
            if (result is { Type: CredentialType.OAuth, Moved: false } && !source.Moved.Contains(result.ProfileId)) WarnOfTwoOwners(result.ProfileId, source.Kind == SourceKind.Export ? "where it was exported" : $"at {source.Label}");
        }
        return results;
    }

    /// <summary>Puts profiles in, each judged by what is there after the one before: two of one batch can be of one id or one account.</summary>
    internal List<TransferResult> PutAll(AuthStore own, AuthStoreEditor editor, IEnumerable<TransferEntry> entries, string source, SourceKind kind, TransferConsent consent)
    {
        var results = new List<TransferResult>();
        foreach (TransferEntry entry in entries)
        {
            TransferDecision decision = Put(own, editor, entry, entry.Id, kind, consent);
            if (decision.Action != TransferAction.Skipped) own = With(own, entry);
            results.Add(Result(entry, source, decision));
        }
        return results;
    }

    private static AuthStore With(AuthStore own, TransferEntry entry)
        => new([.. own.Profiles.Where(profile => profile.Id != entry.Id), new StoredProfile(entry.Id, entry.Credential!)]) { Rejected = own.Rejected, UsageStats = own.UsageStats };

    /// <summary>
    /// Moves one OAuth sign-in out of another agent's store into this one. Both the lock named after it and that of the store that it leaves
    /// are held, so that nobody renews it on the way; it is written here before it is removed there.
    /// </summary>
    internal async Task<TransferResult> MoveAsync(AuthAgent from, TransferEntry entry, string newId, TransferConsent consent, CancellationToken cancellationToken)
    {
        using StoreLock renewals = await from.Tokens.LockProfileAsync(entry.Id, entry.Credential!.Provider, cancellationToken).ConfigureAwait(false);
        return await from.HoldAsync(
            async held =>
            {
                JsonNode? now = from.ReadNodes().Store?["profiles"]?[entry.Id];
                TransferEntry fresh = TransferEntry.Read(entry.Id, now);
                if (fresh.Credential is not OAuthCredential oauth) return Result(entry, from.Paths.StorePath, new TransferDecision(TransferAction.Skipped, "it is gone there meanwhile"));
                bool isOver = false;
                TransferDecision decision = await _agent.UpdateAsync(
                    (own, editor) =>
                    {
                        TransferDecision made = Put(own, editor, fresh, newId, SourceKind.InUse, consent);
                        // Stopped between the two writes, or an older state of what is here: the one there is of no use to anybody.
                        isOver = made.IsSame || (own.TryGet(newId, out StoredProfile? here) && here.Credential is OAuthCredential ours && TokenRefresher.IsOlderCopy(oauth, ours));
                        return made;
                    },
                    cancellationToken).ConfigureAwait(false);
                bool moved = decision.Action != TransferAction.Skipped || isOver;
                if (moved)
                {
                    held.Change((_, editor) =>
                    {
                        editor.Remove(entry.Id);
                        return true;
                    });
                }
                return Result(fresh with { Id = newId }, from.Paths.StorePath, decision) with { Moved = moved };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decides once more, on the store as it is under the lock, and writes.</summary>
    internal static TransferDecision Put(AuthStore own, AuthStoreEditor editor, TransferEntry entry, string id, SourceKind kind, TransferConsent consent)
    {
        TransferDecision decision = TransferRules.Decide(own, entry with { Id = id }, kind, consent);
        if (decision.Action == TransferAction.Skipped) return decision;
        editor.Replace(id, (JsonObject)entry.Entry!.DeepClone());
        editor.EndWaits(id);
        return decision;
    }

    /// <summary>A sign-in that is here already has still to go where it was left.</summary>
    private TransferResult Planned(TransferEntry entry, TransferSource source, TransferDecision decision, bool move)
        => Result(entry, source.Label, decision) with { Moved = move && entry.Credential is OAuthCredential && (decision.Action != TransferAction.Skipped || decision.IsSame) };

    internal TransferResult Result(TransferEntry entry, string source, TransferDecision decision) => new()
    {
        ProfileId = ProfileId.ForDisplay(entry.Id),
        Provider = entry.Credential?.Provider ?? string.Empty,
        Type = entry.Credential?.Type,
        Action = decision.Action,
        Reason = decision.Reason,
        Source = source,
        Agent = _agent.Id,
        Product = _agent.Workspace.Product,
        StateDirectory = _agent.Workspace.State.Root,
    };

    private static TransferConsent ConsentOf(ImportRequest request) => new(request.Force, request.Move, request.IncludeOAuth);

    private void WarnOfTwoOwners(string id, string where)
        => _agent.Workspace.Log.Warning($"{id} now has two owners. Do not use it {where} any longer: the first refresh there would sign it out here, and the other way round.");

    private async Task<TransferSource> OpenAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        if (request.From is { } from)
        {
            return from.Paths.Directory == _agent.Paths.Directory ? throw AuthErrors.TransferSameStore(from.Paths.StorePath)
                : !Directory.Exists(from.Paths.Directory) ? throw AuthErrors.TransferSourceMissing(from.Paths.Directory)
                : TransferSource.OfAgent(from);
        }
        if (request.Vault is { } vault) return new TransferSource($"vault {vault}", SourceKind.Export, await FoundSecrets.InVaultAsync(vault, _agent.Workspace, request.Provider, cancellationToken).ConfigureAwait(false));
        return request.FromEnvironment
            ? TransferSource.OfEnvironment(_agent.Workspace, request.Provider)
            : await Task.Run(() => TransferSource.OfFile(request.Path!, request.Password, Iterations, _agent.Workspace, request.Provider), cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<TransferEntry> Wanted(TransferSource source, string? provider, bool isGiven)
        => provider is null || isGiven ? source.Entries : source.Entries.Where(entry => entry.Credential is { } credential && ProviderId.Same(credential.Provider, provider));

    /// <summary>The agent's own profiles: what it inherits does not stand in the way.</summary>
    internal AuthStore Own()
    {
        AuthStore store = _agent.Read();
        return !_agent.IsSecondary ? store : new AuthStore([.. store.Profiles.Where(profile => !profile.IsInherited)]) { Rejected = store.Rejected, UsageStats = store.UsageStats };
    }

    /// <summary>Looks at what an export would write. Nothing is changed.</summary>
    public TransferPlan PlanExport(ExportRequest request) => new([.. Exported(request).Select(pair => Result(pair.Entry, _agent.Paths.StorePath, pair.Decision) with
    {
        Moved = request.Move && pair.Entry.Credential is OAuthCredential && pair.Decision.Action == TransferAction.Exported,
    })]) { Export = request };

    /// <summary>Exports: the file is written whole or not at all, mode 0600.</summary>
    /// <param name="plan">What <see cref="PlanExport"/> gave.</param>
    /// <param name="only">The ids to export; all without it.</param>
    /// <param name="cancellationToken">Ends the waiting for locks.</param>
    /// <exception cref="KrabAuthException"><c>TransferFileExists</c>, <c>ExportPasswordWeak</c>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<IReadOnlyList<TransferResult>> ExportAsync(TransferPlan plan, IReadOnlyCollection<string>? only = null, CancellationToken cancellationToken = default)
        => new ProfileExport(_agent, plan.Export!, Iterations, () => [.. Exported(plan.Export!).Where(pair => only?.Contains(pair.Entry.Id) != false)], Result).RunAsync(cancellationToken);

    private IEnumerable<(TransferEntry Entry, TransferDecision Decision)> Exported(ExportRequest request)
    {
        IReadOnlyList<TransferEntry> own = TransferEntry.ReadAll(_agent.ReadNodes().Store);
        HashSet<string> ids = [.. own.Select(entry => entry.Id)];
        IEnumerable<TransferEntry> inherited = _agent.IsSecondary ? TransferEntry.ReadAll(_agent.Main().ReadNodes().Store).Where(entry => !ids.Contains(entry.Id)) : [];
        return own.Select(entry => (entry, Inherited: false)).Concat(inherited.Select(entry => (entry, Inherited: true)))
            .Where(pair => request.Provider is null || (pair.entry.Credential is { } credential && ProviderId.Same(credential.Provider, request.Provider)))
            .Select(pair => (pair.entry, ProfileExport.Decide(pair.entry, pair.Inherited, request)));
    }
}
