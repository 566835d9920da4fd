using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>
/// Brings a whole state directory to another product: the profiles of every agent, orders and use, and the part of the configuration that
/// is about authentication. Keys and static tokens are copied. OAuth sign-ins are moved: two programs that renew one of them sign each other
/// out. A second run finds nothing to do.
/// </summary>
public sealed class StateMigration
{
    private static readonly TransferConsent Moving = new(Force: false, Move: true, IncludeOAuth: false);

    private static readonly string[] Sections = ["order", "lastGood", "usageStats"];

    private readonly AuthWorkspace _from;
    private readonly AuthWorkspace _to;
    private readonly bool _isDryRun;
    private readonly List<TransferResult> _results = [];
    private readonly List<string> _state = [];

    private StateMigration(AuthWorkspace from, AuthWorkspace to, bool isDryRun)
    {
        _from = from;
        _to = to;
        _isDryRun = isDryRun;
    }

    /// <summary>Migrates.</summary>
    /// <param name="from">The old state directory.</param>
    /// <param name="to">The new one.</param>
    /// <param name="isDryRun">Whether to say only what would be done.</param>
    /// <param name="cancellationToken">Ends the waiting for locks.</param>
    /// <exception cref="KrabAuthException"><c>TransferSourceMissing</c>, <c>TransferSameStore</c>, and what reading and writing throw.</exception>
    public static Task<MigrationReport> RunAsync(AuthWorkspace from, AuthWorkspace to, bool isDryRun, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(from.State.Root)) throw AuthErrors.TransferSourceMissing(from.State.Root);
        if (Path.TrimEndingDirectorySeparator(from.State.Root) == Path.TrimEndingDirectorySeparator(to.State.Root)) throw AuthErrors.TransferSameStore(from.State.Root);
        return new StateMigration(from, to, isDryRun).RunAsync(cancellationToken);
    }

    /// <summary>An agent of the old state directory, what it holds, and the agent that it becomes.</summary>
    private sealed record Pair(AuthAgent Old, AuthAgent New, IReadOnlyList<TransferEntry> Entries, JsonObject? Store, JsonObject? State);

    private async Task<MigrationReport> RunAsync(CancellationToken cancellationToken)
    {
        List<Pair> pairs = [.. Agents().Select(Read)];
        // Judged before anything is written: what was there before decides what may be added.
        HashSet<string> occupied = [.. pairs.SelectMany(pair => pair.New.Read().Profiles.Where(profile => !pair.Entries.Any(entry => entry.Id == profile.Id)))
            .Select(profile => ProviderId.Canonical(profile.Credential.Provider))];
        Pair main = pairs[0];
        foreach (Pair pair in pairs)
        {
            List<TransferEntry> copies = [.. pair.Entries.Where(entry => pair != main && TwinIn(main, entry) is not null)];
            await CopyAsync(pair, [.. pair.Entries.Where(entry => entry.Credential is not OAuthCredential)], cancellationToken).ConfigureAwait(false);
            foreach (TransferEntry entry in pair.Entries.Where(entry => entry.Credential is OAuthCredential))
            {
                // Older programs gave every agent a copy of main's sign-ins. There is one account, and main is its owner.
                bool isCopy = copies.Contains(entry);
                await MoveAsync(pair, isCopy ? main.New : pair.New, entry, isCopy ? TwinIn(main, entry)! : entry.Id, cancellationToken).ConfigureAwait(false);
            }
            await CopyStateAsync(pair, occupied, cancellationToken).ConfigureAwait(false);
        }
        IReadOnlyList<MigratedSetting> settings = await new SettingsMigration(_from, _to, occupied, _isDryRun).RunAsync([.. pairs.SelectMany(pair => pair.Entries)], cancellationToken).ConfigureAwait(false);
        return new MigrationReport
        {
            From = _from.Product,
            FromDirectory = _from.State.Root,
            To = _to.Product,
            ToDirectory = _to.State.Root,
            IsDryRun = _isDryRun,
            Profiles = _results,
            State = _state,
            Settings = settings,
        };
    }

    /// <summary>The agents, main first: the others inherit from it.</summary>
    private IEnumerable<(AuthAgent Old, AuthAgent New)> Agents()
    {
        yield return (new AuthAgent(_from, AgentPaths.MainOf(_from.State), isNamed: true), new AuthAgent(_to, AgentPaths.MainOf(_to.State), isNamed: true));
        foreach (string id in _from.AgentIds.Where(id => id != AgentId.Main))
        {
            AuthAgent known = _from.OpenAgent(id);
            yield return (known, _to.AgentIds.Contains(id) ? _to.OpenAgent(id) : new AuthAgent(_to, new AgentPaths(id, AgentPaths.DefaultDirectory(_to.State, id)), isNamed: true));
        }
    }

    private static Pair Read((AuthAgent Old, AuthAgent New) agents)
    {
        (JsonObject? store, JsonObject? state) = agents.Old.ReadNodes();
        return new Pair(agents.Old, agents.New, TransferEntry.ReadAll(store), store, state);
    }

    /// <summary>The id of main's sign-in of the same account, or null.</summary>
    private static string? TwinIn(Pair main, TransferEntry entry) => entry.Credential is OAuthCredential oauth
        ? main.Entries.FirstOrDefault(other => other.Credential is OAuthCredential theirs && (AccountIdentity.Matches(theirs, oauth) || (oauth.IsRefreshable && Equals(theirs.Refresh, oauth.Refresh))))?.Id
        : null;

    private async Task CopyAsync(Pair pair, IReadOnlyList<TransferEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0) return;
        string source = pair.Old.Paths.StorePath;
        AuthStore before = pair.New.Transfers.Own();
        List<TransferResult> planned = [.. entries.Select(entry => pair.New.Transfers.Result(entry, source, TransferRules.Decide(before, entry, SourceKind.InUse, Moving)))];
        // A run that has nothing to do leaves no trace, not even an empty directory.
        if (_isDryRun || planned.TrueForAll(result => result.Action == TransferAction.Skipped))
        {
            _results.AddRange(planned);
            return;
        }
        _results.AddRange(await pair.New.UpdateAsync(
            (own, editor) => pair.New.Transfers.PutAll(own, editor, entries, source, SourceKind.InUse, Moving),
            cancellationToken).ConfigureAwait(false));
    }

    private async Task MoveAsync(Pair pair, AuthAgent target, TransferEntry entry, string newId, CancellationToken cancellationToken)
    {
        if (!_isDryRun)
        {
            _results.Add(await target.Transfers.MoveAsync(pair.Old, entry, newId, Moving, cancellationToken).ConfigureAwait(false));
            return;
        }
        TransferDecision decision = TransferRules.Decide(target.Transfers.Own(), entry with { Id = newId }, SourceKind.InUse, Moving);
        _results.Add(target.Transfers.Result(entry with { Id = newId }, pair.Old.Paths.StorePath, decision) with { Moved = decision.Action != TransferAction.Skipped || decision.IsSame });
    }

    /// <summary>Orders, records of use and what worked last, where there is nothing of the kind. An order of a provider that had profiles here would change which one is used.</summary>
    private async Task CopyStateAsync(Pair pair, HashSet<string> occupied, CancellationToken cancellationToken)
    {
        (JsonObject? newStore, JsonObject? newState) = pair.New.ReadNodes();
        HashSet<string> ids = [.. pair.New.Transfers.Own().Profiles.Select(profile => profile.Id)];
        if (_isDryRun) ids.UnionWith(pair.Entries.Where(entry => entry.Credential is not null).Select(entry => entry.Id));
        var wanted = new List<(string Section, string Name, JsonNode Value)>();
        foreach (string section in Sections)
        {
            foreach (JsonObject document in new[] { pair.State, pair.Store }.OfType<JsonObject>())
            {
                foreach ((string name, JsonNode? value) in document[section] as JsonObject ?? [])
                {
                    bool isThere = new[] { newStore, newState }.Any(there => (there?[section] as JsonObject)?.ContainsKey(name) == true) || wanted.Exists(item => item.Section == section && item.Name == name);
                    bool fits = section == "usageStats" ? ids.Contains(name) && value is JsonObject
                        : section == "order" ? value is JsonArray { Count: > 0 } order && order.All(id => id is JsonValue text && text.TryGetValue(out string? known) && ids.Contains(known.Trim())) && !occupied.Contains(ProviderId.Canonical(name))
                        : value is JsonValue good && good.TryGetValue(out string? last) && ids.Contains(last);
                    if (!isThere && fits) wanted.Add((section, name, value!.DeepClone()));
                }
            }
        }
        if (wanted.Count == 0) return;
        _state.AddRange(wanted.Select(item => $"{pair.New.Id}: {item.Section}.{item.Name}"));
        if (_isDryRun) return;
        await pair.New.UpdateAsync(
            (_, editor) =>
            {
                foreach ((string section, string name, JsonNode value) in wanted) editor.AdoptState(section, name, value);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
