using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary><c>onboard</c> by options, and the questions of the sign-in commands.</summary>
public sealed class OnboardTests : IDisposable
{
    private const string Key = "sk-proj-CANARY-0123456789abcdefghij";

    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("--auth-choice", "openai-api-key", "--openai-api-key", "-")]
    [InlineData("--openai-api-key", "-")]
    public void A_key_comes_on_standard_input(params string[] options)
    {
        Outcome outcome = _home.RunWithInput(Key, ["onboard", "--non-interactive", .. options]);
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("Auth profile: openai:default (openai/api_key)\n", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(Key, (string?)_home.Store()["profiles"]!["openai:default"]!["key"]);
        Assert.DoesNotContain("CANARY", outcome.Everything, StringComparison.Ordinal);
    }

    // The guides give keys as arguments, together with what sets up a gateway.
    [Fact]
    public void A_key_in_an_argument_is_taken_and_warned_of()
    {
        Outcome outcome = _home.Run(
            "onboard", "--non-interactive", "--accept-risk", "--mode", "local", "--auth-choice", "apiKey", "--anthropic-api-key", Key, "--gateway-port", "18789", "--gateway-bind", "loopback",
            "--install-daemon", "--daemon-runtime", "node", "--skip-skills");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("Warning: A secret in an argument can be seen", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("leaves these to the gateway: --mode, --gateway-port, --gateway-bind, --daemon-runtime, --accept-risk, --install-daemon, --skip-skills\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", outcome.Everything, StringComparison.Ordinal);
        Assert.Equal(Key, (string?)_home.Store()["profiles"]!["anthropic:default"]!["key"]);
    }

    [Fact]
    public void A_token_goes_with_its_options()
    {
        Outcome outcome = _home.RunWithInput(
            Sample.SetupToken(), "onboard", "--non-interactive", "--auth-choice", "token", "--token-provider", "anthropic", "--token", "-", "--token-profile-id", "anthropic:work", "--token-expires-in", "365d");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.True((long?)_home.Store()["profiles"]!["anthropic:work"]!["expires"] > Sample.InDays(364));
    }

    [Theory]
    [InlineData("Missing --openai-api-key (or OPENAI_API_KEY in env, or existing openai API-key profile).", "--auth-choice", "openai-api-key")]
    [InlineData("OAuth requires interactive mode.", "--auth-choice", "openai-codex")]
    [InlineData("Auth choice \"setup-token\" requires interactive mode.", "--auth-choice", "setup-token")]
    [InlineData("Missing --token-provider for --auth-choice token.", "--auth-choice", "token")]
    [InlineData("There is no auth choice \"openai-apikey\". Near it: ", "--auth-choice", "openai-apikey")]
    [InlineData("--groq-api-key does not go with --auth-choice openai-api-key.", "--auth-choice", "openai-api-key", "--groq-api-key", "-")]
    [InlineData("--xai-api-key and --groq-api-key are given; onboarding adds one credential at a time.", "--groq-api-key", "x", "--xai-api-key", "y")]
    [InlineData("--secret-input-mode is plaintext or ref.", "--secret-input-mode", "vault")]
    [InlineData("Unknown option --nonsense.", "--nonsense")]
    public void What_cannot_be_done_says_why_and_changes_nothing(string message, params string[] options)
    {
        Outcome outcome = _home.Run(["onboard", "--non-interactive", .. options]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"Error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\nNext: ", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.StateDirectory()));
    }

    [Fact]
    public void Json_tells_what_was_done()
    {
        _home.Variables["OPENAI_API_KEY"] = Key;
        JsonElement result = _home.Json("onboard", "--non-interactive", "--auth-choice", "openai-api-key", "--secret-input-mode", "ref", "--set-default", "--json");
        Assert.Equal(("openai:default", "refer-to-variable", "OPENAI_API_KEY"), (result.GetProperty("profileId").GetString(), result.GetProperty("action").GetString(), result.GetProperty("variable").GetString()));
        Assert.Equal(("openai/gpt-5.2", "set"), (result.GetProperty("defaultModel").GetProperty("model").GetString(), result.GetProperty("defaultModel").GetProperty("state").GetString()));
        Assert.Equal("passed", result.GetProperty("checks")[0].GetProperty("result").GetString());
        Assert.DoesNotContain("CANARY", File.ReadAllText(_home.StorePath()), StringComparison.Ordinal);
        Assert.Empty(_home.Json("onboard", "--non-interactive", "--auth-choice", "openai-api-key", "--skip-health", "--json").GetProperty("checks").EnumerateArray());
    }

    // The variable that a reference names has to be there when the profile is used.
    [Fact]
    public void A_check_that_fails_is_the_exit_code()
    {
        _home.WriteStore(new JsonObject { ["openai:default"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["key"] = "" } });
        Assert.Equal(1, _home.Run("onboard", "--non-interactive", "--auth-choice", "openai-api-key").ExitCode);
        Assert.Equal(1, _home.RunWithInput(" ", "onboard", "--non-interactive", "--openai-api-key", "-").ExitCode);
    }

    [Fact]
    public void Nothing_is_added_without_a_choice()
    {
        Outcome outcome = _home.Run("onboard", "--non-interactive");
        Assert.Equal(new Outcome(0, "No credential was added.\n", "Warning: No --auth-choice is given, so that no credential is added.\n"), outcome);
    }

    [Fact]
    public void The_choices_are_listed_with_their_options()
    {
        Assert.Contains("OpenAI API key  --openai-api-key\n", _home.Run("onboard", "--list-choices").Output, StringComparison.Ordinal);
        JsonElement choices = _home.Json("onboard", "--list-choices", "--json").GetProperty("choices");
        Assert.Contains(choices.EnumerateArray(), choice => choice.GetProperty("id").GetString() == "groq-api-key" && choice.GetProperty("flag").GetString() == "--groq-api-key");
    }

    [Fact]
    public void At_the_terminal_whose_files_are_meant_is_asked_where_it_is_open()
    {
        Directory.CreateDirectory(_home.StateDirectory(".openclaw"));
        _home.Variables["OPENROUTER_API_KEY"] = Key;
        (int exitCode, string screen) = OnTerminal(
            "onboard", ("Whose credentials are to be set up?", "openclaw\r"), ("Which provider?", "openr\r"), ("OPENROUTER_API_KEY holds a key. Use it? [Y/n] ", "\r"), ("as the default model? [Y/n] ", "n\r"));
        Assert.Equal(0, exitCode);
        Assert.Contains("Setting up OpenClaw in ~/.openclaw, agent main.", screen, StringComparison.Ordinal);
        Assert.Equal(Key, (string?)_home.Store(state: ".openclaw")["profiles"]!["openrouter:default"]!["key"]);
    }

    [Fact]
    public void At_the_terminal_a_key_that_is_there_is_offered_and_a_wrong_answer_asked_again()
    {
        _home.WriteStore(new JsonObject { ["groq:a"] = Sample.Key("groq") });
        string before = File.ReadAllText(_home.StorePath());
        (int exitCode, string screen) = OnTerminal("onboard", ("Which provider?", "?\r"), ("amazon-bedrock", "99\r"), ("That is none of them.", "groq\r"), ("groq:a has a key already. Keep it? [Y/n] ", "y\r"));
        Assert.Equal(0, exitCode);
        Assert.Contains("Auth profile: groq:a (groq/api_key), as it was\r\n", screen, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_home.StorePath()));
    }

    [Fact]
    public void Cancelling_is_no_error_and_stores_nothing()
    {
        (int exitCode, string screen) = OnTerminal("onboard", ("Number or name, ? for all: ", "anthropic\r"), ("Number or name: ", "\u0003"));
        Assert.Equal(0, exitCode);
        Assert.EndsWith("Cancelled.\r\n", screen, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.StorePath()));
    }

    // models auth add: provider, kind, id, expiry, then paste-token
    [Fact]
    public void Add_asks_for_everything()
    {
        (int exitCode, string screen) = OnTerminal(
            "models auth add", ("Which provider?", "groq\r"), ("What is it?", "token\r"), ("Profile id [groq:manual]: ", "work\r"), ("Does this token expire? [y/N] ", "y\r"), ("How long does it live [365d]: ", "\r"),
            ("Paste token for groq: ", Key + "\r"));
        Assert.Equal(0, exitCode);
        Assert.EndsWith("Auth profile: groq:work (groq/token)\r\n", screen, StringComparison.Ordinal);
        Assert.True((long?)_home.Store()["profiles"]!["groq:work"]!["expires"] > Sample.InDays(364));
        Assert.DoesNotContain("CANARY", screen, StringComparison.Ordinal);
        Outcome outcome = _home.Run("models", "auth", "add");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("Error: models auth add requires an interactive TTY.\nNext: krabauth models auth paste-token", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_asks_for_the_provider_at_the_terminal_and_lists_those_there_are()
    {
        Assert.Equal(0, OnTerminal("models auth login", ("Number or name: ", "\u0003")).ExitCode);
        Assert.Equal("Error: Missing --provider.\nNext: krabauth models auth login --help\n", _home.Run("models", "auth", "login").Error);
        Assert.Contains("Known are: anthropic, openai-codex, ", _home.Run("models", "auth", "login", "--provider", "nobody").Error, StringComparison.Ordinal);
        Assert.Contains("has no default model", _home.Run("models", "auth", "login", "--provider", "exa", "--set-default").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Login_takes_a_method()
    {
        Outcome outcome = _home.RunWithInput(Key, "models", "auth", "login", "--provider", "openai", "--method", "api-key", "--set-default");
        Assert.Equal(new Outcome(0, "Auth profile: openai:manual (openai/api_key)\nDefault model set to openai/gpt-5.2\n", string.Empty), outcome);
    }

    [Fact]
    public void Copilot_is_signed_in_to_on_another_device()
    {
        using var api = new LoopbackApi();
        api.Serve("/device", _ => (200, $$"""{"device_code":"d-1","user_code":"ABCD-1234","verification_uri":"{{api.Address}}verify","expires_in":900,"interval":1}"""));
        api.Serve("/token", _ => (200, """{"access_token":"ghu_CANARY0123456789abcdef","token_type":"bearer","scope":"read:user"}"""));
        var definition = new JsonObject
        {
            ["id"] = "github-copilot",
            ["defaultModel"] = "github-copilot/gpt-4o",
            ["oauth"] = new JsonObject
            {
                ["deviceAuthorizationEndpoint"] = api.Address + "device", ["tokenEndpoint"] = api.Address + "token", ["clientId"] = "krab", ["storesStaticToken"] = true, ["profileName"] = "github",
            },
        };
        TempHome.Write(Path.Combine(_home.StateDirectory(), "providers", "github-copilot.json"), definition.ToJsonString());
        Outcome outcome = _home.Run("models", "auth", "login-github-copilot", "--yes");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\nABCD-1234\n", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "Auth profile: github-copilot:github (github-copilot/token)\nDefault model available: github-copilot/gpt-4o (use --set-default to apply)\n", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", outcome.Everything, StringComparison.Ordinal);
    }

    private (int ExitCode, string Screen) OnTerminal(string command, params ReadOnlySpan<(string Prompt, string Keys)> steps) => ScriptTerminal.Run(_home, $"'{Program.FilePath}' {command}", steps);
}
