using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Profiles;

namespace KrabAuth.Storage;

/// <summary>
/// What the monitor told, by agent: <c>{"version":1,"agents":{"main":{"profiles":{"openai:work":{…}},"providers":{…}}}}</c>. It is held
/// from the reading to the last writing, so that two monitors that run at the same time tell nothing twice. Holds no secret.
/// </summary>
internal sealed class MonitorFile : IDisposable
{
    /// <summary>Its usual name, in the state directory.</summary>
    public const string Name = "krabauth-monitor.json";

    private static readonly (AuthCheckKind Kind, string Member)[] Members = [(AuthCheckKind.Profile, "profiles"), (AuthCheckKind.Provider, "providers")];

    private readonly string _path;
    private readonly StoreLock _held;
    private readonly JsonObject _root;
    private readonly JsonObject _agent;

    private MonitorFile(string path, StoreLock held, JsonObject root, string agent)
    {
        _path = path;
        _held = held;
        _root = root;
        _agent = Child(Child(root, "agents"), agent);
    }

    /// <summary>Takes the file for one agent; it need not exist.</summary>
    /// <exception cref="KrabAuthException"><c>StoreCorrupt</c>, <c>StoreUnreadable</c>, <c>StoreUnwritable</c>, <c>StoreLocked</c>, <c>UnsafePath</c>.</exception>
    public static async Task<MonitorFile> OpenAsync(string path, string agent, LockOptions locks, IAuthLog log, CancellationToken cancellationToken)
    {
        try
        {
            PrivateDirectory.Ensure(Path.GetDirectoryName(path)!);
            string target = FileGuard.ResolveTarget(path);
            StoreLock held = await StoreLock.AcquireAsync(target, PeerLockForm.Directory, locks, log, cancellationToken).ConfigureAwait(false);
            try
            {
                if (held.WasAbandoned) AtomicFile.RemoveLeftovers(target);
                return new MonitorFile(target, held, Load(target), agent);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(path, e);
        }
    }

    /// <summary>What is known; an entry that says nothing usable is not.</summary>
    public IReadOnlyCollection<MonitoredState> Read()
    {
        using JsonDocument document = JsonDocument.Parse(_agent.ToJsonString());
        return [.. Members.SelectMany(member => document.RootElement.Object(member.Member).Members().Select(entry => State(member.Kind, entry))).OfType<MonitoredState>()];
    }

    /// <summary>Remembers that these were told, and writes. What is there no more is forgotten.</summary>
    /// <exception cref="KrabAuthException"><c>StoreUnwritable</c>, <c>LockLost</c>.</exception>
    public void Remember(IEnumerable<MonitorChange> changes, DateTimeOffset now)
    {
        JsonNode before = _root.DeepClone();
        foreach (MonitorChange change in changes)
        {
            JsonObject entries = Child(_agent, Members.First(member => member.Kind == change.Kind).Member);
            if (change.Check is not { } check)
            {
                entries.Remove(change.Target);
                continue;
            }
            entries[change.Target] = new JsonObject
            {
                ["provider"] = check.Provider,
                ["result"] = Word(check.Result),
                ["status"] = Word(check.Status),
                ["reason"] = check.Reason,
                ["since"] = now.ToUnixTimeMilliseconds(),
            };
        }
        if (JsonNode.DeepEquals(before, _root) && File.Exists(_path)) return;
        try
        {
            AtomicFile.Write(_path, JsonText.Serialize(_root), _held.ThrowIfLost);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnwritable(_path, e);
        }
    }

    public void Dispose() => _held.Dispose();

    /// <summary>The word that JSON has for a result, a status or an event.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static MonitoredState? State(AuthCheckKind kind, JsonMember entry)
    {
        JsonElement? value = entry.Value;
        return value.Text("provider") is { } provider && Parse<AuthCheckResult>(value.Text("result")) is { } result && Parse<AuthStatus>(value.Text("status")) is { } status
            ? new MonitoredState(kind, provider, kind == AuthCheckKind.Profile ? entry.Name : null, result, status, value.Text("reason") ?? string.Empty)
            : null;
    }

    private static T? Parse<T>(string? word)
        where T : struct, Enum => Enum.TryParse(word, ignoreCase: true, out T value) && Word(value) == word ? value : null;

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child) parent[name] = child = [];
        return child;
    }

    /// <summary>What follows where somebody moves the file away.</summary>
    private const string Afterwards = "; what fails or warns now is told once more then";

    private static JsonObject Load(string path)
    {
        if (FileGuard.ReadAll(path) is not { } bytes) return new JsonObject { ["version"] = 1 };
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        if (json is null) throw AuthErrors.StoreCorrupt(path, problem!, Afterwards);
        return json.ToNode() as JsonObject ?? throw AuthErrors.StoreCorrupt(path, new JsonProblem("the file must hold an object", 1, 1), Afterwards);
    }
}
