using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What a clock that was wrong wrote.</summary>
public sealed class ClockAheadTests
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

    /// <summary>A machine whose clock stood a year ahead kept every profile out for a year.</summary>
    [Fact]
    public async Task Waits_that_a_clock_ahead_left_are_none()
    {
        using var state = TempState.WithStore(Two);
        UsageManager usage = state.Agent().Usage;
        state.Clock.Advance(TimeSpan.FromDays(365));
        await usage.RecordFailureAsync("anthropic:a", FailureReason.Billing, model: null, Cancellation);
        await usage.RecordFailureAsync("anthropic:a", FailureReason.ModelNotFound, "m1", Cancellation);
        await usage.RecordFailureAsync("anthropic:b", FailureReason.RateLimit, model: null, Cancellation);
        state.Clock.Advance(TimeSpan.FromDays(-365));
        Assert.Empty(usage.List());
        Assert.Equal("anthropic:a", state.Agent().Orders.Select("anthropic", "m1"));
        Assert.Null(state.Agent().Profiles.Get("anthropic:b").CooldownUntil);
        // A failure now waits from now, and a success is believed.
        Assert.Equal(state.Clock.GetUtcNow().AddMinutes(1), (await usage.RecordFailureAsync("anthropic:b", FailureReason.RateLimit, model: null, Cancellation)).Cooldown!.Until);
        await state.Agent().Credentials.ForProviderAsync("anthropic", null, Cancellation);
        FailoverCall call = state.Agent().BeginCall(new CredentialRequest("anthropic"));
        await call.NextAsync(Cancellation);
        await call.SucceedAsync(Cancellation);
        state.Clock.Advance(TimeSpan.FromDays(365));
        Assert.Empty(usage.List());
    }

    /// <summary>Machines that share a store differ by seconds: a wait that another one began a moment "ahead" is one.</summary>
    [Fact]
    public async Task A_clock_that_is_a_little_ahead_is_believed()
    {
        using var state = TempState.WithStore(Two);
        state.Clock.Advance(TimeSpan.FromSeconds(30));
        await state.Agent().Usage.RecordFailureAsync("anthropic:a", FailureReason.RateLimit, model: null, Cancellation);
        state.Clock.Advance(TimeSpan.FromSeconds(-30));
        Assert.Equal(TimeSpan.FromSeconds(90), Assert.Single(state.Agent().Usage.List()).Remaining);
    }
}
