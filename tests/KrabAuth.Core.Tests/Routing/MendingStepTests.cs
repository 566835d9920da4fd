using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Who was shown why nothing can be used is told what mends it, and not to look again.</summary>
public sealed class MendingStepTests
{
    private const string Explain = "krabauth models auth resolve --provider p";

    [Theory]
    [InlineData("waits for a limit", """ "usageStats": { "p:a": { "cooldownUntil": 1700000060000, "cooldownReason": "rate_limit" } } """, "Wait, or let them in again now: krabauth models auth cooldown clear --provider p")]
    [InlineData("waits for its credential", """ "usageStats": { "p:a": { "cooldownUntil": 1700000060000, "cooldownReason": "auth" } } """, "krabauth models auth paste-api-key --provider p --profile-id p:a")]
    [InlineData("is refused for good", """ "usageStats": { "p:a": { "disabledUntil": 1700000060000, "disabledReason": "auth_permanent" } } """, "krabauth models auth paste-api-key --provider p --profile-id p:a")]
    [InlineData("waits for money", """ "usageStats": { "p:a": { "disabledUntil": 1700000060000, "disabledReason": "billing" } } """, "When the account has credit again: krabauth models auth cooldown clear --provider p")]
    [InlineData("is disabled by a person", """ "usageStats": { "p:a": { "disabledUntil": 253402300799000, "disabledReason": "manual" } } """, "In PowerShell: Enable-KrabAuthProfile 'p:a' -Agent main -Product OpenClaw")]
    [InlineData("is left out for one that is gone", """ "order": { "p": ["p:gone"] } """, "If it is to be used: krabauth models auth order set --provider p p:a")]
    public void The_step_is_that_of_the_trouble(string trouble, string state, string step)
        => AssertStep(trouble, """{ "type": "api_key", "provider": "p", "key": "k" }""", state, step);

    [Theory]
    [InlineData("holds no secret", """{ "type": "api_key", "provider": "p" }""", "krabauth models auth paste-api-key --provider p --profile-id p:a")]
    [InlineData("has ended", """{ "type": "token", "provider": "p", "token": "t", "expires": 1600000000000 }""", "krabauth models auth paste-token --provider p --profile-id p:a")]
    public void A_credential_that_is_of_no_use_is_renewed_under_its_id(string trouble, string entry, string step)
        => AssertStep(trouble, entry, "\"order\": {}", step);

    [Theory]
    [InlineData("is described as another kind", """profiles: { "p:a": { provider: "p", mode: "oauth" } }""", "krabauth doctor")]
    [InlineData("is left out", "order: { p: [] }", "If it is to be used: krabauth models auth order set --provider p p:a")]
    public void What_the_configuration_keeps_out_is_mended_there_or_outranked(string trouble, string auth, string step)
    {
        using var state = TempState.WithStore(Store("""{ "type": "api_key", "provider": "p", "key": "k" }""", "\"order\": {}"));
        state.Write("openclaw.json", $"{{ auth: {{ {auth} }} }}");
        AssertStep(state, trouble, step);
    }

    [Theory]
    [InlineData("""{ "profiles": {} }""", "main")]
    [InlineData("""{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "own" } }, "usageStats": { "p:a": { "disabledUntil": 253402300799000, "disabledReason": "manual" } } }""", "work")]
    public void A_disabled_profile_is_let_in_where_it_is(string own, string where)
    {
        using var state = TempState.WithStore("""{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } }, "usageStats": { "p:a": { "disabledUntil": 253402300799000, "disabledReason": "manual" } } }""");
        state.Write("agents/work/agent/auth-profiles.json", own);
        AuthAgent agent = state.Agent("work");
        Assert.Equal($"In PowerShell: Enable-KrabAuthProfile 'p:a' -Agent {where} -Product OpenClaw", agent.Orders.NothingUsable(agent.Orders.Plan(new CredentialRequest("p"))).Remedy.CommandLine);
    }

    [Fact]
    public void Of_an_order_of_profiles_that_are_gone_only_a_sign_in_is_left()
    {
        using var state = TempState.WithStore("""{ "profiles": {} }""");
        state.Write("openclaw.json", """{ auth: { order: { p: ["p:gone"] } } }""");
        AuthAgent agent = state.Agent();
        Assert.Equal("krabauth models auth paste-api-key --provider p", agent.Orders.NothingUsable(agent.Orders.Plan(new CredentialRequest("p"))).Remedy.CommandLine);
    }

    private static string Store(string entry, string state) => $"{{ \"profiles\": {{ \"p:a\": {entry} }}, {state} }}";

    private static void AssertStep(string trouble, string entry, string state, string step)
    {
        using var temp = TempState.WithStore(Store(entry, state));
        AssertStep(temp, trouble, step);
    }

    private static void AssertStep(TempState state, string trouble, string step)
    {
        AuthAgent agent = state.Agent();
        KrabAuthException shown = agent.Orders.NothingUsable(agent.Orders.Plan(new CredentialRequest("p")));
        Assert.True(shown.Remedy.CommandLine == step, $"{trouble}: {shown.Remedy.CommandLine}");
        // Whoever did not see the plan is told where it is, but for money, which needs no explanation.
        KrabAuthException unseen = Assert.Throws<KrabAuthException>(() => agent.Orders.Select("p"));
        Assert.Equal(unseen.Message, shown.Message);
        Assert.Equal(step.StartsWith("When", StringComparison.Ordinal) ? step : Explain, unseen.Remedy.CommandLine);
    }
}
