using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Core.Tests.Conformance;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

public sealed class StrategyTests
{
    private const long Now = FrozenClock.VectorNow;

    private static readonly string[] Three = ["p:a", "p:b", "p:c"];

    [Theory]
    [InlineData("{}", "p:a p:c p:b")]
    [InlineData("""{ auth: { strategy: "round-robin" } }""", "p:a p:c p:b")]
    [InlineData("""{ auth: { strategy: "fill-first" } }""", "p:b p:a p:c")]
    [InlineData("""{ auth: { strategy: { P: "fill-first" } } }""", "p:b p:a p:c")]
    [InlineData("""{ auth: { strategy: { q: "fill-first" } } }""", "p:a p:c p:b")]
    [InlineData("""{ auth: { strategy: "fill-first", order: { p: ["p:c", "p:a", "p:b"] } } }""", "p:c p:a p:b")]
    public void Where_nobody_gave_an_order_the_strategy_decides(string config, string order)
        => Assert.Equal(order.Split(' '), Order(config, usage: new() { ["p:b"] = (Now - 1, 0), ["p:c"] = (Now - 9, 0) }).Order);

    /// <summary>A pool that turns through all accounts burns them at once and loses what the provider cached.</summary>
    [Fact]
    public void Fill_first_stays_until_the_account_waits_and_then_with_the_next()
    {
        const string FillFirst = """{ auth: { strategy: "fill-first" } }""";
        ResolvedOrder first = Order(FillFirst, lastGood: "p:c", usage: new() { ["p:b"] = (Now - 1, 0), ["p:c"] = (Now - 9, 0) });
        Assert.Equal(("p:c", PlacementRule.FillFirst), (first.Selected, first.Candidates[0].Rule));
        ResolvedOrder waits = Order(FillFirst, lastGood: "p:c", usage: new() { ["p:b"] = (Now - 1, 0), ["p:c"] = (Now - 9, Now + 5) });
        Assert.Equal(["p:b", "p:a", "p:c"], waits.Order);
        Assert.Equal([PlacementRule.FillFirst, PlacementRule.RoundRobin, PlacementRule.Waiting], waits.Candidates.Select(candidate => candidate.Rule));
        Assert.Equal("p:a", Order(FillFirst).Selected);
    }

    [Fact]
    public void A_strategy_that_is_not_known_is_said_and_the_usual_one_holds()
    {
        using var state = new TempState();
        state.Write("openclaw.json", """{ auth: { strategy: "sideways" } }""");
        Assert.Equal(OrderStrategy.RoundRobin, state.Agent().Orders.Resolve("p").Strategy);
        Assert.Contains("auth.strategy of the configuration is neither", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    /// <summary>No step of choosing grows with the square: ten times the profiles cost ten times the memory, give or take the depth of a sort.</summary>
    [Fact]
    public void Work_grows_with_the_number_of_profiles_and_not_with_its_square()
    {
        AuthConfig config = new TestConfig().Load();
        long small = Allocated(1_000);
        long large = Allocated(10_000);
        Assert.InRange((double)large / small, 5, 14);

        long Allocated(int count)
        {
            (AuthStore store, int asked) = (Large(count), 0);
            ProfileOrder.Resolve(store, config, "p", Now);
            long before = GC.GetAllocatedBytesForCurrentThread();
            asked += ProfileOrder.Resolve(store, config, "p", Now).Order.Count;
            Assert.Equal(count, asked);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>What a step costs shows in how often texts are compared: a search through a list in a loop would show as 10,000 × 10,000.</summary>
    [Fact]
    public void Ten_thousand_profiles_and_ten_times_as_many_records_are_put_in_order()
    {
        AuthStore store = Large(10_000);
        var stats = new CountingStats(store.UsageStats);
        var counted = new AuthStore(store.Profiles) { UsageStats = stats };
        ResolvedOrder order = ProfileOrder.Resolve(counted, new TestConfig("""{ auth: { strategy: "fill-first" } }""").Load(), "p", Now, preferred: "p:9999");
        Assert.Equal(10_000, order.Order.Count);
        Assert.Equal("p:9999", order.Order[0]);
        Assert.InRange(stats.Reads, 10_000, 15 * 10_000);
    }

    private static AuthStore Large(int count)
    {
        var profiles = Enumerable.Range(0, count).Select(i => new StoredProfile($"p:{i}", new ApiKeyCredential("p", Secret.Of("key")))).ToList();
        var usage = Enumerable.Range(0, count * 10).ToDictionary(i => $"p:{i}", i => new UsageStats { LastUsed = Now - i % 97, CooldownUntil = i % 5 == 0 ? Now + i + 1 : null });
        return new AuthStore(profiles) { UsageStats = usage };
    }

    private static ResolvedOrder Order(string config, string? lastGood = null, Dictionary<string, (long LastUsed, long CooldownUntil)>? usage = null)
    {
        var store = new JsonObject
        {
            ["profiles"] = new JsonObject(Three.Select(id => KeyValuePair.Create(id, (JsonNode?)new JsonObject { ["type"] = "api_key", ["provider"] = "p", ["key"] = "k" }))),
            ["usageStats"] = new JsonObject((usage ?? []).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)new JsonObject { ["lastUsed"] = entry.Value.LastUsed, ["cooldownUntil"] = entry.Value.CooldownUntil }))),
        };
        if (lastGood is not null) store["lastGood"] = new JsonObject { ["p"] = lastGood };
        return ProfileOrder.Resolve(StoreJson.Read(store), new TestConfig(config).Load(), "p", Now);
    }

    /// <summary>Records of use that count how often they are read.</summary>
    private sealed class CountingStats(IReadOnlyDictionary<string, UsageStats> inner) : IReadOnlyDictionary<string, UsageStats>
    {
        public int Reads { get; private set; }

        public IEnumerable<string> Keys => inner.Keys;

        public IEnumerable<UsageStats> Values => inner.Values;

        public int Count => inner.Count;

        public UsageStats this[string key] => inner[key];

        public bool ContainsKey(string key) => inner.ContainsKey(key);

        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out UsageStats value)
        {
            Reads++;
            return inner.TryGetValue(key, out value);
        }

        public IEnumerator<KeyValuePair<string, UsageStats>> GetEnumerator() => throw new InvalidOperationException("the records are looked through one by one");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
