using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Which place a credential comes from: profiles, variables, files, the login shell, the configuration.</summary>
public sealed class PrecedenceTests : IDisposable
{
    private const string Key = "OPENAI_API_KEY";
    private const string Empty = """{ "profiles": {} }""";
    private const string OneUsable = """{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "of-the-profile" } } }""";
    private const string OneExpired = """{ "profiles": { "openai:a": { "type": "token", "provider": "openai", "token": "of-the-profile", "expires": 1 } } }""";

    private readonly FakeLoginShell _shell = new();
    private TempState _state = TempState.WithStore(Empty);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task The_places_come_in_order_and_each_says_its_name()
    {
        Store(Empty, """{ env: { vars: { OPENAI_API_KEY: "of-env-vars" }, OPENAI_API_KEY: "of-env", shellEnv: { enabled: true } }, models: { providers: { openai: { apiKey: "of-the-config" } } } }""");
        _shell.Variables[Key] = "of-the-shell";
        File.WriteAllText(Path.Combine(_state.Home, ".env"), $"{Key}=of-a-strange-directory\n");
        _state.Write(".env", $"{Key}=of-the-file\n");
        _state.Host.Set(Key, "of-the-process");

        await Expect("of-the-process", $"env: {Key}");
        _state.Host.Set(Key, null);
        await Expect("of-the-file", $"env: {Key} ({_state.InState(".env")})");
        File.Delete(_state.InState(".env"));
        await Expect("of-env", $"env: {Key} ({_state.InState("openclaw.json")})");
        Config("""{ env: { shellEnv: { enabled: true } }, models: { providers: { openai: { apiKey: "of-the-config" } } } }""");
        Assert.Equal(0, _shell.Calls);
        await Expect("of-the-shell", $"shell env: {Key}");
        Assert.Equal(1, _shell.Calls);
        _shell.Variables.Clear();
        await Expect("of-the-config", "config: models.providers.openai.apiKey");
        Config("{}");
        await Assert.ThrowsAsync<KrabAuthException>(() => Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation));
        Store(OneUsable, "{}");
        _state.Host.Set(Key, "of-the-process");
        await Expect("of-the-profile", "profile: openai:a");
    }

    /// <summary>Subscription runs that went to the bill of a key without a word: #73063, #106375.</summary>
    [Fact]
    public async Task A_key_takes_the_place_of_profiles_only_where_it_is_allowed()
    {
        Store(OneExpired, """{ models: { providers: { openai: { apiKey: "of-the-config" } } } }""");
        _state.Host.Set(Key, "of-the-process");
        AuthAgent agent = Agent();
        KrabAuthException refused = await Assert.ThrowsAsync<KrabAuthException>(() => agent.Credentials.ForProviderAsync("openai", cancellationToken: Cancellation));
        Assert.Equal("NoUsableProfile", refused.ErrorId);
        Assert.Contains($"a key stands in env: {Key}, which is not used in place of a profile unless it is allowed", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-environment", refused.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.Contains("-AllowEnvironment", refused.Remedy.PowerShell, StringComparison.Ordinal);
        CredentialPlan plan = agent.Orders.Plan(new CredentialRequest("openai"));
        Assert.Null(plan.Selected);
        Assert.Equal([KeyReasonCodes.NotAllowed, KeyReasonCodes.NotAllowed], plan.Keys.Select(key => key.ReasonCode));
        // A check says the same as the use: what may not be used does not help.
        Assert.Contains(agent.Health.Check(providers: ["openai"]), check => check.Result == AuthCheckResult.Failed);

        var allowed = new CredentialRequest("openai") { AllowEnvironment = true };
        Assert.Equal("of-the-process", (await agent.Credentials.GetAsync(allowed, Cancellation)).Secret.Reveal());
        Assert.Contains(_state.Log.Warnings, warning => warning.Contains($"the key of env: {Key} is used instead", StringComparison.Ordinal));
        Assert.Equal([KeyReasonCodes.Ok, KeyReasonCodes.Outranked], agent.Orders.Plan(allowed).Keys.Select(key => key.ReasonCode));
    }

    [Theory]
    [InlineData("""{ auth: { credentialPrecedence: "env-first" } }""", "of-the-process")]
    [InlineData("""{ models: { providers: { openai: { auth: "api-key", apiKey: "of-the-config" } } } }""", "of-the-config")]
    [InlineData("""{ models: { providers: { openai: { auth: "oauth", apiKey: "of-the-config" } } } }""", "of-the-profile")]
    public async Task The_configuration_can_put_a_key_first(string config, string secret)
    {
        Store(OneUsable, config);
        _state.Host.Set(Key, "of-the-process");
        UsableCredential credential = await Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation);
        Assert.Equal(secret, credential.Secret.Reveal());
        Assert.Equal(credential.Source, Agent().Orders.Plan(new CredentialRequest("openai")).Selected);
        Assert.Equal(credential.Source.ToString(), Agent().Health.Status().Providers.Single(status => status.Provider == "openai").Source);
    }

    [Theory]
    [InlineData("\"${MY_KEY}\"", "of-my-variable")]
    [InlineData("""{ source: "env", provider: "default", id: "MY_KEY" }""", "of-my-variable")]
    [InlineData("\"plain-key-of-the-config\"", "plain-key-of-the-config")]
    [InlineData("\"ollama-local\"", null)]
    [InlineData("\"OPENAI_API_KEY\"", null)]
    public async Task The_key_of_the_configuration_is_a_text_or_a_reference(string value, string? secret)
    {
        Store(Empty, $"{{ models: {{ providers: {{ openai: {{ apiKey: {value} }} }} }} }}");
        _state.Write(".env", "MY_KEY=of-my-variable\n");
        if (secret is not null) await Expect(secret, "config: models.providers.openai.apiKey");
        else Assert.Equal("NoUsableProfile", (await Assert.ThrowsAsync<KrabAuthException>(() => Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation))).ErrorId);
    }

    [Theory]
    [InlineData("custom-local")]
    [InlineData("oauth:openai")]
    [InlineData("secretref-managed")]
    [InlineData("ANTHROPIC_API_KEY")]
    public async Task A_text_in_place_of_a_key_is_never_sent(string marker)
    {
        Store($$"""{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "{{marker}}" } } }""", "{}");
        Assert.Equal(ReasonCodes.MissingCredential, Assert.Single(Agent().Orders.Resolve("openai").Candidates).ReasonCode);
        Store(Empty, "{}");
        _state.Host.Set(Key, marker);
        Assert.Null(Agent().Orders.Plan(new CredentialRequest("openai")).Selected);
        await Assert.ThrowsAsync<KrabAuthException>(() => Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_profile_that_turns_out_to_be_unusable_makes_way_for_the_next()
    {
        Store("""{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "${NOT_SET}" }, "openai:b": { "type": "api_key", "provider": "openai", "key": "of-the-second" } } }""", "{}");
        await Expect("of-the-second", "profile: openai:b");
        CredentialPlan plan = Agent().Orders.Plan(new CredentialRequest("openai"));
        Assert.Equal(("openai:b", "nothing is left"), (plan.SelectedProfile, plan.IfItFails));
    }

    [Fact]
    public async Task The_shell_is_asked_by_use_alone_and_once()
    {
        Store(Empty, """{ env: { shellEnv: { enabled: true, timeoutMs: 1234 } } }""");
        _shell.Variables[Key] = "of-the-shell";
        AuthAgent agent = Agent();
        agent.Health.Status();
        agent.Health.Check();
        Assert.Equal(KeyReasonCodes.NotAsked, Assert.Single(agent.Orders.Plan(new CredentialRequest("openai")).Keys).ReasonCode);
        Assert.Equal(0, _shell.Calls);
        await agent.Credentials.ForProviderAsync("openai", cancellationToken: Cancellation);
        await agent.Credentials.ForProviderAsync("openai", cancellationToken: Cancellation);
        Assert.Equal((1, TimeSpan.FromMilliseconds(1234)), (_shell.Calls, _shell.Timeout));
        _state.Host.Set("OPENCLAW_SHELL_ENV_TIMEOUT_MS", "-5");
        await Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation);
        Assert.Equal(TimeSpan.Zero, _shell.Timeout);
        Config("{}");
        await Assert.ThrowsAsync<KrabAuthException>(() => Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation));
        Assert.Equal(2, _shell.Calls);
    }

    private async Task Expect(string secret, string source)
    {
        UsableCredential credential = await Agent().Credentials.ForProviderAsync("openai", cancellationToken: Cancellation);
        Assert.Equal((secret, source), (credential.Secret.Reveal(), credential.Source.ToString()));
    }

    private AuthAgent Agent()
    {
        _state.Shell = _shell;
        return _state.Agent();
    }

    private void Store(string store, string config)
    {
        _state.Dispose();
        _state = TempState.WithStore(store);
        Config(config);
    }

    private void Config(string text) => _state.Write("openclaw.json", text);
}
