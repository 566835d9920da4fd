using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TempHome _home = new();

    public CompletionTests() => _home.WriteStore(new JsonObject
    {
        ["anthropic:a"] = Sample.Key("anthropic"),
        ["openai:me@example.com"] = Sample.Key("openai"),
        ["openai:second"] = Sample.Key("openai"),
        ["openai:two words"] = Sample.Key("openai"),
    });

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("models auth ord", "order")]
    [InlineData("models auth order ", "get", "set", "clear")]
    [InlineData("models auth order set --provider openai ", "openai:me@example.com", "openai:second", "openai:two words")]
    [InlineData("models auth order set --provider openai openai:second openai:m", "openai:me@example.com")]
    [InlineData("models auth order set --provider openai openai:second ", "openai:me@example.com", "openai:two words")]
    [InlineData("models auth order set --provider=openai openai:s", "openai:second")]
    [InlineData("models auth order set --provider=anthropic", "--provider=anthropic", "--provider=anthropic-openai")]
    [InlineData("models auth order set --prov", "--provider")]
    [InlineData("models auth logout an", "anthropic:a")]
    [InlineData("models auth logout anthropic:a ", "--yes", "--revoke", "--help", "--product", "--state-dir", "--agent", "--verbose")]
    [InlineData("models auth record --profile-id openai:second --reason rate", "rate_limit")]
    [InlineData("models auth sync --tool co", "codex")]
    [InlineData("--product mo", "moltbot")]
    [InlineData("--agent m", "main")]
    [InlineData("model some/thing@openai:s")]
    [InlineData("model openai/thing@", "openai/thing@openai:me@example.com", "openai/thing@openai:second", "openai/thing@openai:two words")]
    [InlineData("completion ", "bash", "zsh", "fish", "powershell")]
    [InlineData("models auth order set --provider nobody ", "--help", "--product", "--state-dir", "--agent", "--verbose")]
    [InlineData("models auth order set --agent nobody --provider openai o")]
    public void The_program_offers_what_can_stand_there(string line, params string[] expected)
    {
        Outcome outcome = _home.Run(["[complete]", .. line.Split(' ')]);
        Assert.Equal(expected, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('\t')[0]));
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_profile_is_told_by_its_kind_and_status_and_no_secret()
    {
        string output = _home.Run("[complete]", "models", "auth", "logout", "anth").Output;
        Assert.Equal("anthropic:a\tanthropic:a: api_key, static, expires never\n", output);
    }

    [Fact]
    public void A_broken_store_completes_to_nothing_and_the_catalog_still_does()
    {
        _home.WriteStore("{ \"profiles\": {");
        Assert.Equal(new Outcome(0, string.Empty, string.Empty), _home.Run("[complete]", "models", "auth", "logout", "an"));
        Assert.Contains("anthropic\t", _home.Run("[complete]", "models", "auth", "list", "--provider", "anth").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_shell_is_an_error_that_names_the_known_ones()
    {
        Outcome outcome = _home.Run("completion", "tcsh");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("Error: There is no completion for that shell. Shells: bash, zsh, fish, powershell.\nNext: ", outcome.Error, StringComparison.Ordinal);
    }
}
