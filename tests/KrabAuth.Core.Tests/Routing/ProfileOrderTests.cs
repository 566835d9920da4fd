using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.Conformance;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Which rule makes the order, and what each candidate says of its place.</summary>
public sealed class ProfileOrderTests
{
    private const long Now = FrozenClock.VectorNow;
    private const string Profiles = """
        "p:a": { "type": "api_key", "provider": "p", "key": "a" }, "p:b": { "type": "api_key", "provider": "p", "key": "b" },
        "p:o": { "type": "oauth", "provider": "p", "access": "o", "refresh": "r", "expires": 1800000000000 },
        "q:a": { "type": "api_key", "provider": "q", "key": "q" }, "openrouter:r": { "type": "api_key", "provider": "openrouter", "key": "r" }
        """;

    private const string Listed = """{ auth: { profiles: { "q:a": { provider: "q", mode: "api_key" }, "p:a": { provider: "p", mode: "api_key" } } } }""";
    private const string FillFirst = """{ auth: { strategy: "fill-first" } }""";

    [Theory]
    [InlineData("", "{}", OrderSource.Derived, "p:o p:a p:b")]
    [InlineData("", Listed, OrderSource.ConfigProfiles, "p:a")]
    [InlineData("""{ "p": ["p:b"] }""", Listed, OrderSource.Stored, "p:b")]
    // An empty order is a decision; one of profiles that are all gone is stale, where the configuration describes others.
    [InlineData("""{ "p": [] }""", Listed, OrderSource.Stored, "")]
    [InlineData("""{ "p": ["p:gone"] }""", Listed, OrderSource.Stored, "p:a p:b p:o")]
    [InlineData("""{ "p": ["p:gone"] }""", "{}", OrderSource.Stored, "")]
    [InlineData("""{ "p": ["p:gone", "q:a"] }""", Listed, OrderSource.Stored, "")]
    public void An_order_comes_from_the_store_the_configuration_or_the_profiles(string stored, string config, OrderSource source, string expected)
    {
        ResolvedOrder order = Resolve(config, stored);
        Assert.Equal((source, expected), (order.Source, string.Join(' ', order.Order)));
    }

    [Fact]
    public void Each_candidate_says_which_rule_put_it_where_it_is()
    {
        const string Usage = """{ "p:a": { "cooldownUntil": 1700000060000 }, "p:b": { "cooldownUntil": 1699999999999, "lastUsed": 1 } }""";
        Assert.Equal([("p:o", PlacementRule.RoundRobin), ("p:b", PlacementRule.RoundRobin), ("p:a", PlacementRule.Waiting)], Rules(Resolve("{}", usage: Usage)));
        Assert.Equal([("p:b", PlacementRule.FillFirst), ("p:o", PlacementRule.RoundRobin), ("p:a", PlacementRule.Waiting)], Rules(Resolve(FillFirst, usage: Usage)));
        Assert.Equal([("p:b", PlacementRule.Given), ("p:o", null)], Rules(Resolve("{}", """{ "p": ["p:b"] }""", """{ "p:a": { "disabledUntil": 9 } }""")).Where(rule => rule.Id != "p:a"));
        Assert.Equal([("p:a", PlacementRule.Pin), ("p:o", PlacementRule.RoundRobin), ("p:b", PlacementRule.RoundRobin)], Rules(Resolve("{}", usage: Usage, preferred: "p:a")));
        Assert.Equal([("p:a", PlacementRule.Given), ("p:b", null), ("p:o", null)], Rules(Resolve("{}", """{ "p": ["p:a"] }""", preferred: "p:b")));
    }

    [Fact]
    public void Each_candidate_says_whether_it_is_listed_and_until_when_it_waits()
    {
        ResolvedOrder order = Resolve("{}", """{ "p": ["p:b", "q:a"] }""", """{ "p:b": { "cooldownUntil": 1700000060000 }, "p:a": { "cooldownUntil": 1699999999999 } }""");
        Assert.Equal([("p:b", true, Now + 60_000), ("q:a", true, null), ("p:a", false, null), ("p:o", false, (long?)null)], order.Candidates.Select(candidate => (candidate.ProfileId, candidate.IsListed, candidate.UnusableUntil)));
        Assert.Null(order.Selected);
        Assert.Equal(string.Empty, new OrderCandidate("p:a", ReasonCodes.Ok, null, null, 1).Explanation);
    }

    [Theory]
    [InlineData("""{ "cooldownUntil": 1700000060000 }""", "cooldown, back in 1m")]
    [InlineData("""{ "cooldownUntil": 1700000060000, "cooldownReason": "auth" }""", "cooldown (auth), back in 1m")]
    [InlineData("""{ "disabledUntil": 1700003600000, "disabledReason": "billing" }""", "disabled (billing), back in 1h")]
    [InlineData("""{ "blockedUntil": 1700003600000 }""", "blocked (rate_limit), back in 1h")]
    [InlineData("""{ "disabledUntil": 253402300799000, "disabledReason": "manual" }""", "disabled by the user")]
    [InlineData("""{ "cooldownUntil": 1700000000000 }""", "usable")]
    public void A_wait_is_explained(string usage, string words)
        => Assert.Equal(words, Resolve("{}", """{ "p": ["p:a"] }""", $$"""{ "p:a": {{usage}} }""").Candidates[0].Explanation);

    /// <summary>Its accounts are balanced by the provider itself, in whatever order one of them stands.</summary>
    [Fact]
    public void A_profile_of_a_provider_that_balances_its_accounts_never_waits()
        => Assert.Null(Resolve("{}", """{ "p": ["openrouter:r"] }""", """{ "openrouter:r": { "cooldownUntil": 1700000060000 } }""").Candidates[0].Kind);

    [Theory]
    [InlineData("""{ "p:b": { "lastUsed": 5 } }""", "p:b p:o p:a")]
    [InlineData("{}", "p:o p:a p:b")]
    [InlineData("""{ "p:a": { "lastUsed": 0 } }""", "p:o p:a p:b")]
    public void Fill_first_stays_with_the_account_that_was_used_whatever_its_kind_and_with_none_that_never_was(string usage, string expected)
    {
        ResolvedOrder order = Resolve(FillFirst, usage: usage);
        Assert.Equal((OrderStrategy.FillFirst, expected), (order.Strategy, string.Join(' ', order.Order)));
        Assert.Equal(OrderStrategy.RoundRobin, Resolve("{}", usage: usage).Strategy);
    }

    private static IEnumerable<(string Id, PlacementRule? Rule)> Rules(ResolvedOrder order) => order.Candidates.Select(candidate => (candidate.ProfileId, candidate.Rule));

    private static ResolvedOrder Resolve(string config, string stored = "", string usage = "{}", string? preferred = null)
    {
        string order = stored.Length == 0 ? string.Empty : $"\"order\": {stored},";
        JsonNode store = JsonNode.Parse($$"""{ "profiles": { {{Profiles}} }, {{order}} "usageStats": {{usage}} }""")!;
        return ProfileOrder.Resolve(StoreJson.Read(store), new TestConfig(config).Load(), "p", Now, preferred);
    }
}
