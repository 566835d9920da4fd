using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>What became of a failure that was reported.</summary>
/// <param name="ProfileId">The profile it was reported for.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Reason">What the failure was; <see langword="null"/> where another profile would fare no better.</param>
/// <param name="IsRecorded">Whether it counts against the profile.</param>
/// <param name="Detail">Why it does not; <see langword="null"/> if it does.</param>
public sealed record FailureOutcome(string ProfileId, string Provider, FailureReason? Reason, bool IsRecorded, string? Detail)
{
    /// <summary>How the profile waits now; <see langword="null"/> if it does not.</summary>
    public AuthCooldown? Cooldown { get; init; }

    /// <summary>The reason by its stored name; empty where there is none.</summary>
    public string ReasonText => Reason?.StoredName() ?? string.Empty;

    /// <summary>What kind of wait it is.</summary>
    public string? Kind => Cooldown?.Kind;

    /// <summary>When it ends.</summary>
    public DateTimeOffset? Until => Cooldown?.Until;

    /// <summary>When it ends, for people.</summary>
    public string UntilText => Cooldown?.UntilText ?? string.Empty;
}

/// <summary>
/// What happens in the use of an agent's profiles: failures, successes, and the waits that follow. The use of a profile that an
/// agent inherits is recorded with that agent, as the programs that share the store do it.
/// </summary>
public sealed class UsageManager
{
    /// <summary>A success this soon after the last one changes nothing that anybody could see.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    /// <summary>Nobody tops up an account in the moment in which it ran dry: a tenth of the wait passes before the one try.</summary>
    private const int SharesBeforeTry = 10;

    private readonly AuthAgent _agent;

    internal UsageManager(AuthAgent agent) => _agent = agent;

    private CooldownSettings Settings => _agent.Workspace.Config.Cooldowns;

    private long Now => _agent.Workspace.NowMilliseconds;

    /// <summary>The profiles that wait, the first to come back first. What a person disabled does not wait for anything.</summary>
    /// <param name="provider">Only this provider's.</param>
    public IReadOnlyList<AuthCooldown> List(string? provider = null)
    {
        AuthStore store = _agent.Read();
        long now = Now;
        IEnumerable<StoredProfile> profiles = provider is null ? store.Profiles : store.OfProvider(ProviderId.Canonical(provider));
        return [.. profiles.SelectMany(profile => AuthCooldown.Of(_agent, profile, store.Stats(profile.Id), now))
            .OrderBy(static wait => wait.Until).ThenBy(static wait => wait.ProfileId, StringComparer.Ordinal)];
    }

    /// <summary>Says what a failure means, and records it against the profile if it can be the account's.</summary>
    /// <param name="id">The profile that was used.</param>
    /// <param name="signal">What is known of the failure.</param>
    /// <param name="model">The model that was asked for: a rate limit, or that the account does not have it, is then that model's alone.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, or the store cannot be written.</exception>
    public async Task<FailureOutcome> RecordFailureAsync(string id, FailureSignal signal, string? model = null, CancellationToken cancellationToken = default)
    {
        string provider = Require(_agent.Read(), id).Credential.Provider;
        ClassifiedFailure failure = FailureClassifier.Classify(signal with { Provider = provider }, _agent.Workspace.Now);
        if (failure.Reason is not { } reason) return new FailureOutcome(id, provider, null, false, "another profile would fare no better");
        return reason == FailureReason.Timeout && !signal.HadBegun
            ? new FailureOutcome(id, provider, reason, false, "the provider had not begun to answer, so the account is not at fault")
            : await RecordAsync(id, new RecordedFailure(reason, provider, Clean(model), failure.Reset), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a failure whose reason the caller knows.</summary>
    /// <param name="id">The profile that was used.</param>
    /// <param name="reason">What the failure was.</param>
    /// <param name="model">The model that was asked for: a rate limit, or that the account does not have it, is then that model's alone.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, or the store cannot be written.</exception>
    public async Task<FailureOutcome> RecordFailureAsync(string id, FailureReason reason, string? model = null, CancellationToken cancellationToken = default)
        => await RecordAsync(id, new RecordedFailure(reason, Require(_agent.Read(), id).Credential.Provider, Clean(model), null), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Records that a profile worked: its waits end, its failures are forgotten. The store is not written for a profile that
    /// worked a moment ago, while nothing else changes and no other profile of the provider was used since: a turn among
    /// several profiles needs no more.
    /// </summary>
    /// <returns>Whether there was anything to write.</returns>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, or the store cannot be written.</exception>
    public Task<bool> RecordSuccessAsync(string id, CancellationToken cancellationToken = default) => RecordSuccessAsync(id, CallMark.None, cancellationToken);

    /// <summary>The same for a call of which more is known: what it says nothing about stays.</summary>
    internal async Task<bool> RecordSuccessAsync(string id, CallMark call, CancellationToken cancellationToken)
    {
        AuthStore store = _agent.Read();
        string provider = Require(store, id).Credential.Provider;
        if (IsFresh(store, id, provider)) return false;
        return await _agent.UpdateAsync(
            (own, editor) =>
            {
                AuthStore seen = Seen(own);
                Require(seen, id);
                if (IsFresh(seen, id, provider) || RecordOf(own, seen, id) is not { } stats) return false;
                editor.SetUsage(id, Cooldown.Succeed(stats, call, Now));
                editor.SetLastGood(provider, id);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the waits of one profile, or of all of a provider, or of all there are. What a person disabled stays disabled. In main it
    /// ends those that other agents recorded for the profiles that they inherit, too.
    /// </summary>
    /// <param name="id">The profile.</param>
    /// <param name="provider">The provider, where no profile is named.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <returns>The profiles that had anything to end.</returns>
    /// <exception cref="KrabAuthException"><c>ProfileNotFound</c>, or the store cannot be written.</exception>
    public async Task<IReadOnlyList<string>> ClearAsync(string? id = null, string? provider = null, CancellationToken cancellationToken = default)
    {
        (List<string> meant, HashSet<string> cleared) = await _agent.UpdateAsync(
            (own, editor) =>
            {
                AuthStore seen = Seen(own);
                IEnumerable<StoredProfile> profiles = id is not null ? [Require(seen, id)] : provider is not null ? seen.OfProvider(ProviderId.Canonical(provider)) : seen.Profiles;
                List<string> ids = [.. profiles.Select(profile => profile.Id)];
                return (ids, ids.Where(profile => Clear(editor, profile, RecordOf(own, seen, profile))).ToHashSet(StringComparer.Ordinal));
            },
            cancellationToken).ConfigureAwait(false);
        cleared.UnionWith(await EndOfHeirsAsync(meant, cancellationToken).ConfigureAwait(false));
        return [.. meant.Where(cleared.Contains)];
    }

    /// <summary>
    /// Ends the waits that other agents recorded for profiles which they inherit from this one: a new credential, or a person who ends
    /// a wait, means the account, whoever used it. A profile that an agent has itself under the same id is another credential.
    /// </summary>
    /// <returns>The profiles that had anything to end.</returns>
    internal async Task<IReadOnlySet<string>> EndOfHeirsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var ended = new HashSet<string>(StringComparer.Ordinal);
        await _agent.ForHeirsAsync("Waits were not ended in the store", async heir =>
        {
            // Looked at first: a store that has nothing to end is not locked.
            if (ids.Any(id => InheritedRecord(heir.Peek(), id) is { HasFailed: true })) ended.UnionWith(await heir.UpdateAsync(EndThere, cancellationToken).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return ended;

        List<string> EndThere(AuthStore own, AuthStoreEditor editor) => [.. ids.Where(id => Clear(editor, id, InheritedRecord(own, id)))];

        static UsageStats? InheritedRecord(AuthStore own, string id) => own.TryGet(id, out _) ? null : own.UsageStats.GetValueOrDefault(id);
    }

    private static bool Clear(AuthStoreEditor editor, string id, UsageStats? stats)
    {
        if (stats is not { HasFailed: true }) return false;
        editor.SetUsage(id, Cooldown.Clear(stats, includingDisabledByUser: false));
        return true;
    }

    /// <summary>
    /// Takes a profile that is disabled for billing or for good, when nothing else is left, for one try: the account may have been
    /// topped up. Each such wait allows one, once a tenth of it has passed, and only while nothing else keeps the profile; what comes of
    /// it is recorded like any other use.
    /// </summary>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The model that is asked for, if known.</param>
    /// <param name="except">Profiles that this call tried already.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    /// <returns>The profile, which nobody else is given; <see langword="null"/> if there is none, or something else can be used.</returns>
    public async Task<string?> TakeHalfOpenAsync(string provider, string? model = null, IReadOnlyCollection<string>? except = null, CancellationToken cancellationToken = default)
    {
        if (HalfOpen(_agent.Read(), provider, model, except ?? []) is null) return null;
        return await _agent.UpdateAsync(
            (own, editor) =>
            {
                AuthStore seen = Seen(own);
                if (HalfOpen(seen, provider, model, except ?? []) is not { } id || RecordOf(own, seen, id) is not { } stats) return null;
                editor.SetUsage(id, stats with { LastProbeAt = Now });
                return id;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<FailureOutcome> RecordAsync(string id, RecordedFailure failure, CancellationToken cancellationToken)
    {
        var outcome = new FailureOutcome(id, failure.Provider, failure.Reason, false, null);
        if (!failure.Reason.ConcernsAccount()) return outcome with { Detail = "the account is not at fault" };
        if (failure is { Reason: FailureReason.ModelNotFound, Model: null }) return outcome with { Detail = "which model the account does not have was not said, and it may have others" };
        if (ProfileOrder.NeverWaits(failure.Provider)) return outcome with { Detail = $"{failure.Provider} balances its accounts itself" };
        return await _agent.UpdateAsync(
            (own, editor) =>
            {
                AuthStore seen = Seen(own);
                StoredProfile profile = Require(seen, id);
                if (RecordOf(own, seen, id) is not { } stats) return outcome with { Detail = "it is disabled in the main agent" };
                long now = Now;
                UsageStats next = Cooldown.Fail(stats, failure, now, Settings);
                editor.SetUsage(id, next);
                return outcome with { IsRecorded = true, Cooldown = WaitOf(profile, next, failure.Model, now) };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The wait that a failure is about: that of its model, if it has one of its own.</summary>
    private AuthCooldown? WaitOf(StoredProfile profile, UsageStats stats, string? model, long now)
    {
        List<AuthCooldown> waits = [.. AuthCooldown.Of(_agent, profile, stats, now)];
        return waits.Find(wait => wait.Model is not null && wait.Model == model) ?? waits.Find(wait => wait.Model is null);
    }

    /// <summary>The profile that may be tried once before its time, when nothing else is left.</summary>
    internal string? HalfOpen(AuthStore store, string provider, string? model, IReadOnlyCollection<string> except)
    {
        long now = Now;
        ResolvedOrder order = ProfileOrder.Resolve(store, _agent.Workspace.Config, provider, now, preferred: null, model);
        return order.Selected is not null ? null : order.Order.FirstOrDefault(id => !except.Contains(id) && MayTry(store.Stats(id)));

        // What is also out for another cause would only fail for that one.
        bool MayTry(UsageStats stats)
        {
            if (stats.IsDisabledByUser || stats.DisabledUntil is not { } until || until <= now || stats.WithoutDisable().IsWaiting(now, model)) return false;
            long? since = stats.Windows.Values.FirstOrDefault(window => window.Until == until)?.Since ?? (stats.LastFailureAt is > 0 && stats.LastFailureAt < until ? stats.LastFailureAt : null);
            if (now - since < (until - since) / SharesBeforeTry) return false;
            // Of a wait whose begin nobody knows, the longest that it can be is taken.
            return !(stats.LastProbeAt >= (since ?? until - (long)Settings.BillingMax.TotalMilliseconds));
        }
    }

    /// <summary>Whether a profile worked a moment ago, with nothing to forget, and was the last of its provider.</summary>
    private bool IsFresh(AuthStore store, string id, string provider)
    {
        UsageStats stats = store.Stats(id);
        bool isRecent = stats.LastUsed is { } last && Now - last >= 0 && Now - last < Moment.TotalMilliseconds;
        return isRecent && !stats.HasFailed
            && ProviderId.TryFind(store.LastGood, provider, out KeyValuePair<string, string> good) && good.Value == id
            && !store.OfProvider(ProviderId.Canonical(provider)).Any(other => other.Id != id && store.Stats(other.Id).LastUsed >= stats.LastUsed);
    }

    /// <summary>An agent sees the profiles of main, and main's records of their use until it has its own.</summary>
    private AuthStore Seen(AuthStore own) => _agent.IsSecondary ? _agent.Read() : own.At(Now);

    /// <summary>
    /// The record to go on from. What a person disabled in main is main's alone: with a copy of that, the agent would hold the
    /// profile out after main lets it in again.
    /// </summary>
    private static UsageStats? RecordOf(AuthStore own, AuthStore seen, string id)
        => own.UsageStats.TryGetValue(id, out UsageStats? record) ? record : seen.Stats(id) is { IsDisabledByUser: false } inherited ? inherited : null;

    private StoredProfile Require(AuthStore store, string id)
        => store.TryGet(id, out StoredProfile? profile) ? profile : throw AuthErrors.ProfileNotFound(id, _agent.Paths.StorePath);

    private static string? Clean(string? model) => string.IsNullOrWhiteSpace(model) ? null : model.Trim();
}
