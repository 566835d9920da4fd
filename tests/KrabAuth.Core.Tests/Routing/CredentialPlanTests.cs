using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What is used now, and what a person is told of what follows.</summary>
public sealed class CredentialPlanTests : IDisposable
{
    private const string Key = "OPENAI_API_KEY";
    private const string One = """{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "of-a" } } }""";
    private const string Two = """
        { "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "of-a" }, "openai:b": { "type": "api_key", "provider": "openai", "key": "of-b" } } }
        """;

    private const string None = """{ "profiles": {} }""";

    private const string FirstKey = """{ models: { providers: { openai: { auth: "api-key", apiKey: "of-the-config" } } } }""";

    private static readonly CredentialSource Beside = new(CredentialSourceKind.Environment, Key);

    private TempState _state = TempState.WithStore(Two);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(KeyReasonCodes.Ok, "usable")]
    [InlineData(KeyReasonCodes.Outranked, "a place before it has a key")]
    [InlineData(KeyReasonCodes.NotAllowed, "not used while there are profiles, unless allowed")]
    [InlineData(KeyReasonCodes.NotAsked, "asked when a credential is used")]
    [InlineData("of_the_future", "of_the_future")]
    public void Each_code_of_a_key_has_its_words(string code, string words) => Assert.Equal(words, KeyReasonCodes.Describe(code));

    [Fact]
    public void A_key_shows_its_mask_or_where_it_is_kept()
    {
        var key = new KeyCandidate(Beside, KeyReasonCodes.Ok, IsFirst: false);
        Secret secret = Secret.Of("sk-0123456789-0123456789");
        Assert.Equal("unknown", key.Mask);
        Assert.Equal("env:MY_KEY", (key with { Reference = new SecretReference(SecretReferenceSource.Env, SecretReference.DefaultProvider, "MY_KEY") }).Mask);
        Assert.Equal(secret.ToString(), (key with { Key = secret }).Mask);
        Assert.DoesNotContain(secret.Reveal(), (key with { Key = secret }).Mask, StringComparison.Ordinal);
    }

    [Theory]
    // A key that the configuration puts first is used before all.
    [InlineData("openai:a", null, true, KeyReasonCodes.Ok, "env: OPENAI_API_KEY")]
    [InlineData(null, "openai:b", true, KeyReasonCodes.Ok, "env: OPENAI_API_KEY")]
    // Another one only where no profile can be used, and none is pinned.
    [InlineData("openai:a", null, false, KeyReasonCodes.Ok, "profile: openai:a")]
    [InlineData("openai:a", null, true, KeyReasonCodes.NotAllowed, "profile: openai:a")]
    [InlineData(null, null, false, KeyReasonCodes.Ok, "env: OPENAI_API_KEY")]
    [InlineData(null, null, false, KeyReasonCodes.NotAllowed, null)]
    [InlineData(null, "openai:b", false, KeyReasonCodes.Ok, null)]
    // Nothing stands in for the profile that a person pinned.
    [InlineData("openai:b", "openai:b", false, KeyReasonCodes.Ok, "profile: openai:b")]
    [InlineData("openai:a", "openai:b", false, KeyReasonCodes.Ok, null)]
    public void What_is_used_now(string? selected, string? pinned, bool isFirst, string code, string? source)
    {
        var order = new ResolvedOrder("openai", OrderSource.Derived, [], selected, []);
        SessionPin? pin = pinned is null ? null : new SessionPin("s", "openai", pinned, SessionPinSource.User);
        var plan = new CredentialPlan(order, [new KeyCandidate(Beside, code, isFirst)], pin);
        Assert.Equal((source, string.Empty), (plan.Selected?.ToString(), plan.IfItFails));
        Assert.Equal(source?.StartsWith("profile: ", StringComparison.Ordinal) == true ? selected : null, plan.SelectedProfile);
        Assert.Equal(source?.StartsWith("env: ", StringComparison.Ordinal) == true, plan.SelectedKey is not null);
        // An automatic pin locks nobody in.
        if (pin is not null) Assert.Equal(selected is null || isFirst ? "env: OPENAI_API_KEY" : $"profile: {selected}", (plan with { Pin = pin with { Source = SessionPinSource.Auto } }).Selected?.ToString());
    }

    [Fact]
    public async Task After_the_selected_one_comes_the_next_profile_and_then_the_first_that_comes_back()
    {
        Assert.Equal("openai:b is next", Plan().IfItFails);
        await _state.Agent().Usage.RecordFailureAsync("openai:b", FailureReason.ModelNotFound, "m1", Cancellation);
        Assert.Equal("openai:b is next", Plan().IfItFails);
        Assert.Equal("openai:b comes back first, in 1m", Plan(new CredentialRequest("openai") { Model = "m1" }).IfItFails);
        await _state.Agent().Profiles.RemoveAsync("openai:b", Cancellation);
        Assert.Equal("nothing is left", Plan().IfItFails);
    }

    [Fact]
    public void After_the_profiles_comes_a_key_that_is_allowed_and_one_that_is_not_is_told()
    {
        Store(One);
        _state.Host.Set(Key, "of-the-process");
        Assert.Equal($"nothing is left; env: {Key} is used only if allowed", Plan().IfItFails);
        Assert.Equal($"env: {Key} is next", Plan(new CredentialRequest("openai") { AllowEnvironment = true }).IfItFails);
    }

    [Fact]
    public void After_a_key_that_comes_first_come_the_profiles()
    {
        Store(Two, FirstKey);
        CredentialPlan plan = Plan();
        Assert.Equal(("config: models.providers.openai.apiKey", "openai:a is next"), (plan.Selected!.ToString(), plan.IfItFails));
        _state.Host.Set(Key, "of-the-process");
        Assert.Equal("openai:a is next", Plan().IfItFails);
        Store("""{ "profiles": {} }""", FirstKey);
        Assert.Equal("nothing is left", Plan().IfItFails);
    }

    /// <summary>A second key was used after the first one failed, and nobody was told before.</summary>
    [Theory]
    [InlineData("""{ "profiles": {} }""", FirstKey, "env: OPENAI_API_KEY")]
    [InlineData("""{ "profiles": {} }""", """{ models: { providers: { openai: { apiKey: "of-the-config" } } } }""", "config: models.providers.openai.apiKey")]
    [InlineData(One, """{ auth: { credentialPrecedence: "env-first" }, models: { providers: { openai: { auth: "api-key", apiKey: "of-the-config" } } } }""", "env: OPENAI_API_KEY")]
    public async Task After_a_key_comes_the_one_that_it_outranks_where_that_is_what_happens(string store, string config, string next)
    {
        Store(store, config);
        _state.Host.Set(Key, "of-the-process");
        CredentialPlan plan = Plan();
        Assert.Equal([KeyReasonCodes.Ok, KeyReasonCodes.Outranked], plan.Keys.Select(key => key.ReasonCode));
        Assert.Equal($"{next} is next", plan.IfItFails);
        UsableCredential after = await _state.Agent().Credentials.GetAsync(new CredentialRequest("openai") { Except = [plan.Selected!.Name] }, Cancellation);
        Assert.Equal(next, after.Source.ToString());
    }

    [Fact]
    public async Task Nothing_stands_in_for_what_a_person_pinned_and_that_is_told()
    {
        await _state.Agent().Sessions.SetAsync("s", "openai:b", Cancellation);
        var pinned = new CredentialRequest("openai") { Session = new SessionTurn("s") };
        CredentialPlan plan = Plan(pinned);
        Assert.Equal(("openai:b", "nothing stands in for the profile that the session is pinned to"), (plan.SelectedProfile, plan.IfItFails));
        foreach (string id in new[] { "openai:a", "openai:b" }) await _state.Agent().Usage.RecordFailureAsync(id, FailureReason.Billing, model: null, Cancellation);
        Assert.Equal("nothing can be used now", Plan().IfItFails);
        _state.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("nothing can be used now; openai:a would be tried once before its time", Plan().IfItFails);
        Assert.Equal((null, "nothing can be used now"), (Plan(pinned).Selected, Plan(pinned).IfItFails));
    }

    /// <summary>What comes after a key that is first was told without a look at the pin, and was not what then happened.</summary>
    [Fact]
    public async Task After_a_key_that_comes_first_a_pinned_session_has_its_profile_alone()
    {
        Store(Two, FirstKey);
        await _state.Agent().Sessions.SetAsync("s", "openai:b", Cancellation);
        var pinned = new CredentialRequest("openai") { Session = new SessionTurn("s") };
        Assert.Equal("openai:b is next", Plan(pinned).IfItFails);
        _state.Host.Set(Key, "of-the-process");
        await _state.Agent().Usage.RecordFailureAsync("openai:b", FailureReason.RateLimit, model: null, Cancellation);
        Assert.Equal("nothing stands in for the profile that the session is pinned to", Plan(pinned with { AllowEnvironment = true }).IfItFails);
        Assert.Equal("openai:a is next", Plan().IfItFails);
    }

    [Fact]
    public void A_key_of_the_configuration_is_that_of_the_provider_alone()
    {
        const string Others = """{ models: { providers: { anthropic: { apiKey: "of-anthropic" }, openai: { auth: "api-key" } } } }""";
        Store("""{ "profiles": {} }""", Others);
        Assert.Empty(Plan().Keys);
        Store("""{ "profiles": {} }""", Others.Replace("""{ auth: "api-key" }""", """{ apiKey: "of-openai" }""", StringComparison.Ordinal));
        KeyCandidate key = Assert.Single(Plan().Keys);
        Assert.Equal(("config: models.providers.openai.apiKey", "of-openai"), (key.Source.ToString(), key.Key!.Reveal()));
    }

    [Fact]
    public void The_login_shell_is_named_as_a_place_that_is_asked_later()
    {
        Store(One, """{ env: { shellEnv: { enabled: true } } }""");
        KeyCandidate key = Assert.Single(Plan().Keys);
        Assert.Equal(("shell env: login shell", KeyReasonCodes.NotAllowed, "unknown"), (key.Source.ToString(), key.ReasonCode, key.Mask));
        Assert.Equal("nothing is left; shell env: login shell is used only if allowed", Plan().IfItFails);
        CredentialPlan allowed = Plan(new CredentialRequest("openai") { AllowEnvironment = true });
        Assert.Equal((KeyReasonCodes.NotAsked, null), (Assert.Single(allowed.Keys).ReasonCode, allowed.Asked));
        Assert.Equal("shell env: login shell is asked next", Plan(new CredentialRequest("openai") { AllowEnvironment = true }).IfItFails);
    }

    /// <summary>It comes before a key of the configuration, which was named in its place; and where it is all there is, nothing was.</summary>
    [Theory]
    [InlineData(One, "", "shell env: login shell is asked next")]
    [InlineData(One, "models: { providers: { openai: { apiKey: 'of-the-config' } } },", "shell env: login shell is asked next")]
    [InlineData(None, "models: { providers: { openai: { apiKey: 'of-the-config' } } },", "nothing is left")]
    [InlineData(None, "models: { providers: { openai: { apiKey: 'of-the-config', auth: 'api-key' } } },", "shell env: login shell is asked next")]
    [InlineData(None, "", "shell env: login shell is asked next")]
    [InlineData(None, "auth: { credentialPrecedence: 'env-first' },", "shell env: login shell is asked next")]
    [InlineData(One, "auth: { credentialPrecedence: 'env-first' },", "nothing is left")]
    public async Task The_login_shell_is_asked_in_its_turn(string store, string config, string follows)
    {
        var shell = new FakeLoginShell { Variables = { [Key] = "of-the-shell" } };
        Store(store, $"{{ {config} env: {{ shellEnv: {{ enabled: true }} }} }}");
        _state.Shell = shell;
        var allowed = new CredentialRequest("openai") { AllowEnvironment = true };
        CredentialPlan plan = Plan(allowed);
        Assert.Equal((follows, 0), (plan.IfItFails, shell.Calls));
        Assert.Equal(plan.Selected?.ToString() ?? "(unknown until the login shell is asked)", plan.SelectedText);
        Assert.Equal(plan.Selected is null, plan.Asked is not null);
        if (follows == "nothing is left") return;
        UsableCredential after = await _state.Agent().Credentials.GetAsync(allowed with { Except = plan.Selected is { } failed ? [failed.Name] : [] }, Cancellation);
        Assert.Equal(("of-the-shell", 1), (after.Secret.Reveal(), shell.Calls));
    }

    private CredentialPlan Plan(CredentialRequest? request = null) => _state.Agent().Orders.Plan(request ?? new CredentialRequest("openai"));

    private void Store(string store, string config = "{}")
    {
        _state.Dispose();
        _state = TempState.WithStore(store);
        _state.Write("openclaw.json", config);
    }
}
