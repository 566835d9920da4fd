using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Waits of one model.</summary>
public sealed class ModelWaitTests
{
    private const string Two = """
        {
          "version": 1,
          "profiles": {
            "anthropic:a": { "type": "api_key", "provider": "anthropic", "key": "key-of-a-0123456789" },
            "anthropic:b": { "type": "api_key", "provider": "anthropic", "key": "key-of-b-0123456789" }
          }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One model that an account does not have, or a conversation that is gone, shut out the whole account.</summary>
    [Fact]
    public async Task A_model_that_is_not_there_waits_alone_and_no_peer_sees_it()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        FailureOutcome outcome = await agent.Usage.RecordFailureAsync("anthropic:a", new FailureSignal { Status = 404, Message = "model: m1 not found" }, "m1", Cancellation);
        Assert.Equal((true, FailureReason.ModelNotFound, "m1", "cooldown"), (outcome.IsRecorded, outcome.Reason, outcome.Cooldown!.Model, outcome.Kind));
        AuthCooldown wait = Assert.Single(agent.Usage.List());
        Assert.Equal(("model_not_found", "m1", TimeSpan.FromMinutes(1)), (wait.Reason, wait.Model, wait.Remaining));
        Assert.Equal("anthropic:b", agent.Orders.Select("anthropic", "m1"));
        Assert.Equal("anthropic:a", agent.Orders.Select("anthropic", "m2"));
        Assert.Equal("anthropic:a", agent.Orders.Select("anthropic"));
        JsonObject entry = JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!.AsObject();
        Assert.False(entry.ContainsKey("cooldownUntil"));
        OrderCandidate candidate = agent.Orders.Resolve("anthropic", "m1").Candidates.Single(candidate => candidate.ProfileId == "anthropic:a");
        Assert.Equal(("cooldown (model_not_found), back in 1m", "model_not_found", "m1"), (candidate.Explanation, candidate.WaitReason, candidate.WaitModel));
        Assert.Equal(["anthropic:a"], await agent.Usage.ClearAsync("anthropic:a", provider: null, Cancellation));
        Assert.Empty(agent.Usage.List());
        Assert.False(JsonNode.Parse(state.ReadStore())!["usageStats"]!["anthropic:a"]!.AsObject().ContainsKey("krabauthModelWaits"));
    }

    [Theory]
    [InlineData(404, "not found", FailureReason.ModelNotFound, null)]
    [InlineData(410, "conversation not found", FailureReason.SessionExpired, "m1")]
    public async Task What_says_nothing_of_the_account_is_not_recorded_and_still_tries_the_next(int status, string message, FailureReason reason, string? model)
    {
        using var state = TempState.WithStore(Two);
        var signal = new FailureSignal { Status = status, Message = message };
        FailureOutcome outcome = await state.Agent().Usage.RecordFailureAsync("anthropic:a", signal, model, Cancellation);
        Assert.Equal((false, reason), (outcome.IsRecorded, outcome.Reason));
        Assert.Equal(Two, state.ReadStore());
        FailoverCall call = state.Agent().BeginCall(new CredentialRequest("anthropic") { Model = model });
        await call.NextAsync(Cancellation);
        Assert.Equal(reason, (await call.FailAsync(signal, Cancellation)).Reason);
        Assert.Equal("anthropic:b", (await call.NextAsync(Cancellation)).ProfileId);
    }

    /// <summary>What a peer ended is over, though the peer does not know our note.</summary>
    [Fact]
    public async Task A_wait_of_a_model_ends_when_a_peer_forgets_the_failures()
    {
        using var state = TempState.WithStore(Two);
        await state.Agent().Usage.RecordFailureAsync("anthropic:b", FailureReason.ModelNotFound, "m1", Cancellation);
        JsonNode store = JsonNode.Parse(state.ReadStore())!;
        store["usageStats"]!["anthropic:b"]!["errorCount"] = 0;
        state.Write("agents/main/agent/auth-profiles.json", store.ToJsonString());
        Assert.Empty(state.Agent().Usage.List());
        await state.Agent().Usage.RecordFailureAsync("anthropic:b", FailureReason.ModelNotFound, "m2", Cancellation);
        Assert.Equal(["m2"], state.Agent().Usage.List().Select(wait => wait.Model));
    }

    [Fact]
    public async Task What_an_order_explains_is_the_wait_of_the_model_that_is_asked_for()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        var stated = new FailureSignal { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "18000" } };
        await agent.Usage.RecordFailureAsync("anthropic:a", stated, "m1", Cancellation);
        await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.Auth, "m2", Cancellation);
        Assert.Equal("cooldown (auth), back in 1m", Explain("m2"));
        Assert.Equal("cooldown (rate_limit), back in 5h", Explain("m1"));
        state.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("usable", Explain("m2"));
        Assert.Equal("cooldown (rate_limit), back in 5h", Explain("m1"));

        string Explain(string model) => agent.Orders.Resolve("anthropic", model).Candidates.Single(candidate => candidate.ProfileId == "anthropic:a").Explanation;
    }

    [Fact]
    public async Task A_limit_of_one_model_leaves_the_others_free()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        foreach (string id in new[] { "anthropic:a", "anthropic:b" }) await agent.Usage.RecordFailureAsync(id, FailureReason.RateLimit, "m1", Cancellation);
        Assert.Equal("anthropic:a", agent.Orders.Select("anthropic", "m2"));
        Assert.Throws<KrabAuthException>(() => agent.Orders.Select("anthropic", "m1"));
        Assert.Throws<KrabAuthException>(() => agent.Orders.Select("anthropic"));
    }

    /// <summary>A limit of five hours of one model shut out all others when one of them failed for a moment.</summary>
    [Fact]
    public async Task A_limit_of_one_model_stays_that_model_s_whatever_else_fails()
    {
        using var state = TempState.WithStore(Two);
        AuthAgent agent = state.Agent();
        await agent.Usage.RecordFailureAsync("anthropic:a", new FailureSignal { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "18000" } }, "m1", Cancellation);
        FailureOutcome second = await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.RateLimit, "m2", Cancellation);
        Assert.Equal(("m2", TimeSpan.FromMinutes(1)), (second.Cooldown!.Model, second.Cooldown.Remaining));
        Assert.Equal("anthropic:a", agent.Orders.Select("anthropic", "m3"));
        FailureOutcome third = await agent.Usage.RecordFailureAsync("anthropic:a", FailureReason.Overloaded, "m3", Cancellation);
        Assert.Equal((null, TimeSpan.FromMinutes(1)), (third.Cooldown!.Model, third.Cooldown.Remaining));
        Assert.Equal("anthropic:b", agent.Orders.Select("anthropic", "m3"));
        Assert.Equal([(null, 1), ("m2", 1), ("m1", 300)], agent.Usage.List().Select(wait => (wait.Model, (int)wait.Remaining.TotalMinutes)).OrderBy(wait => wait.Item2).ThenBy(wait => wait.Model));
        state.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["m1"], agent.Usage.List().Select(wait => wait.Model));
        // A request without a model waits for all of them, and so says the profile.
        Assert.Equal(agent.Usage.List()[0].Until, agent.Profiles.Get("anthropic:a").CooldownUntil);
        foreach (string model in new[] { "m2", "m3" }) Assert.Equal("anthropic:a", agent.Orders.Select("anthropic", model));
        Assert.Equal("anthropic:b", agent.Orders.Select("anthropic", "m1"));
    }
}
