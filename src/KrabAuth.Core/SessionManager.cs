using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>The sessions of one agent: which profile each stays with.</summary>
public sealed class SessionManager
{
    /// <summary>The session that is meant where none is named, as in the gateways.</summary>
    public const string DefaultSession = "main";

    private static readonly TimeSpan Touch = TimeSpan.FromDays(1);

    private readonly AuthAgent _agent;
    private readonly SessionFile _file;

    internal SessionManager(AuthAgent agent)
    {
        _agent = agent;
        _file = new SessionFile(agent);
    }

    /// <summary>Where the pins are, or would be.</summary>
    public string FilePath => _file.Location;

    /// <summary>The pins, by session and provider: all, or those of one session.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>.</exception>
    public IReadOnlyList<SessionPin> List(string? session = null)
        => [.. _file.Read().Where(pin => session is null || pin.Session == session)];

    /// <summary>The pin of a session for a provider, or <see langword="null"/>.</summary>
    public SessionPin? Get(string session, string provider) => List(session).FirstOrDefault(pin => ProviderId.Same(pin.Provider, provider));

    /// <summary>Fixes a profile for a session, for the provider that it belongs to.</summary>
    /// <exception cref="KrabAuthException"><c>SessionKeyInvalid</c>, <c>ProfileNotFound</c>.</exception>
    public async Task<SessionPin> SetAsync(string session, string profileId, CancellationToken cancellationToken = default)
    {
        string key = RequireKey(session);
        AuthStore store = _agent.Read();
        if (!store.TryGet(profileId, out StoredProfile? profile)) throw AuthErrors.ProfileNotFound(profileId, _agent.Paths.StorePath);
        string provider = ProviderId.Canonical(profile.Credential.Provider);
        ResolvedOrder order = _agent.Planner.Resolve(store, new CredentialRequest(provider), preferred: null);
        if (!order.Order.Contains(profileId)) _agent.Workspace.Log.Warning($"{profileId} cannot serve now: {order.Candidates.FirstOrDefault(candidate => candidate.ProfileId == profileId)?.Explanation ?? "it is not in the order"}. The session waits for it.");
        var pin = new SessionPin(key, provider, profileId, SessionPinSource.User) { UpdatedAt = _agent.Workspace.Now };
        await PutAsync(pin, cancellationToken).ConfigureAwait(false);
        return pin;
    }

    /// <summary>
    /// Does what <c>/model …</c> says: a reference with a profile fixes it, one without lifts what a person fixed before for that
    /// provider. The model itself is kept by the gateway that runs it.
    /// </summary>
    /// <returns>What the reference means, with its profile.</returns>
    /// <exception cref="KrabAuthException"><c>ModelReferenceInvalid</c>, <c>SessionKeyInvalid</c>, <c>ProfileNotFound</c>, <c>ProviderMismatch</c>.</exception>
    public async Task<ModelChoiceResult> ChooseModelAsync(string session, string text, CancellationToken cancellationToken = default)
    {
        string key = RequireKey(session);
        ModelChoiceResult choice = _agent.Models.Resolve(text);
        if (choice.ProfileId is { } id) await SetAsync(key, id, cancellationToken).ConfigureAwait(false);
        else if (Get(key, choice.Provider) is { Source: SessionPinSource.User }) await ClearAsync(key, choice.Provider, cancellationToken).ConfigureAwait(false);
        return choice;
    }

    /// <summary>Lifts the pins of a session, or that for one provider.</summary>
    /// <returns>How many were lifted.</returns>
    public Task<int> ClearAsync(string session, string? provider = null, CancellationToken cancellationToken = default)
        => RemoveAsync(pin => pin.Session == session && (provider is null || ProviderId.Same(pin.Provider, provider)), cancellationToken);

    /// <summary>The pin that would hold for a turn, where it says more than the order does. Nothing is kept.</summary>
    internal SessionPin? Preview(AuthStore store, ResolvedOrder order, SessionTurn turn)
    {
        SessionPin? before = Get(RequireKey(turn.Session), order.Provider);
        SessionPin? decided = SessionStickiness.Decide(before, order, store, turn);
        return decided == before || turn.IsNew || turn.CompactionCount is not null ? decided : null;
    }

    /// <summary>The pin that holds for a turn, kept for the next.</summary>
    internal async Task<SessionPin?> TakeAsync(AuthStore store, ResolvedOrder order, SessionTurn turn, CancellationToken cancellationToken)
    {
        SessionPin? before = Get(RequireKey(turn.Session), order.Provider);
        SessionPin? decided = SessionStickiness.Decide(before, order, store, turn);
        bool isFresh = before is not null && before == decided && _agent.Workspace.Now - before.UpdatedAt < Touch;
        if (isFresh || decided is null || _agent.Workspace.State.ReadOnlyVariable is not null) return decided;
        return await _file.UpdateAsync(
            sessions =>
            {
                // Another process may have decided meanwhile, or a person: what it left is judged again.
                SessionPin? now = SessionFile.PinOf(sessions, turn.Session, order.Provider);
                SessionPin? pin = now == before ? decided : SessionStickiness.Decide(now, order, store, turn with { IsNew = false });
                if (pin is not null) SessionFile.Put(sessions, pin, _agent.Workspace.NowMilliseconds);
                return pin;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lifts the pins to a profile that is gone.</summary>
    internal Task ForgetProfileAsync(string id)
        => FollowAsync($"Sessions may go on naming {id}, which counts for nothing", () => RemoveAsync(pin => pin.ProfileId == id, CancellationToken.None));

    /// <summary>Lets pins follow a profile to its new id.</summary>
    internal Task RenameProfileAsync(string id, string newId) => FollowAsync($"Sessions that stay with {id} may not follow it to {newId}", async () =>
    {
        if (_file.Read().All(pin => pin.ProfileId != id)) return;
        await _file.UpdateAsync(
            sessions =>
            {
                SessionFile.Rename(sessions, id, newId);
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
    });

    /// <summary>Lifts the automatic pins of a provider: a new order is for the running sessions too.</summary>
    internal Task ForgetAutomaticAsync(string provider) => FollowAsync(
        $"Running sessions may go on with the accounts of {provider} that they have",
        () => RemoveAsync(pin => pin.Source == SessionPinSource.Auto && ProviderId.Same(pin.Provider, provider), CancellationToken.None));

    /// <summary>Does what follows in the sessions from a change that is made already: what goes wrong is a warning, and can be no error any more.</summary>
    /// <param name="otherwise">What it comes to where it goes wrong: a sentence without its end.</param>
    /// <param name="work">The work.</param>
    private async Task FollowAsync(string otherwise, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is KrabAuthException or IOException or UnauthorizedAccessException)
        {
            // Of the remedies this one alone helps without the command that is over; it reads the same at each front end.
            string mend = e is KrabAuthException { Kind: AuthErrorKind.CorruptData } corrupt ? $" {corrupt.Remedy.CommandLine}" : string.Empty;
            _agent.Workspace.Log.Warning($"{otherwise} (agent {_agent.Id}): {e.Message}{mend}");
        }
    }

    private async Task<int> RemoveAsync(Func<SessionPin, bool> condition, CancellationToken cancellationToken)
    {
        if (!_file.Read().Any(condition)) return 0;
        return await _file.UpdateAsync(sessions => SessionFile.RemoveWhere(sessions, condition), cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> PutAsync(SessionPin pin, CancellationToken cancellationToken) => _file.UpdateAsync(
        sessions =>
        {
            SessionFile.Put(sessions, pin, _agent.Workspace.NowMilliseconds);
            return true;
        },
        cancellationToken);

    private static string RequireKey(string session)
    {
        string key = session.Trim();
        return key.Length is > 0 and <= 200 && !key.Any(char.IsControl) ? key : throw AuthErrors.SessionKeyInvalid();
    }
}
