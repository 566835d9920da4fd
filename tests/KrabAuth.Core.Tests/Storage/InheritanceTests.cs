using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Secondary agents see main's credentials and never get a copy of them.</summary>
public sealed class InheritanceTests
{
    private const string Main = """
        {
          "profiles": {
            "p:main": { "type": "api_key", "provider": "p", "key": "main" },
            "p:both": { "type": "api_key", "provider": "p", "key": "main's" },
            "p:o": { "type": "oauth", "provider": "p", "access": "a", "refresh": "r", "expires": 1700000060000 }
          },
          "order": { "p": ["p:both", "p:main"], "q": ["q:gone"] },
          "lastGood": { "p": "p:main", "q": "q:gone" },
          "usageStats": { "p:main": { "lastUsed": 1 }, "q:gone": { "lastUsed": 1 } }
        }
        """;

    private const string Own = """{ "profiles": { "p:both": { "type": "api_key", "provider": "p", "key": "own" }, "p:own": { "type": "api_key", "provider": "p", "key": "own" } } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_sees_its_own_profiles_over_those_of_main()
    {
        using TempState state = StateWithAgent(Own);
        IReadOnlyList<AuthProfile> profiles = state.Agent("work").Profiles.List();
        Assert.Equal(["p:both", "p:main", "p:o", "p:own"], profiles.Select(profile => profile.ProfileId));
        Assert.Equal([false, true, true, false], profiles.Select(profile => profile.Inherited));
        Assert.Equal("own", (await state.Agent("work").Credentials.ForProfileAsync("p:both", Cancellation)).Secret.Reveal());
        Assert.Equal("main's", (await state.Agent("main").Credentials.ForProfileAsync("p:both", Cancellation)).Secret.Reveal());
    }

    [Fact]
    public void A_wait_is_each_agents_own_where_no_person_made_it()
    {
        long later = FrozenClock.VectorNow + 60_000, latest = later + 60_000;
        using var state = TempState.WithStore(Main.Replace("\"p:main\": { \"lastUsed\": 1 }", $"\"p:main\": {{ \"disabledUntil\": {latest}, \"disabledReason\": \"billing\" }}", StringComparison.Ordinal));
        state.Write("agents/work/agent/auth-profiles.json", Own.Replace("{ \"profiles\"", $"{{ \"usageStats\": {{ \"p:main\": {{ \"disabledUntil\": {later}, \"disabledReason\": \"auth_permanent\" }} }}, \"profiles\"", StringComparison.Ordinal));
        UsageStats stats = state.Agent("work").Read().Stats("p:main");
        Assert.Equal((later, "auth_permanent"), (stats.DisabledUntil, stats.DisabledReason));
    }

    /// <summary>Main's spelling was found before the agent's, and an order that was set was not obeyed.</summary>
    [Fact]
    public async Task An_order_of_the_agent_replaces_that_of_main_in_whatever_spelling()
    {
        using var state = TempState.WithStore("""
            { "profiles": { "zai:a": { "type": "api_key", "provider": "zai", "key": "1" }, "zai:b": { "type": "api_key", "provider": "zai", "key": "2" } }, "order": { "Z.AI": ["zai:a", "zai:b"] } }
            """);
        state.Write("agents/work/agent/auth-profiles.json", """{ "profiles": {} }""");
        Assert.Equal("zai:a", state.Agent("work").Orders.Select("zai"));
        await state.Agent("work").Orders.SetAsync("zai", ["zai:b", "zai:a"], Cancellation);
        Assert.Equal(("zai:b", "zai:a"), (state.Agent("work").Orders.Select("zai"), state.Agent().Orders.Select("zai")));
    }

    [Theory]
    [InlineData("""["p:gone","p:main"]""", OrderSource.Stored, "The order for p names p:gone, which does not exist.")]
    [InlineData("""["p:gone","p:lost"]""", OrderSource.Derived, "The order that is stored for p counts for nothing: p:gone; p:lost do not exist.")]
    public void Of_an_order_of_the_agent_it_is_told_what_does_not_exist(string order, OrderSource source, string warning)
    {
        using TempState state = StateWithAgent($$"""{ "profiles": {}, "order": { "p": {{order}} } }""");
        ResolvedOrder resolved = state.Agent("work").Orders.Resolve("p");
        Assert.Equal(source, resolved.Source);
        Assert.Equal(source == OrderSource.Stored, resolved.Candidates.Any(candidate => candidate is { ProfileId: "p:gone", ReasonCode: ReasonCodes.ProfileMissing }));
        Assert.Equal([warning], state.Log.Warnings);
    }

    [Fact]
    public void References_to_what_is_in_neither_are_left_out()
    {
        using TempState state = StateWithAgent(Own);
        AuthAgent agent = state.Agent("work");
        Assert.Equal(["p"], agent.Read().Order.Keys);
        Assert.Equal(["p"], agent.Read().LastGood.Keys);
        Assert.Equal(["p:main"], agent.Read().UsageStats.Keys);
    }

    [Fact]
    public void Reading_makes_no_store()
    {
        using TempState state = StateWithAgent(null);
        Assert.Equal(3, state.Agent("work").Profiles.List().Count);
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Fact]
    public async Task A_first_write_copies_nothing_of_main()
    {
        using TempState state = StateWithAgent(null);
        await state.Agent("work").Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, "a-key-of-the-agent") { ProfileId = "p:new" }, Cancellation);
        string own = File.ReadAllText(state.InAgent("auth-profiles.json", "work"));
        Assert.Contains("p:new", own, StringComparison.Ordinal);
        Assert.DoesNotContain("main", own, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", own, StringComparison.Ordinal);
        Assert.Equal(Main, state.ReadStore());
    }

    [Fact]
    public async Task What_is_inherited_cannot_be_changed_from_the_agent()
    {
        using TempState state = StateWithAgent(Own);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent("work").Profiles.RemoveAsync("p:main", Cancellation));
        Assert.Equal("ProfileInherited", error.ErrorId);
        Assert.Equal(Main, state.ReadStore());
        Assert.Equal(Own, File.ReadAllText(state.InAgent("auth-profiles.json", "work")));
    }

    [Fact]
    public async Task An_agent_may_put_inherited_profiles_in_its_own_order()
    {
        using TempState state = StateWithAgent(Own);
        await state.Agent("work").Orders.SetAsync("p", ["p:o", "p:own"], Cancellation);
        Assert.Equal(["p:o", "p:own"], state.Agent("work").Orders.Resolve("p").Order);
        Assert.Equal(["p:both", "p:main"], state.Agent("main").Orders.GetStored("p"));
        Assert.Equal(Main, state.ReadStore());
    }

    [Fact]
    public async Task A_key_is_copied_to_another_agent_when_a_person_asks()
    {
        using TempState state = StateWithAgent(Own);
        AuthProfile copy = await state.Agent("main").Profiles.CopyAsync("p:main", null, state.Agent("work"), Cancellation);
        Assert.False(copy.Inherited);
        Assert.Equal("work", copy.Agent);
    }

    [Theory]
    [InlineData("main", null)]
    [InlineData("main", "p:copy")]
    [InlineData("work", "p:copy")]
    public async Task A_copy_in_another_store_has_what_KrabAuth_does_not_know(string from, string? newId)
    {
        const string Entry = """{ "type": "api_key", "provider": "p", "key": "k", "x-new": { "deep": [1] }, "metadata": { "n": 5, "s": "t" }, "region": "eu" }""";
        using var state = TempState.WithStore($"{{ \"profiles\": {{ \"p:main\": {Entry} }} }}");
        state.Write("agents/work/agent/auth-profiles.json", """{ "profiles": {} }""");
        await state.Agent(from).Profiles.CopyAsync("p:main", newId, state.Agent("work"), Cancellation);
        JsonNode copy = JsonNode.Parse(File.ReadAllText(state.InAgent("auth-profiles.json", "work")))!["profiles"]![newId ?? "p:main"]!;
        Assert.Equal(JsonNode.Parse(Entry)!.ToJsonString(), copy.ToJsonString());
    }

    [Fact]
    public void An_agent_directory_that_is_mains_is_main()
    {
        using var state = TempState.WithStore(Main);
        state.Host.Set("OPENCLAW_AGENT_DIR", Path.GetDirectoryName(state.StorePath));
        Assert.All(state.Agent().Profiles.List(), profile => Assert.False(profile.Inherited));
    }

    private static TempState StateWithAgent(string? own)
    {
        var state = TempState.WithStore(Main);
        if (own is null) Directory.CreateDirectory(state.InAgent(string.Empty, "work"));
        else state.Write("agents/work/agent/auth-profiles.json", own);
        return state;
    }
}
