using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>KrabAuth's own settings, in a file of their own for the sake of gateways that refuse what they do not know.</summary>
public sealed class OwnSettingsTests
{
    private const string Two = """{"version":1,"profiles":{"groq:a":{"type":"api_key","provider":"groq","key":"gsk-a-0123456789"},"groq:b":{"type":"api_key","provider":"groq","key":"gsk-b-0123456789"}},"lastGood":{"groq":"groq:b"},"usageStats":{"groq:b":{"lastUsed":5}}}""";

    [Theory]
    [InlineData(null, null, OrderStrategy.RoundRobin)]
    [InlineData("""{ auth: { strategy: "fill-first" } }""", null, OrderStrategy.FillFirst)]
    [InlineData(null, """{ strategy: "fill-first" } // mine""", OrderStrategy.FillFirst)]
    [InlineData("""{ auth: { strategy: "fill-first" } }""", """{ strategy: "round-robin" }""", OrderStrategy.RoundRobin)]
    [InlineData("""{ auth: { strategy: "fill-first" } }""", """{ runtimeCache: true }""", OrderStrategy.FillFirst)]
    public void The_file_wins_and_the_configuration_holds_where_it_is_silent(string? config, string? own, OrderStrategy strategy)
    {
        using var state = Make(config, own);
        Assert.Equal(strategy, state.Workspace().Config.Selection.StrategyOf("groq"));
        Assert.Equal(strategy == OrderStrategy.FillFirst ? "groq:b" : "groq:a", state.Agent().Orders.Select("groq"));
    }

    [Fact]
    public async Task The_ladder_can_stand_there()
    {
        using var state = Make("""{ auth: { cooldowns: { backoffMinutes: [9] } } }""", """{ backoffMinutes: [2] }""");
        FailureOutcome outcome = await state.Agent().Usage.RecordFailureAsync("groq:a", FailureReason.RateLimit, model: null, TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromMinutes(2), outcome.Cooldown!.Remaining);
    }

    [Fact]
    public void A_setting_that_does_not_exist_is_told()
    {
        using var state = Make(null, """{ stratgy: "fill-first" }""");
        _ = state.Workspace().Config;
        Assert.Contains("stratgy is not a setting", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_is_an_error_with_its_place()
    {
        using var state = Make(null, "{ strategy: }");
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Workspace().Config);
        Assert.Equal("ConfigCorrupt", error.ErrorId);
        Assert.Contains("krabauth.json(1,", error.Message, StringComparison.Ordinal);
    }

    private static TempState Make(string? config, string? own)
    {
        TempState state = TempState.WithStore(Two);
        if (config is not null) state.Write("openclaw.json", config);
        if (own is not null) state.Write("krabauth.json", own);
        return state;
    }
}
