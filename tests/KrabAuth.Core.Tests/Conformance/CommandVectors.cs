using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class CommandVectors
{
    [Theory]
    [Vectors("commands.json", "duration")]
    public void Duration(Vector vector)
    {
        JsonNode? answer;
        try
        {
            answer = (long)DurationText.Parse(vector.Text("text")!, vector.Text("defaultUnit")!).TotalMilliseconds;
        }
        catch (KrabAuthException e)
        {
            answer = $"!{e.Message}";
        }
        vector.Answer(answer);
    }

    [Theory]
    [Vectors("commands.json", "format-remaining")]
    public void What_is_left(Vector vector) => vector.Answer(DurationText.Remaining(vector.Given["remainingMs"]?.GetValue<long>()));

    [Theory]
    [Vectors("commands.json", "display-label")]
    public void Label(Vector vector)
    {
        using TempState state = StateOf(vector);
        vector.Answer(state.Agent().Profiles.Get(vector.Text("profileId")!).Label);
    }

    [Theory]
    [Vectors("commands.json", "auth-health")]
    public void Health(Vector vector)
    {
        using TempState state = StateOf(vector);
        AuthAgent agent = state.Agent();
        TimeSpan? warnWithin = vector.Given["warnAfterMs"] is { } after ? TimeSpan.FromMilliseconds(after.GetValue<long>()) : null;
        string[]? providers = vector.Given["providers"] is JsonArray wanted ? [.. wanted.Select(provider => provider!.GetValue<string>())] : null;
        IReadOnlyList<AuthProfile> profiles = agent.Profiles.List();
        // A check also misses the provider of the default model; the function that was measured knows nothing of models.
        List<AuthCheck> checks = [.. agent.Health.Check(warnWithin, providers)
            .Where(check => providers?.Contains(check.Provider) ?? profiles.Any(profile => profile.Provider == check.Provider))];
        vector.Answer(new JsonObject
        {
            ["warnAfterMs"] = (long)(warnWithin ?? ProfileHealth.DefaultWarning).TotalMilliseconds,
            ["profiles"] = new JsonArray([.. checks.Where(check => check.Kind == AuthCheckKind.Profile).Select(check => Profile(check, agent.Profiles.Get(check.ProfileId!)))]),
            ["providers"] = new JsonArray([.. checks.Where(check => check.Kind == AuthCheckKind.Provider)
                .Select(check => Provider(check, checks.Where(other => other.Provider == check.Provider).Select(other => other.ProfileId).OfType<string>()))]),
        });
    }

    // Which options exclude one another is the business of the command line.
    [Theory]
    [Vectors("commands.json", "status-check", Elsewhere = ["json and plain together"])]
    public void Exit_code(Vector vector)
    {
        var profiles = new JsonObject();
        foreach ((string id, JsonNode? kind) in vector.Given["profiles"]!.AsObject())
        {
            profiles[id] = Credential(id.Split(':')[0], kind!.GetValue<string>());
        }
        using TempState state = TempState.WithStore(new JsonObject { ["profiles"] = profiles }.ToJsonString());
        IEnumerable<string> models = vector.Given["providersInUse"]!.AsArray().Select(provider => $"\"{provider!.GetValue<string>()}/model\"");
        state.Write("openclaw.json", $"{{ agents: {{ defaults: {{ model: {{ primary: {models.First()}, fallbacks: [{string.Join(", ", models.Skip(1))}] }} }} }} }}");
        vector.Answer(new JsonObject { ["exitCode"] = HealthInspector.ExitCode(state.Agent().Health.Check()) });
    }

    [Theory]
    [Vectors("commands.json", "probe-status")]
    public void What_a_failed_probe_is_called(Vector vector)
        => vector.Answer(new JsonObject { ["status"] = ProbeStatuses.FromReason(vector.Text("reason")).Word() });

    // How the first generation split a reference, newer ones and KrabAuth do not.
    [Theory]
    [Vectors("commands.json", "model-ref")]
    public void Model_reference(Vector vector)
    {
        var reference = ModelReference.Parse(vector.Text("raw")!);
        var answer = new JsonObject { ["model"] = reference.Model };
        if (reference.ProfileId is not null) answer["profile"] = reference.ProfileId;
        vector.Answer(answer);
    }

    [Theory]
    [Vectors("commands.json", "model-directive")]
    public void Model_directive(Vector vector)
    {
        string message = vector.Text("body") ?? string.Empty;
        var directive = ModelDirective.Find(message, vector.Given["aliases"] is JsonArray aliases ? aliases.Select(alias => alias!.GetValue<string>()) : []);
        var all = new JsonObject
        {
            ["hasDirective"] = directive is not null,
            ["rawModel"] = directive?.Reference?.Model,
            ["rawProfile"] = directive?.Reference?.ProfileId,
            ["cleaned"] = directive?.Rest ?? message.Trim(),
        };
        // Each case tells what it is about.
        vector.Answer(new JsonObject(vector.Expected!.AsObject().Select(entry => KeyValuePair.Create(entry.Key, all[entry.Key]?.DeepClone()))));
    }

    internal static JsonObject Credential(string provider, string kind) => kind switch
    {
        "api_key" => new JsonObject { ["type"] = "api_key", ["provider"] = provider, ["key"] = "k" },
        "expired oauth" => OAuth(provider, FrozenClock.VectorNow - 1000),
        "expiring oauth" => OAuth(provider, FrozenClock.VectorNow + 1000),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    private static JsonObject OAuth(string provider, long expires)
        => new() { ["type"] = "oauth", ["provider"] = provider, ["access"] = "a", ["refresh"] = "r", ["expires"] = expires };

    private static TempState StateOf(Vector vector)
    {
        var state = TempState.WithStore(vector.Given["store"]!.ToJsonString());
        if (vector.Given["cfg"] is { } config) state.Write("openclaw.json", config.ToJsonString());
        return state;
    }

    private static JsonObject Profile(AuthCheck check, AuthProfile profile)
    {
        var answer = new JsonObject
        {
            ["profileId"] = check.ProfileId,
            ["provider"] = check.Provider,
            ["type"] = profile.Type.StoredName(),
            ["status"] = check.Status.ToString().ToLowerInvariant(),
            ["source"] = "store",
            ["label"] = profile.Label,
        };
        return WithEnd(answer, check);
    }

    private static JsonObject Provider(AuthCheck check, IEnumerable<string> profiles) => WithEnd(
        new JsonObject
        {
            ["provider"] = check.Provider,
            ["status"] = check.Status.ToString().ToLowerInvariant(),
            ["profiles"] = new JsonArray([.. profiles.Select(id => (JsonNode?)id)]),
        },
        check);

    private static JsonObject WithEnd(JsonObject answer, AuthCheck check)
    {
        if (check.Expires == DateTimeOffset.MaxValue) return answer;
        answer["expiresAt"] = check.Expires.ToUnixTimeMilliseconds();
        answer["remainingMs"] = (long)check.ExpiresIn!.Value.TotalMilliseconds;
        return answer;
    }
}
