using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>What a failure means to the peers, and what they write of it.</summary>
public sealed class FailoverVectors
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(FrozenClock.VectorNow);

    [Theory]
    [Vectors("routing.json", "classify-message")]
    public void Words(Vector vector)
        => vector.Answer(Name(FailureClassifier.Classify(new FailureSignal { Message = vector.Text("message"), Provider = vector.Text("provider") }, Now).Reason));

    [Theory]
    [Vectors("routing.json", "classify-error")]
    public void Errors(Vector vector)
    {
        int? status = vector.Given["status"]?.GetValue<int>() ?? (vector.Text("statusCode") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null);
        var signal = new FailureSignal { Status = status, Code = vector.Text("code"), Message = vector.Text("message") };
        vector.Answer(Name(FailureClassifier.Classify(signal, Now).Reason));
    }

    [Theory]
    [Vectors("routing.json", "failover-status")]
    public void Status_of_a_reason(Vector vector) => vector.Answer(FailureReasons.Parse(vector.Text("reason"))!.Value.Status());

    // The recorded cases know how often it failed; here, how long a wait is follows from the wait before.
    [Theory]
    [Vectors("routing.json", "cooldown-ladder")]
    public void Ladder(Vector vector)
    {
        int count = (vector.Given["errorCount"] ?? vector.Given["consecutiveFailure"])!.GetValue<int>();
        UsageStats stats = UsageStats.None;
        long now = FrozenClock.VectorNow;
        for (int i = 0; i < Math.Max(1, count); i++)
        {
            now = (stats.CooldownUntil ?? now) + 1;
            stats = Cooldown.Fail(stats, new RecordedFailure(FailureReason.RateLimit, "p", null, null), now, CooldownSettings.Default);
        }
        vector.Answer(stats.CooldownUntil - now);
    }

    [Theory]
    [Vectors("routing.json", "billing-backoff")]
    public void Billing(Vector vector) => vector.Answer(Doubled(vector, "billingFailureCount"));

    [Theory]
    [Vectors("routing.json", "auth-permanent-backoff")]
    public void Shut_down(Vector vector) => vector.Answer(Doubled(vector, "failureCount"));

    [Theory]
    [Vectors("routing.json", "clear-expired")]
    public void Expiry(Vector vector)
    {
        var after = new JsonObject();
        foreach ((string id, JsonNode? entry) in vector.Given["usageStats"]!.AsObject()) after[id] = Expired(entry!, vector.Now);
        bool changed = !JsonNode.DeepEquals(after, vector.Given["usageStats"]);
        vector.Answer(new JsonObject { ["changed"] = changed, ["usageStats"] = after });
    }

    [Theory]
    [Vectors("routing.json", "order", Only = "usage stats after expired cooldown was swept")]
    public void Swept(Vector vector) => vector.Answer(Expired(vector.Given["store_before"]!["usageStats"]!["anthropic:default"]!, vector.Now));

    [Theory]
    [Vectors("routing.json", "mark-failure")]
    public async Task Failures(Vector vector)
    {
        string cfg = vector.Given["cfg"]?.ToJsonString() ?? "{}";
        using var state = TempState.WithStore(new JsonObject { ["profiles"] = vector.Given["profiles"]!.DeepClone(), ["usageStats"] = vector.Given["usageStats"]?.DeepClone() ?? new JsonObject() }.ToJsonString());
        state.Write("openclaw.json", cfg);
        AuthAgent agent = state.Agent();
        var after = new JsonArray();
        foreach (JsonNode? step in vector.Given["steps"]!.AsArray())
        {
            state.Clock.Set(Now.AddMilliseconds(step!["at"]?.GetValue<long>() ?? 0));
            string id = step["profileId"]!.GetValue<string>();
            FailureReason reason = FailureReasons.Parse(step["reason"]!.GetValue<string>())!.Value;
            await Record(agent, state, id, reason, step["modelId"]?.GetValue<string>());
            after.Add(Without(JsonNode.Parse(state.ReadStore())!["usageStats"]?[id]?.DeepClone()));
        }
        vector.Answer(new JsonObject { ["statsAfterEachStep"] = after });
    }

    [Theory]
    [Vectors("routing.json", "wham-cooldown")]
    public void Limit_of_a_subscription(Vector vector)
    {
        // Nobody is asked how much is left; what the failed answer itself says counts.
        UsageStats stats = Cooldown.Fail(UsageStats.None, new RecordedFailure(FailureReason.RateLimit, vector.Text("provider")!, null, null), vector.Now, CooldownSettings.Default);
        vector.Answer(new JsonObject { ["cooldownMs"] = stats.CooldownUntil - vector.Now });
    }

    [Theory]
    [Vectors("routing.json", "soonest-expiry")]
    public void First_to_come_back(Vector vector)
    {
        AuthStore store = StoreOf(vector);
        (string, long Until)? soonest = Unavailability.Soonest(vector.Given["profileIds"]!.AsArray().Select(id => id!.GetValue<string>()).Select(id => (id, store.Stats(id))), vector.Text("forModel"));
        vector.Answer(soonest?.Until);
    }

    [Theory]
    [Vectors("routing.json", "unavailable-reason")]
    public void Why_all_wait(Vector vector)
    {
        AuthStore store = StoreOf(vector);
        vector.Answer(Name(Unavailability.Reason(vector.Given["profileIds"]!.AsArray().Select(id => store.Stats(id!.GetValue<string>())), vector.Now)));
    }

    /// <summary>Peers record what KrabAuth holds against nobody; of those the pure machine answers.</summary>
    private static async Task Record(AuthAgent agent, TempState state, string id, FailureReason reason, string? model)
    {
        if ((await agent.Usage.RecordFailureAsync(id, reason, model, TestContext.Current.CancellationToken)).IsRecorded || reason.ConcernsAccount()) return;
        UsageStats stats = Cooldown.Fail(agent.Read().Stats(id), new RecordedFailure(reason, "anthropic", model, null), state.Clock.Milliseconds, CooldownSettings.Default);
        await agent.UpdateAsync(
            (_, editor) =>
            {
                editor.SetUsage(id, stats);
                return true;
            },
            TestContext.Current.CancellationToken);
    }

    private static JsonObject Expired(JsonNode entry, long now)
    {
        JsonObject after = entry.DeepClone().AsObject();
        UsageWriter.Write(after, Cooldown.Expire(UsageWriter.Read(after), now, CooldownSettings.Default));
        return Without(after)!.AsObject();
    }

    /// <summary>Without the notes that are KrabAuth's own.</summary>
    private static JsonNode? Without(JsonNode? entry)
    {
        (entry as JsonObject)?.Remove(WaitWindow.Member);
        (entry as JsonObject)?.Remove(ModelWait.Member);
        return entry;
    }

    private static AuthStore StoreOf(Vector vector) => AuthStoreReader.Read(
        "vector", StrictJson.Check(Encoding.UTF8.GetBytes(new JsonObject { ["usageStats"] = vector.Given["usageStats"]!.DeepClone() }.ToJsonString())).Json, "vector", null);

    private static double Doubled(Vector vector, string count) => CooldownSettings.Doubled(
        TimeSpan.FromMilliseconds(vector.Given["baseMs"]!.GetValue<long>()), TimeSpan.FromMilliseconds(vector.Given["maxMs"]!.GetValue<long>()), vector.Given[count]!.GetValue<int>()).TotalMilliseconds;

    private static string? Name(FailureReason? reason) => reason?.StoredName();
}
