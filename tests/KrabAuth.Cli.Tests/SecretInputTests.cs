using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class SecretInputTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("sk-proj-0123456789abcdefghij")]
    [InlineData("sk-proj-0123456789abcdefghij\n")]
    [InlineData("sk-proj-0123456789abcdefghij\r\n")]
    [InlineData("\uFEFF  sk-proj-0123456789abcdefghij \r\n\r\n")]
    [InlineData("sk-proj-01234567\u200B89abcdefghij")]
    public void Api_key_comes_from_standard_input_whatever_wraps_it(string input)
    {
        Outcome outcome = _home.RunWithInput(input, "models", "auth", "paste-api-key", "--provider", "openai", "--profile-id", "openai:work", "--email", "me@example.com");
        Assert.Equal(new Outcome(0, "Auth profile: openai:work (openai/api_key)\n", string.Empty), outcome);
        JsonNode profile = _home.Store()["profiles"]!["openai:work"]!;
        Assert.Equal("""{"type":"api_key","provider":"openai","key":"sk-proj-0123456789abcdefghij","email":"me@example.com"}""", profile.ToJsonString());
    }

    [Fact]
    public void Setup_token_over_two_lines_is_taken_whole()
    {
        string token = Sample.SetupToken();
        Outcome outcome = _home.RunWithInput(token[..70] + "\r\n  " + token[70..] + "\r\n", "models", "auth", "setup-token", "--expires-in", "365d");
        Assert.Equal(new Outcome(0, "Auth profile: anthropic:manual (anthropic/token)\n", string.Empty), outcome);
        JsonNode profile = _home.Store()["profiles"]!["anthropic:manual"]!;
        Assert.Equal(token, (string?)profile["token"]);
        Assert.InRange((long)profile["expires"]!, Sample.InDays(364.9), Sample.InDays(365.1));
    }

    [Theory]
    [InlineData("365d", 365)]
    [InlineData("12h", 0.5)]
    [InlineData("1h30m", 0.0625)]
    [InlineData("30", 30)]
    public void Token_expires_when_it_was_said_to(string duration, double days)
    {
        Outcome outcome = _home.RunWithInput("ghu_0123456789abcdefghij", "models", "auth", "paste-token", "--provider", "github-copilot", "--profile-id", "mine", "--expires-in", duration);
        Assert.Equal(new Outcome(0, "Auth profile: github-copilot:mine (github-copilot/token)\n", string.Empty), outcome);
        Assert.InRange((long)_home.Store()["profiles"]!["github-copilot:mine"]!["expires"]!, Sample.InDays(days - 0.01), Sample.InDays(days + 0.01));
    }

    [Theory]
    [InlineData("", "Required.", "setup-token")]
    [InlineData("sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxx", "Expected token starting with sk-ant-oat01-.", "setup-token")]
    [InlineData("sk-ant-oat01-short", "Token looks too short; paste the full setup-token.", "setup-token")]
    [InlineData("  \n", "Required.", "paste-api-key", "--provider", "openai")]
    [InlineData("{\"key\":1}", "This is JSON, not an API key.", "paste-api-key", "--provider", "openai")]
    [InlineData("ghu_x", "Invalid duration: \"soon\".", "paste-token", "--provider", "github-copilot", "--expires-in", "soon")]
    [InlineData("ghu_x", "There is no agent \"nobody\".", "paste-token", "--provider", "github-copilot", "--agent", "nobody")]
    [InlineData("x", "Missing --provider.", "paste-token")]
    [InlineData("x", "Missing --provider.", "paste-api-key", "--provider", " ")]
    [InlineData("x", "Provider \"openai\" has no sign-in method \"setup-token\".", "setup-token", "--provider", "openai")]
    public void Unfit_input_is_refused_with_the_next_step_and_nothing_is_stored(string input, string message, params string[] args)
    {
        Outcome outcome = _home.RunWithInput(input, ["models", "auth", .. args]);
        Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"Error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\nNext: ", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.StorePath()));
    }

    [Fact]
    public void An_oauth_sign_in_is_replaced_only_by_force()
    {
        _home.WriteStore(new JsonObject { ["github-copilot:manual"] = Sample.OAuth("github-copilot", 1) });
        Assert.Equal(1, _home.RunWithInput("ghu_0123456789", "models", "auth", "paste-token", "--provider", "github-copilot").ExitCode);
        Assert.Equal("oauth", (string?)_home.Store()["profiles"]!["github-copilot:manual"]!["type"]);
        Assert.Equal(0, _home.RunWithInput("ghu_0123456789", "models", "auth", "paste-token", "--provider", "github-copilot", "--force").ExitCode);
        Assert.Equal("token", (string?)_home.Store()["profiles"]!["github-copilot:manual"]!["type"]);
    }

    [Fact]
    public void A_file_redirected_by_mistake_is_not_swallowed()
    {
        Outcome outcome = Program.Run(_home, ["models", "auth", "paste-api-key", "--provider", "openai"], Encoding.ASCII.GetBytes(new string('x', 2 * 1024 * 1024)));
        Assert.Equal((1, "Error: Standard input is too long to be a secret.\n"), (outcome.ExitCode, outcome.Error));
    }
}
