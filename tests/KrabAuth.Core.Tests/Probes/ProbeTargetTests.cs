using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Probes;

/// <summary>What is tried, what is not, and why not.</summary>
public sealed class ProbeTargetTests : IDisposable
{
    private const string Groq = "https://api.groq.com/openai/v1/chat/completions";
    private const string Secret = "gsk_0123456789abcdefghij";

    private readonly FakeProviderApi _api = new FakeProviderApi().Serve(Groq, "{}");

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Excluded_ineligible_and_disabled_ones_are_told_and_not_tried()
    {
        using TempState state = Store(
            new JsonObject
            {
                ["groq:b"] = Key("groq"), ["groq:a"] = Key("groq"), ["groq:off"] = Key("groq"),
                ["groq:old"] = new JsonObject { ["type"] = "token", ["provider"] = "groq", ["token"] = "t-0123456789", ["expires"] = FrozenClock.VectorNow - 1 },
                ["groq:cooling"] = Key("groq"),
            },
            new JsonObject { ["groq"] = new JsonArray("groq:b", "groq:old", "groq:off", "groq:cooling") },
            new JsonObject { ["groq:cooling"] = new JsonObject { ["cooldownUntil"] = FrozenClock.VectorNow + 60_000 } });
        await state.Agent().Profiles.SetEnabledAsync("groq:off", enabled: false, TestContext.Current.CancellationToken);
        ProbeReport report = await ProbeAsync(state);
        Assert.Equal(["groq:a", "groq:b", "groq:cooling", "groq:off", "groq:old"], report.Results.Select(result => result.ProfileId));
        Assert.Equal(["excluded_by_auth_order", null, null, "disabled", "expired"], report.Results.Select(result => result.ReasonCode));
        Assert.Equal("Excluded by auth.order for this provider.", report.Results[0].Error);
        Assert.Equal("Auth profile credentials are missing or expired.\n↳ Auth reason [expired]: it has expired.", report.Results[4].Error);
        Assert.Equal((2, 2), (report.TargetCount, _api.Requests.Count));
        Assert.All(state.Agent().Health.Check(report), check => Assert.Equal(AuthCheckResult.Passed, check.Result));
    }

    [Fact]
    public async Task Filters_narrow_by_provider_and_by_profile()
    {
        using TempState state = Store(new JsonObject { ["groq:a"] = Key("groq"), ["groq:b"] = Key("groq"), ["openai:a"] = Key("openai") });
        state.Host.Set("MISTRAL_API_KEY", "m-0123456789abcdef");
        Assert.Equal(["groq:a", "groq:b"], (await ProbeAsync(state, new ProbeOptions { Providers = ["GROQ"] })).Results.Select(result => result.ProfileId));
        Assert.Equal(["groq:b"], (await ProbeAsync(state, new ProbeOptions { ProfileIds = ["groq:b", "nobody:x"] })).Results.Select(result => result.ProfileId));
    }

    [Fact]
    public async Task Key_of_the_environment_stands_in_where_there_is_no_profile()
    {
        using TempState state = Store([]);
        state.Host.Set("GROQ_API_KEY", $" {Secret} ");
        ProbeResult result = Assert.Single((await ProbeAsync(state)).Results);
        Assert.Equal((ProbeStatus.Ok, "env", "env", null), (result.Status, result.Source, result.Label, result.ProfileId));
        Assert.Equal($"Bearer {Secret}", Assert.Single(_api.Requests).Headers["Authorization"]);
    }

    [Theory]
    [InlineData("gsk_0123456789abcdefghij", true)]
    [InlineData("${KEY_OF_GROQ}", true)]
    [InlineData("custom-local", false)]
    [InlineData("secretref-managed", false)]
    [InlineData("${NOT_SET}", false)]
    public async Task Key_of_the_configuration_stands_in_unless_it_is_a_marker(string key, bool isTried)
    {
        using TempState state = Store([]);
        state.Host.Set("KEY_OF_GROQ", Secret);
        state.Write("openclaw.json", $$"""{ models: { providers: { groq: { apiKey: "{{key}}" } } } }""");
        IReadOnlyList<ProbeResult> results = (await ProbeAsync(state)).Results;
        Assert.All(results, result => Assert.Equal("models.json", result.Source));
        string[] expected = isTried ? ["Ok "] : key.StartsWith('$') ? ["Unknown unresolved_ref"] : [];
        Assert.Equal(expected, results.Select(result => $"{result.Status} {result.ReasonCode}"));
        Assert.Equal(isTried ? [$"Bearer {Secret}"] : [], _api.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("https://proxy.example.com/v1", "other_address")]
    [InlineData("https://api.groq.com.example.com/v1", "other_address")]
    [InlineData("https://api.groq.com/openai/v1", null)]
    public async Task Credential_that_the_configuration_sends_elsewhere_is_not_sent_to_the_provider(string address, string? code)
    {
        using TempState state = Store(new JsonObject { ["groq:a"] = Key("groq") });
        state.Write("openclaw.json", $$"""{ models: { providers: { groq: { baseUrl: "{{address}}" } } } }""");
        Assert.Equal(code, Assert.Single((await ProbeAsync(state)).Results).ReasonCode);
        Assert.Equal(code is null ? 1 : 0, _api.Requests.Count);
    }

    [Fact]
    public async Task Definition_that_cannot_be_read_spoils_its_own_provider_alone()
    {
        using TempState state = Store(new JsonObject { ["acme:a"] = Key("acme"), ["groq:a"] = Key("groq") });
        state.Write("openclaw.json", """{ models: { providers: { acme: { baseUrl: "https://acme.example" } } } }""");
        state.Write("providers/acme.json", "{ not json");
        ProbeReport report = await ProbeAsync(state);
        Assert.Equal([(ProbeStatus.Unknown, "ProviderDefinitionInvalid"), (ProbeStatus.Ok, null)], report.Results.Select(result => (result.Status, result.ReasonCode)));
        QuotaWindow window = Assert.Single(await state.Agent().Health.UsageAsync(new UsageOptions { Providers = ["acme"] }, TestContext.Current.CancellationToken));
        Assert.Contains("does not define a provider", window.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_of_the_users_own_has_a_probe_of_its_own_and_one_without_is_told()
    {
        using TempState state = Store(new JsonObject { ["acme:a"] = Key("acme"), ["plain:a"] = Key("plain") });
        state.Write("providers/acme.json", """{ "id": "acme", "methods": ["apiKey"], "headers": { "apiKey": { "X-Key": "{secret}" } }, "probe": { "url": "http://127.0.0.1:8080/v1/{model}", "headers": { "x-key": "mine", "X-Trace": "1" }, "body": { "n": ["{maxTokens}", { "text": "{prompt}" }, null] }, "model": "m 1/x" } }""");
        state.Write("providers/plain.json", """{ "id": "plain", "methods": ["apiKey"] }""");
        _api.Serve("http://127.0.0.1:8080/v1/m%201%2Fx", "{}");
        ProbeReport report = await ProbeAsync(state);
        Assert.Equal([(ProbeStatus.Ok, null), (ProbeStatus.Unknown, "no_probe")], report.Results.Select(result => (result.Status, result.ReasonCode)));
        ServerRequest request = Assert.Single(_api.Requests);
        Assert.Equal((Secret, "1"), (request.Headers["X-Key"], request.Headers["X-Trace"]));
        Assert.Equal("""{"n":[8,{"text":"Reply with OK. Do not use tools."},null]}""", request.Body);
    }

    [Theory]
    [InlineData("http://example.com/v1", "is no https address")]
    [InlineData("https://{model}.example.com/v1", "{model} in its host")]
    [InlineData("https://example.com/{secret}", "has another placeholder")]
    [InlineData("https://me@example.com/", "is no https address")]
    public void Definition_that_would_send_a_credential_astray_is_refused(string url, string expected)
    {
        using TempState state = Store(new JsonObject { ["acme:a"] = Key("acme") });
        state.Write("providers/acme.json", $$"""{ "id": "acme", "methods": ["apiKey"], "probe": { "url": "{{url}}" } }""");
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Workspace().Registry.Find("acme"));
        Assert.Equal("ProviderDefinitionInvalid", error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_without_a_model_says_so()
    {
        using TempState state = Store(new JsonObject { ["acme:a"] = Key("acme") });
        state.Write("providers/acme.json", """{ "id": "acme", "methods": ["apiKey"], "probe": { "url": "https://acme.example/v1/chat/completions" } }""");
        ProbeResult result = Assert.Single((await ProbeAsync(state)).Results);
        Assert.Equal((ProbeStatus.NoModel, "no_model", "No model available for probe"), (result.Status, result.ReasonCode, result.Error));
    }

    [Fact]
    public async Task Nothing_is_sent_by_what_does_not_probe()
    {
        using TempState state = Store(new JsonObject { ["groq:a"] = Key("groq") });
        state.Http = _api;
        AuthAgent agent = state.Agent();
        agent.Health.Status();
        agent.Health.Check();
        agent.Profiles.List();
        Assert.Empty(_api.Requests);
        await ProbeAsync(state);
        Assert.Single(_api.Requests);
    }

    private Task<ProbeReport> ProbeAsync(TempState state, ProbeOptions? options = null)
    {
        state.Http = _api;
        return state.Agent().Health.ProbeAsync(options, progress: null, TestContext.Current.CancellationToken);
    }

    private static TempState Store(JsonObject profiles, JsonObject? order = null, JsonObject? usage = null)
    {
        var store = new JsonObject { ["version"] = 1, ["profiles"] = profiles };
        if (order is not null) store["order"] = order;
        if (usage is not null) store["usageStats"] = usage;
        return TempState.WithStore(store.ToJsonString());
    }

    private static JsonObject Key(string provider) => new() { ["type"] = "api_key", ["provider"] = provider, ["key"] = Secret };
}
