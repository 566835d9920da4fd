using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Core.Tests.OAuth;
using KrabAuth.Diagnostics;
using KrabAuth.Onboarding;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Onboarding;

/// <summary>From nothing to a checked profile.</summary>
public sealed class OnboardingTests : OAuthTestBase
{
    private const string Key = "sk-proj-0123456789abcdefghij";
    private const string Other = "sk-proj-9876543210abcdefghij";

    private static readonly string SetupToken = $"sk-ant-oat01-{new string('a', 80)}";

    private static OnboardingRequest Silent(string choice) => new() { AuthChoice = choice, NonInteractive = true };

    // flag, else variable, else a profile with a key, else an error
    [Fact]
    public async Task A_key_comes_from_where_it_is_given_else_from_a_variable_else_from_a_profile()
    {
        KrabAuthException missing = await Refused(() => RunAsync(Silent("openai-api-key")), "KeyMissing");
        Assert.Equal("Missing --openai-api-key (or OPENAI_API_KEY in env, or existing openai API-key profile).", missing.Message);
        State.Host.Set("OPENAI_API_KEY", Key);
        OnboardingResult stored = await RunAsync(Silent("openai-api-key"));
        Assert.Equal(("openai:default", OnboardingAction.StoreVariable, "OPENAI_API_KEY", AuthCheckResult.Passed), (stored.ProfileId, stored.Action, stored.Variable, stored.Check));
        Assert.Equal(Key, Text(StoredProfile("openai:default"), "key"));
        Assert.Equal(OnboardingAction.Store, (await RunAsync(Silent("openai-api-key") with { Secret = Secret.Of(Other) })).Action);
        Assert.Equal(Other, Text(StoredProfile("openai:default"), "key"));
        State.Host.Set("OPENAI_API_KEY", null);
        string before = State.ReadStore();
        Assert.Equal(("openai:default", OnboardingAction.KeepProfile), await RunAsync(Silent("openai-api-key")) is var kept ? (kept.ProfileId, kept.Action) : default);
        Assert.Equal(before, State.ReadStore());
    }

    // An id is described once for all agents.
    [Fact]
    public async Task A_key_leaves_the_usual_id_to_the_token_of_another_agent()
    {
        State.Write("openclaw.json", """{ auth: { profiles: { "anthropic:default": { provider: "anthropic", mode: "token" } } } }""");
        State.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": { "anthropic:default": { "type": "token", "provider": "anthropic", "token": "t" } } }""");
        OnboardingResult result = await RunAsync(Silent("apiKey") with { Secret = Secret.Of("sk-ant-api03-0123456789abcdefghij") });
        Assert.Equal(("anthropic:api-key", AuthCheckResult.Passed), (result.ProfileId, result.Check));
        Assert.Equal("token", State.Workspace().Config.Profile("anthropic:default")!.Mode);
    }

    [Fact]
    public async Task A_variable_with_a_setup_token_is_no_key()
    {
        State.Host.Set("ANTHROPIC_OAUTH_TOKEN", SetupToken);
        await Refused(() => RunAsync(Silent("apiKey")), "KeyMissing");
        State.Host.Set("ANTHROPIC_API_KEY", Key);
        Assert.Equal("ANTHROPIC_API_KEY", (await RunAsync(Silent("apiKey"))).Variable);
        Assert.Equal(Key, Text(StoredProfile("anthropic:default"), "key"));
    }

    [Fact]
    public async Task The_login_shell_is_asked_where_it_may_be_and_nothing_else_has_a_key()
    {
        State.Shell = new FakeLoginShell { Variables = { ["GROQ_API_KEY"] = Key } };
        await Refused(() => RunAsync(Silent("groq-api-key")), "KeyMissing");
        State.Host.Set("OPENCLAW_LOAD_SHELL_ENV", "1");
        Assert.Equal("GROQ_API_KEY", (await RunAsync(Silent("groq-api-key"))).Variable);
        Assert.Equal(Key, Text(StoredProfile("groq:default"), "key"));
    }

    [Fact]
    public async Task By_reference_the_store_holds_the_name_of_the_variable_alone()
    {
        OnboardingRequest request = Silent("openai-api-key") with { SecretInputMode = SecretInputMode.Ref };
        await Refused(() => RunAsync(request), "KeyMissing");
        await Refused(() => RunAsync(request with { Secret = Secret.Of(Key) }), "OptionConflict");
        State.Host.Set("OPENAI_API_KEY", Key);
        Assert.Equal(OnboardingAction.ReferToVariable, (await RunAsync(request)).Action);
        Assert.DoesNotContain(Key, State.ReadStore(), StringComparison.Ordinal);
        Assert.Equal("OPENAI_API_KEY", Text(StoredProfile("openai:default")["keyRef"]!.AsObject(), "id"));
        Assert.Equal(Key, (await State.Agent().Credentials.ForProfileAsync("openai:default", Cancellation)).Secret.Reveal());
    }

    // A key and a token of one provider have one usual id: neither replaces the other by the way.
    [Fact]
    public async Task A_credential_of_another_kind_is_not_replaced()
    {
        await RunAsync(Silent("apiKey") with { Secret = Secret.Of(Key) });
        Assert.Equal("anthropic:token", (await RunAsync(Silent("setup-token") with { Secret = Secret.Of(SetupToken) })).ProfileId);
        Assert.Equal(Key, Text(StoredProfile("anthropic:default"), "key"));
        Assert.Equal("anthropic:work", (await RunAsync(Silent("setup-token") with { Secret = Secret.Of(SetupToken), ProfileId = "work", ExpiresIn = TimeSpan.FromDays(365) })).ProfileId);
        Assert.Equal(State.Clock.GetUtcNow().AddDays(365).ToUnixTimeMilliseconds(), StoredProfile("anthropic:work")["expires"]!.GetValue<long>());
    }

    [Theory]
    [InlineData(null, null, "OptionMissing", "Missing --token-provider for --auth-choice token.")]
    [InlineData("anthropic", null, "OptionMissing", "Missing --token for --auth-choice token.")]
    [InlineData(null, "x", "OptionMissing", "Missing --token-provider for --auth-choice token.")]
    [InlineData("openai", "x", "OptionMissing", "Only --token-provider anthropic is supported for --auth-choice token.")]
    [InlineData("anthropic", "x", "SecretInvalid", "Expected token starting with sk-ant-oat01-.")]
    public async Task The_choice_token_needs_its_options(string? provider, string? token, string id, string message)
        => Assert.Equal(message, (await Refused(() => RunAsync(Silent("token") with { ForProvider = provider, Secret = Secret.Of(token) }), id)).Message);

    [Fact]
    public async Task The_choice_token_stores_one()
        => Assert.Equal("anthropic:default", (await RunAsync(Silent("token") with { ForProvider = "anthropic", Secret = Secret.Of(SetupToken) })).ProfileId);

    [Theory]
    [InlineData("openai-codex", "OAuth requires interactive mode.")]
    [InlineData("xai-device-code", "OAuth requires interactive mode.")]
    [InlineData("setup-token", "Auth choice \"setup-token\" requires interactive mode.")]
    public async Task What_needs_a_person_says_so(string choice, string message)
        => Assert.Equal(message, (await Refused(() => RunAsync(Silent(choice)), "InteractionRequired")).Message);

    [Theory]
    [InlineData("openai-codex")]
    [InlineData("anthropic-cli")]
    [InlineData("skip")]
    public async Task A_secret_that_would_not_be_used_is_an_error(string choice)
        => await Refused(() => RunAsync(new OnboardingRequest { AuthChoice = choice, Secret = Secret.Of(Key) }), "OptionConflict");

    [Fact]
    public async Task A_person_signs_in()
    {
        DefineAcme();
        Task<OnboardingResult> running = RunAsync(new OnboardingRequest { AuthChoice = "acme", CanAsk = true });
        await PasteAnswer();
        OnboardingResult result = await running;
        Assert.Equal(("acme:me@example.com", OnboardingAction.SignIn, AuthCheckResult.Passed, DefaultModelState.None), (result.ProfileId, result.Action, result.Check, result.DefaultModel.State));
    }

    [Fact]
    public async Task A_token_of_GitHub_goes_where_its_sign_in_would_have_put_it()
    {
        Assert.Equal("github-copilot:github", (await RunAsync(Silent("github-copilot") with { Secret = Secret.Of("ghu_0123456789abcdefghij") })).ProfileId);
        Assert.Equal("token", Text(StoredProfile("github-copilot:github"), "type"));
    }

    [Fact]
    public async Task The_sign_in_of_another_program_that_is_not_there_is_an_error() => await Refused(() => RunAsync(Silent("anthropic-cli")), "ExternalLoginMissing");

    [Fact]
    public async Task Where_a_person_can_be_asked_what_is_found_is_an_offer()
    {
        State.Host.Set("OPENAI_API_KEY", Key);
        OnboardingManager onboarding = State.Agent().Onboarding;
        OnboardingPlan plan = await onboarding.PlanAsync(new OnboardingRequest { AuthChoice = "openai-api-key", CanAsk = true }, Cancellation);
        Assert.Equal((OnboardingAction.Ask, "OPENAI_API_KEY", null), (plan.Action, plan.Variable, plan.ExistingProfile));
        Assert.DoesNotContain(Key, plan.ToString(), StringComparison.Ordinal);
        await Refused(() => onboarding.ApplyAsync(plan, Prompt, Browser, Cancellation), "KeyMissing");
        await onboarding.ApplyAsync(plan.WithVariable(), Prompt, Browser, Cancellation);
        Assert.Equal(Key, Text(StoredProfile("openai:default"), "key"));
        await onboarding.ApplyAsync(plan.WithSecret(Secret.Of(Other)), Prompt, Browser, Cancellation);
        Assert.Equal(Other, Text(StoredProfile("openai:default"), "key"));
    }

    [Fact]
    public async Task Nothing_is_added_without_a_choice()
    {
        OnboardingResult result = await RunAsync(new OnboardingRequest { NonInteractive = true, SetDefault = false });
        Assert.Equal((null, OnboardingAction.Skip), (result.ProfileId, result.Action));
        Assert.Empty(State.Files());
    }

    [Fact]
    public async Task The_default_model_is_set_on_request_and_kept_otherwise()
    {
        State.Host.Set("OPENAI_API_KEY", Key);
        Assert.Equal(new DefaultModelOffer("openai/gpt-5.2", null, DefaultModelState.Available), (await RunAsync(Silent("openai-api-key"))).DefaultModel);
        Assert.False(File.Exists(State.InState("openclaw.json")));
        Assert.Equal(new DefaultModelOffer("openai/gpt-5.2", "openai/gpt-5.2", DefaultModelState.Set), (await RunAsync(Silent("openai-api-key") with { SetDefault = true })).DefaultModel);
        Assert.Equal(DefaultModelState.Current, (await RunAsync(Silent("openai-api-key"))).DefaultModel.State);
        string config = await File.ReadAllTextAsync(State.InState("openclaw.json"), Cancellation);
        await RunAsync(Silent("openai-api-key") with { SetDefault = true });
        Assert.Equal("openai/gpt-5.2", (string?)JsonNode.Parse(config)!["agents"]!["defaults"]!["model"]!["primary"]);
    }

    [Fact]
    public async Task A_provider_without_a_known_model_is_refused_before_anything_is_stored()
    {
        State.Host.Set("EXA_API_KEY", Key);
        await Refused(() => RunAsync(Silent("exa-api-key") with { SetDefault = true }), "DefaultModelUnknown");
        Assert.Empty(State.Files());
    }

    [Theory]
    [InlineData("""{ agents: { defaults: { model: "a/b" } } }""", """{ agents: { defaults: { model: "openai/gpt-5.2" } } }""")]
    [InlineData("""{ agents: { defaults: { model: { primary: 'a/b', fallbacks: ["c/d"] } } } }""", """{ agents: { defaults: { model: { primary: "openai/gpt-5.2", fallbacks: ["c/d"] } } } }""")]
    [InlineData("""{ agents: { defaults: { model: { primary: "openai/gpt-5.2" } } } }""", """{ agents: { defaults: { model: { primary: "openai/gpt-5.2" } } } }""")]
    public async Task The_configuration_changes_in_one_place(string before, string after)
    {
        State.Write("openclaw.json", before);
        await State.Agent().Models.OfferDefaultAsync("openai", set: true, Cancellation);
        Assert.Equal(after, await File.ReadAllTextAsync(State.InState("openclaw.json"), Cancellation));
    }

    // A list of models is a list of those that may be used.
    [Fact]
    public async Task A_list_of_models_gets_the_new_one()
    {
        State.Write("openclaw.json", """{ "agents": { "defaults": { "models": { "a/b": { "alias": "x" } } } } }""");
        await State.Agent().Models.OfferDefaultAsync("openai", set: true, Cancellation);
        JsonNode defaults = JsonNode.Parse(await File.ReadAllTextAsync(State.InState("openclaw.json"), Cancellation))!["agents"]!["defaults"]!;
        Assert.Equal(["a/b", "openai/gpt-5.2"], defaults["models"]!.AsObject().Select(model => model.Key));
    }

    [Fact]
    public async Task An_agent_with_a_model_of_its_own_is_told_of()
    {
        State.Write("openclaw.json", """{ "agents": { "list": [{ "id": "main" }, { "id": "work", "model": "a/b" }] } }""");
        await State.Agent("work").Models.OfferDefaultAsync("openai", set: true, Cancellation);
        Assert.Contains("Agent work has a model of its own, a/b; the default is not used there.", State.Log.Warnings);
    }

    private async Task<OnboardingResult> RunAsync(OnboardingRequest request)
    {
        OnboardingManager onboarding = State.Agent().Onboarding;
        return await onboarding.ApplyAsync(await onboarding.PlanAsync(request, Cancellation), Prompt, Browser, Cancellation);
    }
}
