using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Secrets;

/// <summary>A check, a plan and a use say the same of a profile whose secret is kept elsewhere, or may not be.</summary>
public sealed class ReferenceHealthTests : SecretsTestBase
{
    private const string Plain = """{ "type": "api_key", "provider": "openai", "key": "sk-plain" }""";

    // #114577
    [Theory]
    [InlineData("""{ "access": { "source": "env", "provider": "default", "id": "MY_KEY" }, "refresh": "rt" }""", "access")]
    [InlineData("""{ "access": "at", "refresh": { "source": "env", "id": "MY_KEY" } }""", "refresh")]
    [InlineData("""{ "access": "${MY_KEY}", "refresh": "rt" }""", "access")]
    [InlineData("""{ "access": "at", "refresh": "rt", "keyRef": { "source": "env", "provider": "default", "id": "MY_KEY" } }""", "keyRef")]
    [InlineData("""{ "access": "at", "refresh": "rt", "token": "$MY_KEY" }""", "token")]
    public async Task A_sign_in_with_a_reference_is_refused_by_whatever_looks_at_it(string members, string member)
    {
        State.Host.Set("MY_KEY", Value);
        SignIn(members);
        AuthAgent agent = State.Agent();
        AuthCheck check = Check("openai-codex:bad");
        Assert.Equal((AuthCheckResult.Failed, AuthStatus.Missing, "refused_ref"), (check.Result, check.Status, check.Reason));
        Assert.StartsWith($"{member} is a reference", check.Detail, StringComparison.Ordinal);
        Assert.Equal("Connect-KrabProvider openai-codex -ProfileId 'openai-codex:bad'", check.Recommendation);
        ResolvedOrder order = agent.Orders.Resolve("openai-codex");
        Assert.Equal((null, "refused_ref"), (order.Selected, Assert.Single(order.Candidates).ReasonCode));
        AuthProfile listed = agent.Profiles.Get("openai-codex:bad");
        Assert.Equal((AuthStatus.Missing, "refused_ref", false), (listed.Status, listed.Reason, listed.Refreshable));
        foreach (Func<Task> use in new Func<Task>[] { () => agent.Credentials.ForProfileAsync("openai-codex:bad", Cancellation), () => agent.Credentials.RenewAsync("openai-codex:bad", Cancellation) })
        {
            KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(use);
            Assert.Contains("policy validation failed: OAuth + SecretRef is not supported", error.Message, StringComparison.Ordinal);
        }
        KrabAuthException nothing = await Assert.ThrowsAsync<KrabAuthException>(() => agent.Credentials.ForProviderAsync("openai-codex", cancellationToken: Cancellation));
        Assert.Contains("a reference stands where an OAuth sign-in has its tokens", nothing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "access": { "source": "env", "id": "MY_KEY" }, "refresh": { "source": "env", "id": "MY_KEY" } }""")]
    [InlineData("""{ "access": "at", "refresh": "rt", "keyRef": { "source": "env", "provider": "default", "id": "MY_KEY" }, "note": 1 }""")]
    public async Task To_sign_in_again_takes_the_reference_away(string members)
    {
        SignIn(members);
        await State.Agent().UpdateAsync(
            (_, editor) =>
            {
                editor.Put("openai-codex:bad", new OAuthCredential("openai-codex", KrabAuth.Secrets.Secret.Of("new"), null) { Expires = State.Clock.Milliseconds + 3_600_000 });
                return true;
            },
            Cancellation);
        JsonObject entry = JsonNode.Parse(State.ReadStore())!["profiles"]!["openai-codex:bad"]!.AsObject();
        Assert.Equal(("new", false, false), ((string?)entry["access"], entry.ContainsKey("keyRef"), entry.ContainsKey("refresh")));
        Assert.Equal(members.Contains("note", StringComparison.Ordinal), entry.ContainsKey("note"));
        Assert.Equal("ok", State.Agent().Profiles.Get("openai-codex:bad").Reason);
    }

    [Fact]
    public async Task A_reference_is_refused_where_the_configuration_says_oauth()
    {
        State.Write("openclaw.json", """{ auth: { profiles: { "openai:a": { provider: "openai", mode: "oauth" } } } }""");
        Store(""" "openai:a": { "type": "token", "provider": "openai", "tokenRef": { "source": "env", "provider": "default", "id": "MY_KEY" } } """);
        State.Host.Set("MY_KEY", Value);
        AuthCheck check = Check("openai:a");
        Assert.Equal((AuthCheckResult.Failed, "refused_ref", "the configuration gives the profile mode oauth"), (check.Result, check.Reason, check.Detail));
        Assert.Equal("refused_ref", Assert.Single(State.Agent().Orders.Resolve("openai").Candidates).ReasonCode);
        Assert.Contains("policy validation failed", await Problem("SecretReferenceRefused"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "source": "env", "provider": "default", "id": "MY_KEY" }""", "the environment variable MY_KEY is not set")]
    [InlineData("""{ "source": "file", "provider": "keys", "id": "/none" }""", "has nothing at /none")]
    [InlineData("""{ "source": "file", "provider": "gone", "id": "/a" }""", "does not exist")]
    [InlineData("""{ "source": "file", "provider": "nowhere", "id": "/a" }""", "secrets.providers has no \"nowhere\"")]
    [InlineData("""{ "source": "exec", "provider": "none", "id": "id1" }""", "secrets.providers has no \"none\"")]
    [InlineData("""{ "source": "exec", "provider": "keys", "id": "id1" }""", "secrets.providers.keys has source file, not exec")]
    public async Task A_reference_that_is_known_to_lead_nowhere_fails_a_check_and_is_passed_over(string reference, string problem)
    {
        State.Write("keys.json", """{ "other": "x" }""");
        Providers($$"""{ keys: { source: "file", path: "{{Json(State.InState("keys.json"))}}" }, gone: { source: "file", path: "{{Json(State.InState("gone.json"))}}" } }""");
        Store($$""" "openai:a": { "type": "api_key", "provider": "openai", "keyRef": {{reference}} }, "openai:b": {{Plain}} """, ""","order":{"openai":["openai:a","openai:b"]}""");
        AuthCheck check = Check("openai:a");
        Assert.Equal((AuthCheckResult.Failed, AuthStatus.Missing, "unresolved_ref"), (check.Result, check.Status, check.Reason));
        Assert.Contains(problem, check.Detail, StringComparison.Ordinal);
        StatusReport report = State.Agent().Health.Status();
        Assert.Equal((AuthStatus.Missing, "unresolved_ref"), (report.Profiles[0].Status, report.Profiles[0].Reason));
        ProviderStatus provider = Assert.Single(report.Providers);
        Assert.Equal("openai:b", provider.Selected);
        Assert.EndsWith(" [unresolved_ref]", provider.Labels[0], StringComparison.Ordinal);
        Assert.DoesNotContain("[", provider.Labels[1], StringComparison.Ordinal);
        ResolvedOrder order = State.Agent().Orders.Resolve("openai");
        Assert.Equal(("openai:b", 1), (order.Selected, order.Candidates[0].Rank));
        Assert.Equal(("openai:a", "unresolved_ref", null, false), (order.Candidates[1].ProfileId, order.Candidates[1].ReasonCode, order.Candidates[1].Rank, order.Candidates[1].Eligible));
        Assert.Contains(problem, order.Candidates[1].Explanation, StringComparison.Ordinal);
        // What is used is what was foretold.
        Assert.Equal("openai:b", (await State.Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation)).ProfileId);
    }

    [Fact]
    public void A_monitor_names_the_variable_and_hears_that_it_is_set()
    {
        Reference("""{ "source": "env", "provider": "default", "id": "MY_KEY" }""");
        MonitorChange change = MonitorDifference.Between([], State.Agent().Health.Check()).News[0];
        Assert.Equal("openai:a fails: unresolved_ref (the environment variable MY_KEY is not set).", change.Message);
        KrabAuthException nothing = Assert.Throws<KrabAuthException>(() => State.Agent().Orders.Select("openai"));
        Assert.Contains("the environment variable MY_KEY is not set", nothing.Message, StringComparison.Ordinal);
        State.Host.Set("MY_KEY", Value);
        Assert.Equal((AuthCheckResult.Passed, "ok"), (Check("openai:a").Result, Check("openai:a").Reason));
        Assert.Equal("openai:a", State.Agent().Orders.Select("openai"));
    }

    [Fact]
    public void What_only_a_program_or_a_vault_can_tell_is_not_held_against_a_profile()
    {
        string trace = State.InState("ran");
        Providers($$"""{ e: { source: "exec", command: "/usr/bin/touch", args: ["{{Json(trace)}}"] } }""");
        Store("""
            "groq:a": { "type": "api_key", "provider": "groq", "keyRef": { "source": "exec", "provider": "e", "id": "k" } },
            "groq:b": { "type": "api_key", "provider": "groq", "keyRef": { "source": "vault", "provider": "v", "id": "k" } }
            """);
        Assert.All(State.Agent().Health.Check(), check => Assert.Equal(AuthCheckResult.Passed, check.Result));
        Assert.Equal(["groq:a", "groq:b"], State.Agent().Orders.Resolve("groq").Order);
        Assert.False(File.Exists(trace));
    }

    // secrets.resolution limits one use; a check looks at all profiles at once.
    [Fact]
    public void More_references_than_one_use_may_have_are_judged_all_the_same()
    {
        State.Write("openclaw.json", "{ secrets: { resolution: { maxRefsPerProvider: 2 } } }");
        for (int i = 0; i < 5; i++) State.Host.Set($"KEY_{i}", Value);
        Store(string.Join(',', Enumerable.Range(0, 6).Select(i => $$""" "openai:{{i}}": { "type": "api_key", "provider": "openai", "key": "${KEY_{{i}}}" } """)));
        AuthCheck failed = Assert.Single(State.Agent().Health.Check(), check => check is { Kind: AuthCheckKind.Profile, Result: AuthCheckResult.Failed });
        Assert.Equal(("openai:5", "the environment variable KEY_5 is not set"), (failed.Target, failed.Detail));
    }

    private AuthCheck Check(string id) => State.Agent().Health.Check().Single(check => check.ProfileId == id);

    private void SignIn(string members)
    {
        JsonObject entry = JsonNode.Parse(members)!.AsObject();
        entry["type"] = "oauth";
        entry["provider"] = "openai-codex";
        entry["expires"] = FrozenClock.VectorNow + 20L * 24 * 3600 * 1000;
        Store($"\"openai-codex:bad\": {entry.ToJsonString()}");
    }

    private void Store(string profiles, string rest = "") => State.Write("agents/main/agent/auth-profiles.json", $$"""{ "version": 1, "profiles": { {{profiles}} }{{rest}} }""");

    private static string Json(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal);
}
