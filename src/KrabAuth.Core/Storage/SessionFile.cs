using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Storage;

/// <summary>
/// The pins of an agent's sessions, in a file of KrabAuth's own beside the store. A gateway's session file is never touched.
/// Members that this version does not know stay.
/// </summary>
internal sealed class SessionFile(AuthAgent agent)
{
    /// <summary>A session that nobody asked about for so long is over.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>More sessions than this are not kept: the oldest go, and those that a person pinned only when there are no others left.</summary>
    public const int Most = 1000;

    private const string Sessions = "sessions";

    /// <summary>The file holds no credential: nobody has to sign in again for it.</summary>
    private const string Afterwards = ", which only forgets the account that each session stays with";

    /// <summary>Where it is, or would be.</summary>
    public string Location { get; } = System.IO.Path.Combine(agent.Paths.Directory, "krabauth-sessions.json");

    /// <summary>All pins, by session and provider.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>, <c>UnsafePath</c>.</exception>
    public IReadOnlyList<SessionPin> Read()
    {
        if (Load(FileGuard.ResolveTarget(Location)) is not { } json) return [];
        using JsonDocument document = json.ToDocument();
        List<SessionPin> pins = [.. document.RootElement.Object(Sessions).Members().SelectMany(session => ((JsonElement?)session.Value).Members().Select(entry => ReadPin(session.Name, entry))).OfType<SessionPin>()];
        pins.Sort(static (left, right) => string.CompareOrdinal(left.Session, right.Session) is not 0 and var difference ? difference : string.CompareOrdinal(left.Provider, right.Provider));
        return pins;
    }

    /// <summary>Changes the file under its own lock: read again, changed, pruned, replaced whole. Nothing is written where nothing changes.</summary>
    /// <param name="change">Gets the sessions: key to provider to pin.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    public async Task<T> UpdateAsync<T>(Func<JsonObject, T> change, CancellationToken cancellationToken)
    {
        if (agent.Workspace.State.ReadOnlyVariable is { } variable) throw AuthErrors.StoreReadOnly(variable);
        try
        {
            PrivateDirectory.Ensure(agent.Paths.Directory);
            string target = FileGuard.ResolveTarget(Location);
            using StoreLock held = await StoreLock.AcquireAsync(target, PeerLockForm.Directory, agent.Workspace.Options.Locks, agent.Workspace.Log, cancellationToken).ConfigureAwait(false);
            if (held.WasAbandoned) AtomicFile.RemoveLeftovers(target);
            JsonObject root = Load(target)?.ToNode() as JsonObject ?? new JsonObject { ["version"] = 1 };
            if (root[Sessions] is not JsonObject sessions) root[Sessions] = sessions = [];
            JsonNode before = sessions.DeepClone();
            T result = change(sessions);
            if (JsonNode.DeepEquals(before, sessions)) return result;
            Prune(sessions, agent.Workspace.NowMilliseconds);
            // Where people pinned as many as are kept, an automatic pin goes again at once.
            if (JsonNode.DeepEquals(before, sessions)) return result;
            AtomicFile.Write(target, JsonText.Serialize(root), held.ThrowIfLost);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(Location, e);
        }
    }

    /// <summary>The pin of a session for a provider, or <see langword="null"/>.</summary>
    public static SessionPin? PinOf(JsonObject sessions, string session, string provider)
        => sessions[session] is JsonObject entry ? PinsOf(session, entry).Find(pin => ProviderId.Same(pin.Provider, provider)) : null;

    /// <summary>Writes a pin where it belongs.</summary>
    public static void Put(JsonObject sessions, SessionPin pin, long now)
    {
        if (sessions[pin.Session] is not JsonObject session) sessions[pin.Session] = session = [];
        RemoveProvider(session, pin.Provider);
        var entry = new JsonObject { ["profileId"] = pin.ProfileId, ["source"] = pin.Source == SessionPinSource.User ? "user" : "auto" };
        if (pin.CompactionCount is { } count) entry["compactionCount"] = count;
        entry["updatedAt"] = now;
        session[pin.Provider] = entry;
    }

    /// <summary>Removes the pins that a condition names, and the sessions that have none left.</summary>
    /// <returns>How many went.</returns>
    public static int RemoveWhere(JsonObject sessions, Func<SessionPin, bool> condition)
    {
        int removed = 0;
        foreach ((string key, JsonNode? node) in sessions.ToList())
        {
            if (node is not JsonObject session) continue;
            foreach (SessionPin pin in PinsOf(key, session).Where(condition).ToList()) removed += session.Remove(pin.Provider) ? 1 : 0;
            if (session.Count == 0) sessions.Remove(key);
        }
        return removed;
    }

    /// <summary>Gives pins to a profile its new id.</summary>
    public static void Rename(JsonObject sessions, string id, string newId)
    {
        foreach (JsonObject entry in sessions.Select(session => session.Value).OfType<JsonObject>().SelectMany(session => session.Select(member => member.Value)).OfType<JsonObject>())
        {
            if (entry["profileId"] is JsonValue value && value.TryGetValue(out string? named) && named == id) entry["profileId"] = newId;
        }
    }

    private static void RemoveProvider(JsonObject session, string provider)
    {
        foreach (string key in session.Select(member => member.Key).Where(key => ProviderId.Same(key, provider)).ToList()) session.Remove(key);
    }

    private static void Prune(JsonObject sessions, long now)
    {
        long oldest = now - (long)Longest.TotalMilliseconds;
        List<(string Key, bool IsPersons, long Time)> known = [.. sessions.Where(session => session.Value is JsonObject).Select(session => Use(session.Key, (JsonObject)session.Value!))];
        known.Sort(static (left, right) => left.IsPersons != right.IsPersons ? right.IsPersons.CompareTo(left.IsPersons) : right.Time.CompareTo(left.Time));
        for (int i = 0; i < known.Count; i++)
        {
            if (i >= Most || known[i].Time < oldest) sessions.Remove(known[i].Key);
        }
    }

    /// <summary>When a session was last used, and whether a person decided anything in it.</summary>
    private static (string Key, bool IsPersons, long Time) Use(string key, JsonObject session)
    {
        List<SessionPin> pins = PinsOf(key, session);
        return (key, pins.Exists(pin => pin.Source == SessionPinSource.User), pins.Select(pin => pin.UpdatedAt.ToUnixTimeMilliseconds()).DefaultIfEmpty(0).Max());
    }

    private static List<SessionPin> PinsOf(string key, JsonObject session)
    {
        using JsonDocument document = JsonDocument.Parse(session.ToJsonString());
        return [.. ((JsonElement?)document.RootElement).Members().Select(entry => ReadPin(key, entry)).OfType<SessionPin>()];
    }

    private static SessionPin? ReadPin(string session, JsonMember member)
    {
        JsonElement? entry = member.Value;
        if (entry.Text("profileId")?.Trim() is not { Length: > 0 } id) return null;
        int? count = entry.Number("compactionCount") is { } number ? (int)Math.Clamp(number, 0, int.MaxValue) : null;
        // A pin without a source is automatic where somebody counted compactions, and else a person's.
        SessionPinSource source = entry.Text("source") switch
        {
            "auto" => SessionPinSource.Auto,
            "user" => SessionPinSource.User,
            _ => count is null ? SessionPinSource.User : SessionPinSource.Auto,
        };
        return new SessionPin(session, member.Name, id, source) { CompactionCount = count, UpdatedAt = ProfileHealth.FromMilliseconds(Math.Max(0, entry.Number("updatedAt") ?? 0)) };
    }

    private static StrictJson? Load(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return null;
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        if (json is null) throw AuthErrors.StoreCorrupt(path, problem!, Afterwards);
        using JsonDocument document = json.ToDocument();
        return document.RootElement.ValueKind == JsonValueKind.Object && ((JsonElement?)document.RootElement).Member(Sessions) is null or { ValueKind: JsonValueKind.Object }
            ? json
            : throw AuthErrors.StoreCorrupt(path, new JsonProblem("the file must hold an object with the member \"sessions\"", 1, 1), Afterwards);
    }
}
