using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly TempHome _home = new();

    public SessionTests() => _home.WriteStore(
        new JsonObject { ["anthropic:home"] = Sample.Key("anthropic", "sk-ant-home-0123456789abcdef"), ["anthropic:work"] = Sample.Key("anthropic", "sk-ant-work-0123456789abcdef"), ["openai:a"] = Sample.Key("openai") });

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_model_reference_with_a_profile_pins_it_for_the_session_alone()
    {
        Outcome outcome = _home.Run("model", "Opus@anthropic:work", "--session", "chat");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("Model: anthropic/Opus\nSession chat stays with anthropic:work for anthropic.\nUsed now: profile: anthropic:work\n", outcome.Output);
        Assert.Equal("sk-ant-work-0123456789abcdef\n", Token("--session", "chat"));
        Assert.Equal("sk-ant-home-0123456789abcdef\n", Token("--session", "other"));
        Assert.Equal("sk-ant-home-0123456789abcdef\n", Token());
        // The gateway's own words for it, and what lifts it.
        Assert.Equal(0, _home.Run("model", "/model Opus", "--session", "chat").ExitCode);
        Assert.Equal("sk-ant-home-0123456789abcdef\n", Token("--session", "chat"));
    }

    [Theory]
    [InlineData("anthropic/opus@openai:a", "Error: Auth profile \"openai:a\" is for openai, not anthropic.\n")]
    [InlineData("opus@anthropic:gone", "Error: Auth profile \"anthropic:gone\" not found in ")]
    [InlineData("two words", "Error: \"two words\" is no model reference: ")]
    public void A_reference_that_cannot_be_is_refused_and_keeps_nothing(string reference, string error)
    {
        Outcome outcome = _home.Run("model", reference);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(_home.Json("models", "auth", "session", "get", "--json").GetProperty("pins").EnumerateArray());
    }

    [Fact]
    public void Session_get_set_and_clear()
    {
        Assert.Equal(0, _home.Run("models", "auth", "session", "set", "--session", "chat", "anthropic:work").ExitCode);
        JsonElement pin = Assert.Single(_home.Json("models", "auth", "session", "get", "--session", "chat", "--json").GetProperty("pins").EnumerateArray());
        Assert.Equal(("chat", "anthropic", "anthropic:work", "user"), (Of("session"), Of("provider"), Of("profileId"), Of("source")));
        Assert.EndsWith("\nchat  anthropic  anthropic:work  (user)\n", _home.Run("models", "auth", "session", "get").Output, StringComparison.Ordinal);
        Assert.Equal("Agent: main\nSession chat: 1 pin lifted.\n", _home.Run("models", "auth", "session", "clear", "--session", "chat").Output);
        Assert.EndsWith("\nPins: (none)\n", _home.Run("models", "auth", "session", "get").Output, StringComparison.Ordinal);
        Assert.Equal(1, _home.Run("models", "auth", "session", "set", "anthropic:gone").ExitCode);

        string? Of(string name) => pin.GetProperty(name).GetString();
    }

    [Fact]
    public void A_new_session_and_a_compaction_move_on()
    {
        Assert.Equal("sk-ant-home-0123456789abcdef\n", Token("--session", "chat", "--compactions", "0"));
        Assert.Equal("sk-ant-work-0123456789abcdef\n", Token("--session", "chat", "--compactions", "1"));
        Assert.Equal("sk-ant-work-0123456789abcdef\n", Token("--session", "chat"));
        Assert.Equal("sk-ant-home-0123456789abcdef\n", Token("--session", "chat", "--new-session"));
        Assert.Equal(1, _home.Run("models", "auth", "token", "--provider", "anthropic", "--new-session").ExitCode);
        Assert.Equal(1, _home.Run("models", "auth", "token", "--provider", "anthropic", "--session", "chat", "--compactions", "x").ExitCode);
        Assert.Equal(1, _home.Run("models", "auth", "token", "--profile-id", "anthropic:work", "--session", "chat").ExitCode);
    }

    [Fact]
    public void Models_are_listed_with_their_names_and_what_they_use()
    {
        TempHome.Write(_home.ConfigPath, """{ agents: { defaults: { model: "openai/gpt-5", models: { "anthropic/claude-opus-4-5": { alias: "Opus" } } } } }""");
        const string List = "openai/gpt-5               default\nanthropic/claude-opus-4-5  configured  Opus\n";
        foreach (string[] command in new string[][] { ["model"], ["model", "list"], ["model", "/model"], ["model", "/model list"] }) Assert.Equal(List, _home.Run(command).Output);
        foreach (string[] command in new string[][] { ["model", "status"], ["model", "/model status"] })
        {
            Assert.Equal(
                "Session: main\nopenai: profile: openai:a\n  if it fails: nothing is left\nanthropic: profile: anthropic:home\n  if it fails: anthropic:work is next\n",
                _home.Run(command).Output);
        }
        JsonElement json = _home.Json("model", "status", "--json");
        Assert.Equal(["profile: openai:a", "profile: anthropic:home"], json.GetProperty("providers").EnumerateArray().Select(plan => plan.GetProperty("selectedSource").GetString()));
        JsonElement opus = _home.Json("model", "list", "--json").GetProperty("models")[1];
        Assert.Equal(("anthropic/claude-opus-4-5", "Opus"), (opus.GetProperty("model").GetString(), opus.GetProperty("aliases")[0].GetString()));
    }

    [Fact]
    public void A_key_of_the_environment_serves_a_provider_without_profiles_and_else_only_if_allowed()
    {
        _home.Variables["MISTRAL_API_KEY"] = "mistral-0123456789abcdef";
        _home.Variables["OPENAI_API_KEY"] = "sk-env-0123456789abcdefgh";
        Assert.Equal("mistral-0123456789abcdef\n", _home.Run("models", "auth", "token", "--provider", "mistral").Output);
        Assert.Equal("env: MISTRAL_API_KEY", _home.Json("models", "auth", "resolve", "--provider", "mistral", "--json").GetProperty("selectedSource").GetString());
        _home.Run("models", "auth", "order", "set", "--provider", "openai", "openai:a");
        _home.WriteStore(new JsonObject { ["openai:old"] = Sample.Token("openai", -1) });
        Outcome refused = _home.Run("models", "auth", "token", "--provider", "openai");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("a key stands in env: OPENAI_API_KEY, which is not used in place of a profile unless it is allowed", refused.Error, StringComparison.Ordinal);
        Assert.EndsWith("\nNext: krabauth models auth resolve --provider openai --allow-environment\n", refused.Error, StringComparison.Ordinal);
        Outcome allowed = _home.Run("models", "auth", "token", "--provider", "openai", "--allow-environment");
        Assert.Equal((0, "sk-env-0123456789abcdefgh\n"), (allowed.ExitCode, allowed.Output));
        Assert.Contains("Warning: No profile of openai can be used; the key of env: OPENAI_API_KEY is used instead.", allowed.Error, StringComparison.Ordinal);
    }

    private string Token(params string[] options)
    {
        Outcome outcome = _home.Run(["models", "auth", "token", "--provider", "anthropic", .. options]);
        Assert.Equal(string.Empty, outcome.Error);
        return outcome.Output;
    }
}
