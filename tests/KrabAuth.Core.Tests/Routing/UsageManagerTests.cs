using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

public sealed class UsageManagerTests
{
    private const string Two = """
        {
          "version": 1,
          "profiles": {
            "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "key-of-a-0123456789" },
            "anthropic:b": { "type": "api_key", "provider": "anthropic", "key": "key-of-b-0123456789" },
            "openrouter:r": { "type": "api_key", "provider": "openrouter", "key": "key-of-r-0123456789" }
          },
          "usageStats": { "anthropic:a": { "future": { "x": 1 }, "failureCounts": { "quota_of_the_future": 2 }, "errorCount": 2 } }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failure_is_classified_recorded_and_told()
    {
        using var state = TempState.WithStore(Two);
        var signal = new FailureSignal { Status = 429, Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Retry-After"] = "90" } };
        FailureOutcome outcome = await state.Agent().Usage.RecordFailureAsync("anthropic:a", signal, "claude-x", Cancellation);
        Assert.Equal((true, FailureReason.RateLimit, null), (outcome.IsRecorded, outcome.Reason, outcome.Detail));
        AuthCooldown wait = Assert.Single(state.Agent().Usage.List());
        Assert.Equal(
            ("anthropic:a", "anthropic", "cooldown", "rate_limit", "claude-x", 3),
            (wait.ProfileId, wait.Provider, wait.Kind, wait.Reason, wait.Model, wait.ErrorCount));
        Assert.Equal((state.Clock.GetUtcNow(), state.Clock.GetUtcNow().AddSeconds(90), TimeSpan.FromSeconds(90)), (wait.Since, wait.Until, wait.Remaining));
        Assert.Equal(outcome.Cooldown!.Until, wait.Until);
    }

    /// <summary>An agent that has a record of its own of main's profile used to go on with what a person took out of use in main.</summary>
    [Fact]
    public async Task What_a_person_disabled_in_main_is_out_of_use_for_an_agent_with_a_record_of_its_own()
    {
        using var state = TempState.WithStore(Two);
        state.Write("agents/helper/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        AuthAgent agent = state.Agent("helper");
        await agent.Usage.RecordSuccessAsync("anthropic:a", Cancellation);
        await state.Agent().Profiles.SetEnabledAsync("anthropic:a", enabled: false, Cancellation);
        Assert.Equal("anthropic:b", (await agent.Credentials.ForProviderAsync("anthropic", null, Cancellation)).ProfileId);
        await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.Auth, model: null, Cancellation);
        await state.Agent().Profiles.SetEnabledAsync("anthropic:a", enabled: true, Cancellation);
        Assert.False(agent.Read().Stats("anthropic:a").IsDisabledByUser);
    }

    [Fact]
    public async Task What_is_not_known_stays_where_it_is()
    {
        using var state = TempState.WithStore(Two);
        await state.Agent().Usage.RecordFailureAsync("anthropic:a", FailureReason.Auth, model: null, Cancellation);
        JsonNode entry = JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!;
        Assert.Equal(1, entry["future"]!["x"]!.GetValue<int>());
        Assert.Equal("""{"quota_of_the_future":2,"auth":1}""", entry["failureCounts"]!.ToJsonString());
        await state.Agent().Usage.RecordSuccessAsync("anthropic:a", Cancellation);
        Assert.Equal("""{"future":{"x":1},"errorCount":0,"lastUsed":1700000000000,"lastFailureAt":1700000000000}""", Sorted(JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!));
        Assert.Equal("anthropic:a", JsonNode.Parse(state.ReadStore())!["lastGood"]!["anthropic"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_newer_peers_say_of_a_wait_stays_with_it_and_goes_with_it()
    {
        long later = FrozenClock.VectorNow + 60_000;
        using var state = TempState.WithStore(Two.Replace(
            "\"errorCount\": 2", $"\"errorCount\": 2, \"cooldownUntil\": {later}, \"cooldownClassification\": \"c\", \"blockedUntil\": {later}, \"blockedScope\": \"s\"", StringComparison.Ordinal));
        await state.Agent().Usage.RecordFailureAsync("anthropic:a", FailureReason.Auth, model: null, Cancellation);
        JsonNode entry = JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!;
        Assert.Equal(("c", "s"), ((string?)entry["cooldownClassification"], (string?)entry["blockedScope"]));
        await state.Agent().Usage.ClearAsync("anthropic:a", cancellationToken: Cancellation);
        entry = JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!;
        Assert.Null(entry["cooldownClassification"]);
        Assert.Null(entry["blockedScope"]);
        Assert.Equal(1, (int?)entry["future"]!["x"]);
    }

    [Theory]
    [InlineData(400, "What is this?", FailureReason.Format)]
    [InlineData(500, """{"error":{"type":"server_error"}}""", FailureReason.ServerError)]
    [InlineData(504, null, FailureReason.Timeout)]
    [InlineData(413, null, null)]
    [InlineData(200, null, null)]
    public async Task What_is_no_fault_of_the_account_is_said_and_not_recorded(int status, string? message, FailureReason? reason)
    {
        using var state = TempState.WithStore(Two);
        FailureOutcome outcome = await state.Agent().Usage.RecordFailureAsync("anthropic:a", new FailureSignal { Status = status, Message = message }, model: null, Cancellation);
        Assert.Equal((false, reason), (outcome.IsRecorded, outcome.Reason));
        Assert.NotNull(outcome.Detail);
        Assert.Equal(Two, state.ReadStore());
    }

    [Fact]
    public async Task A_time_out_counts_once_the_provider_had_begun_to_answer_or_the_caller_says_so()
    {
        using var state = TempState.WithStore(Two);
        UsageManager usage = state.Agent().Usage;
        Assert.False((await usage.RecordFailureAsync("anthropic:a", new FailureSignal { Code = "ETIMEDOUT" }, model: null, Cancellation)).IsRecorded);
        Assert.True((await usage.RecordFailureAsync("anthropic:a", new FailureSignal { Code = "ETIMEDOUT", HadBegun = true }, model: null, Cancellation)).IsRecorded);
        Assert.True((await usage.RecordFailureAsync("anthropic:b", FailureReason.Timeout, model: null, Cancellation)).IsRecorded);
        Assert.False((await usage.RecordFailureAsync("anthropic:b", FailureReason.Format, model: null, Cancellation)).IsRecorded);
    }

    [Fact]
    public async Task A_provider_that_balances_its_accounts_has_none_that_wait()
    {
        using var state = TempState.WithStore(Two);
        FailureOutcome outcome = await state.Agent().Usage.RecordFailureAsync("openrouter:r", FailureReason.RateLimit, model: null, Cancellation);
        Assert.False(outcome.IsRecorded);
        Assert.Contains("openrouter", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(Two, state.ReadStore());
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_an_error()
    {
        using var state = TempState.WithStore(Two);
        UsageManager usage = state.Agent().Usage;
        foreach (Func<Task> attempt in new Func<Task>[]
        {
            () => usage.RecordFailureAsync("anthropic:z", FailureReason.Auth, model: null, Cancellation),
            () => usage.RecordFailureAsync("anthropic:z", new FailureSignal { Status = 429 }, model: null, Cancellation),
            () => usage.RecordSuccessAsync("anthropic:z", Cancellation),
            () => usage.ClearAsync("anthropic:z", provider: null, Cancellation),
        })
        {
            Assert.Equal("ProfileNotFound", (await Assert.ThrowsAsync<KrabAuthException>(attempt)).ErrorId);
        }
        Assert.Equal(Two, state.ReadStore());
    }

    [Fact]
    public async Task A_success_a_moment_after_a_success_is_no_write()
    {
        using var state = TempState.WithStore(Two);
        UsageManager usage = state.Agent().Usage;
        Assert.True(await usage.RecordSuccessAsync("anthropic:b", Cancellation));
        state.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(await usage.RecordSuccessAsync("anthropic:b", Cancellation));
        state.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await usage.RecordSuccessAsync("anthropic:b", Cancellation));
        await usage.RecordFailureAsync("anthropic:b", FailureReason.Auth, model: null, Cancellation);
        Assert.True(await usage.RecordSuccessAsync("anthropic:b", Cancellation));
    }

    [Fact]
    public async Task Profiles_take_turns_however_fast_they_are_used()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        var used = new List<string>();
        for (int i = 0; i < 6; i++)
        {
            string id = agent.Orders.Select("anthropic");
            used.Add(id);
            state.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await agent.Usage.RecordSuccessAsync(id, Cancellation);
        }
        Assert.Equal(["anthropic:a", "anthropic:b", "anthropic:a", "anthropic:b", "anthropic:a", "anthropic:b"], used);
    }

    [Fact]
    public async Task Clearing_ends_waits_and_nothing_that_a_person_decided()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        await agent.Profiles.SetEnabledAsync("anthropic:b", enabled: false, Cancellation);
        await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.Billing, model: null, Cancellation);
        await agent.Usage.RecordFailureAsync("anthropic:b", FailureReason.Billing, model: null, Cancellation);
        Assert.Equal(["anthropic:a"], agent.Usage.List().Select(wait => wait.ProfileId));
        Assert.Equal(["anthropic:a", "anthropic:b"], await agent.Usage.ClearAsync(provider: "anthropic", cancellationToken: Cancellation));
        Assert.Empty(agent.Usage.List());
        Assert.False(agent.Profiles.Get("anthropic:b").Enabled);
        Assert.Equal(0, agent.Profiles.Get("anthropic:b").ErrorCount);
        Assert.Equal("anthropic:a", agent.Orders.Select("anthropic"));
        Assert.Empty(await agent.Usage.ClearAsync(cancellationToken: Cancellation));
        await agent.Profiles.SetEnabledAsync("anthropic:b", enabled: true, Cancellation);
        Assert.True(agent.Profiles.Get("anthropic:b").Enabled);
    }

    [Fact]
    public async Task An_agent_keeps_the_use_of_what_it_inherits()
    {
        using var state = TempState.WithStore(Two);
        state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        await state.Agent().Usage.RecordFailureAsync("anthropic:b", FailureReason.Billing, model: null, Cancellation);
        AuthAgent work = state.Agent("work");
        string main = state.ReadStore();
        await work.Usage.RecordFailureAsync("anthropic:b", FailureReason.RateLimit, model: null, Cancellation);
        // What main knew of it goes on being so.
        Assert.Equal("disabled", Assert.Single(work.Usage.List()).Kind);
        Assert.Equal(["anthropic:b"], await work.Usage.ClearAsync("anthropic:b", provider: null, Cancellation));
        Assert.Empty(work.Usage.List());
        await work.Usage.RecordSuccessAsync("anthropic:b", Cancellation);
        Assert.Equal(main, state.ReadStore());
        Assert.Equal("disabled", Assert.Single(state.Agent().Usage.List()).Kind);
    }

    [Fact]
    public async Task What_a_person_disabled_in_main_leaves_no_copy_in_an_agent()
    {
        using var state = TempState.WithStore(Two);
        state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        await state.Agent().Profiles.SetEnabledAsync("anthropic:b", enabled: false, Cancellation);
        AuthAgent work = state.Agent("work");
        Assert.False((await work.Usage.RecordFailureAsync("anthropic:b", FailureReason.RateLimit, model: null, Cancellation)).IsRecorded);
        Assert.False(await work.Usage.RecordSuccessAsync("anthropic:b", Cancellation));
        await state.Agent().Profiles.SetEnabledAsync("anthropic:b", enabled: true, Cancellation);
        Assert.True(state.Agent("work").Profiles.Get("anthropic:b").Enabled);
    }

    [Fact]
    public async Task In_two_files_use_goes_to_the_second()
    {
        using var state = TempState.WithStore(Two, """{ "version": 1 }""");
        await state.Agent().Usage.RecordFailureAsync("anthropic:a", FailureReason.Auth, model: null, Cancellation);
        await state.Agent().Usage.RecordSuccessAsync("anthropic:b", Cancellation);
        Assert.Equal(Two, state.ReadStore());
        JsonNode second = JsonNode.Parse(state.ReadState())!;
        Assert.Equal(3, second["usageStats"]!["anthropic:a"]!["errorCount"]!.GetValue<int>());
        Assert.Equal("anthropic:b", second["lastGood"]!["anthropic"]!.GetValue<string>());
    }

    [Fact]
    public async Task When_nothing_is_usable_five_profiles_are_named_and_the_others_counted()
    {
        var profiles = new JsonObject(Enumerable.Range(1, 8).Select(i => KeyValuePair.Create($"groq:p{i}", (JsonNode?)new JsonObject { ["type"] = "api_key", ["provider"] = "groq", ["key"] = "ollama-local" })));
        using var state = TempState.WithStore(new JsonObject { ["profiles"] = profiles.DeepClone() }.ToJsonString());
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Agent().Orders.Select("groq"));
        Assert.EndsWith("; groq:p5: it holds no secret; and 3 more.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("groq:p6", error.Message, StringComparison.Ordinal);
        // The same where each was tried, and failed.
        foreach ((_, JsonNode? profile) in profiles) profile!["key"] = "${KRABAUTH_NO_SUCH_VARIABLE}";
        state.Write("agents/main/agent/auth-profiles.json", new JsonObject { ["profiles"] = profiles.DeepClone() }.ToJsonString());
        error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Credentials.ForProviderAsync("groq", null, Cancellation));
        Assert.EndsWith("; and 3 more.", error.Message, StringComparison.Ordinal);
        // Eight profiles were looked at, in one reading of the store.
        Assert.Equal(2, state.Log.VerboseMessages.Count(line => line.StartsWith("Reading ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task When_nothing_is_usable_the_error_says_what_comes_back_first_when_and_why()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.RateLimit, model: null, Cancellation);
        state.Clock.Advance(TimeSpan.FromSeconds(1));
        await agent.Usage.RecordFailureAsync("anthropic:b", FailureReason.Billing, model: null, Cancellation);
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => agent.Orders.Select("anthropic"));
        Assert.Equal(("NoUsableProfile", "No usable auth profile for anthropic: anthropic:a comes back first, in 1m (rate_limit)."), (error.ErrorId, error.Message));
        Assert.Contains("Clear-KrabAuthCooldown -Provider anthropic", error.Remedy.PowerShell, StringComparison.Ordinal);
        Assert.Contains("models auth cooldown clear --provider anthropic", error.Remedy.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_lose_no_count()
    {
        using var state = TempState.WithStore(Two);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => state.Agent().Usage.RecordFailureAsync("anthropic:b", FailureReason.RateLimit, model: null, Cancellation), Cancellation)));
        UsageStats stats = state.Agent().Read().Stats("anthropic:b");
        Assert.Equal((40, 40, state.Clock.Milliseconds + 60_000), (stats.ErrorCount, stats.FailureCounts["rate_limit"], stats.CooldownUntil));
    }

    private static string Sorted(JsonNode entry) => new JsonObject(entry.AsObject()
        .OrderBy(member => Array.IndexOf(["future", "errorCount", "lastUsed", "lastFailureAt"], member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
}
