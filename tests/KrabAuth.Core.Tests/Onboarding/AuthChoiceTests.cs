using KrabAuth.Diagnostics;
using KrabAuth.Onboarding;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Onboarding;

/// <summary>The words that <c>--auth-choice</c> takes.</summary>
public sealed class AuthChoiceTests
{
    private static readonly AuthChoices Choices = AuthChoices.BuiltIn;

    [Theory]
    [InlineData("token", "anthropic", SignInMethod.SetupToken)]
    [InlineData("setup-token", "anthropic", SignInMethod.SetupToken)]
    [InlineData("apiKey", "anthropic", SignInMethod.ApiKey)]
    [InlineData("APIKEY", "anthropic", SignInMethod.ApiKey)]
    [InlineData("claude-cli", "anthropic", null)]
    [InlineData("anthropic-cli", "anthropic", null)]
    [InlineData("codex-cli", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-codex", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-codex-import", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-codex-device-code", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-codex-api-key", "openai", SignInMethod.ApiKey)]
    [InlineData("openai", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-device-code", "openai-codex", SignInMethod.OAuth)]
    [InlineData("openai-api-key", "openai", SignInMethod.ApiKey)]
    [InlineData("chutes", "chutes", SignInMethod.OAuth)]
    [InlineData("openrouter-api-key", "openrouter", SignInMethod.ApiKey)]
    [InlineData("ai-gateway-api-key", "vercel-ai-gateway", SignInMethod.ApiKey)]
    [InlineData("moonshot-api-key", "moonshot", SignInMethod.ApiKey)]
    [InlineData("kimi-code-api-key", "kimi-coding", SignInMethod.ApiKey)]
    [InlineData("synthetic-api-key", "synthetic", SignInMethod.ApiKey)]
    [InlineData("venice-api-key", "venice", SignInMethod.ApiKey)]
    [InlineData("github-copilot", "github-copilot", SignInMethod.OAuth)]
    [InlineData("gemini-api-key", "google", SignInMethod.ApiKey)]
    [InlineData("google-gemini-cli", "google-gemini-cli", SignInMethod.OAuth)]
    [InlineData("zai-api-key", "zai", SignInMethod.ApiKey)]
    [InlineData("zai-coding-global", "zai", SignInMethod.ApiKey)]
    [InlineData("zai-coding-cn", "zai", SignInMethod.ApiKey)]
    [InlineData("zai-global", "zai", SignInMethod.ApiKey)]
    [InlineData("zai-cn", "zai", SignInMethod.ApiKey)]
    [InlineData("qwen-portal", "qwen-portal", SignInMethod.OAuth)]
    [InlineData("qwen-api-key", "qwen", SignInMethod.ApiKey)]
    [InlineData("qwen-api-key-cn", "qwen", SignInMethod.ApiKey)]
    [InlineData("qwen-standard-api-key", "qwen", SignInMethod.ApiKey)]
    [InlineData("qwen-standard-api-key-cn", "qwen", SignInMethod.ApiKey)]
    [InlineData("opencode-zen", "opencode", SignInMethod.ApiKey)]
    [InlineData("minimax", "minimax", SignInMethod.ApiKey)]
    [InlineData("minimax-api", "minimax", SignInMethod.ApiKey)]
    [InlineData("minimax-api-lightning", "minimax", SignInMethod.ApiKey)]
    [InlineData("minimax-cloud", "minimax", SignInMethod.ApiKey)]
    [InlineData("minimax-global-oauth", "minimax-portal", SignInMethod.OAuth)]
    [InlineData("minimax-global-api", "minimax", SignInMethod.ApiKey)]
    [InlineData("minimax-cn-oauth", "minimax-portal-cn", SignInMethod.OAuth)]
    [InlineData("minimax-cn-api", "minimax", SignInMethod.ApiKey)]
    [InlineData("xai-oauth", "xai", SignInMethod.OAuth)]
    [InlineData("xai-device-code", "xai", SignInMethod.OAuth)]
    [InlineData("xai-api-key", "xai", SignInMethod.ApiKey)]
    [InlineData("skip", "", null)]
    public void Both_generations_words_are_known(string word, string provider, SignInMethod? method)
    {
        AuthChoice choice = Choices.Require(word);
        Assert.Equal((provider, method), (choice.Provider, choice.Method));
        Assert.Equal(word.EndsWith("device-code", StringComparison.Ordinal), choice.UseDeviceCode && word.Contains("device", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("oauth")]
    [InlineData("google-antigravity")]
    [InlineData("copilot-proxy")]
    public void What_cannot_be_taken_names_what_can(string word)
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => Choices.Require(word));
        Assert.Equal("AuthChoiceUnavailable", error.ErrorId);
        Assert.Null(Choices.Require(error.Remedy.CommandLine.Split(' ')[^1]).Unavailable);
    }

    [Theory]
    [InlineData("opnai-api-key", "openai-api-key")]
    [InlineData("gemini", "gemini-api-key")]
    [InlineData("setuptoken", "setup-token")]
    [InlineData("openrouter", "openrouter-api-key")]
    public void An_unknown_word_names_those_that_look_like_it(string word, string near)
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => Choices.Require(word));
        Assert.Equal("AuthChoiceUnknown", error.ErrorId);
        Assert.Contains(near, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_place_of_a_word_is_not_repeated()
        => Assert.DoesNotContain("CANARY", Assert.Throws<KrabAuthException>(() => Choices.Require("sk-proj-0123CANARY456789abcdefghij")).Message, StringComparison.Ordinal);

    [Fact]
    public void Each_word_stands_once_and_means_something_that_its_provider_has()
    {
        List<string> words = [.. Choices.All.SelectMany(choice => choice.Names)];
        Assert.Equal(words.Distinct(StringComparer.OrdinalIgnoreCase), words);
        using var state = new TempState();
        ProviderRegistry registry = state.Workspace().Registry;
        Assert.All(Choices.All, choice =>
        {
            Assert.NotEmpty(choice.Label);
            Assert.NotEmpty(choice.Generations);
            Assert.Subset(new HashSet<string> { "G1", "G4" }, choice.Generations.ToHashSet());
            if (choice.Unavailable is not null || choice.Provider.Length == 0) return;
            ProviderDefinition? definition = registry.Find(choice.Provider);
            Assert.NotNull(definition);
            if (choice.Method is { } method) Assert.True(definition.Methods.Contains(method) || (method == SignInMethod.OAuth && definition.CanSignIn), choice.Id);
            if (choice.Flag is not null) Assert.Matches("^--[a-z][a-z0-9-]+$", choice.Flag);
            if (choice.Method == SignInMethod.ApiKey) Assert.NotNull(choice.Flag);
        });
    }

    [Fact]
    public void Every_provider_with_a_key_has_a_choice_and_an_option_for_it() => Assert.All(
        ProviderCatalog.BuiltIn.Providers.Where(provider => provider.Methods.Contains(SignInMethod.ApiKey)),
        provider => Assert.Contains(Choices.All, choice => (choice.Provider == provider.Id || choice.Is($"{provider.Id}-api-key")) && choice is { Method: SignInMethod.ApiKey, Flag: not null }));

    [Fact]
    public void A_provider_of_the_users_own_has_choices_too()
    {
        using var state = new TempState();
        state.Write("providers/acme.json", """{ "id": "acme", "label": "Acme", "methods": ["oauth", "apiKey"], "oauth": { "issuer": "https://acme.test", "clientId": "x" } }""");
        AuthChoices choices = state.Agent().Onboarding.Choices;
        Assert.Equal(SignInMethod.OAuth, choices.Require("acme").Method);
        Assert.Equal("--acme-api-key", choices.Require("acme-api-key").Flag);
    }

    [Fact]
    public void What_is_offered_leaves_out_what_does_the_same()
    {
        Assert.Equal(["setup-token", "apiKey", "anthropic-cli"], Choices.Offered.Where(choice => choice.Provider == "anthropic").Select(choice => choice.Id));
        Assert.Equal(["openai-codex", "openai-codex-device-code"], Choices.Offered.Where(choice => choice.Provider == "openai-codex").Select(choice => choice.Id));
        Assert.DoesNotContain(Choices.Offered, choice => choice.Unavailable is not null);
    }
}
