using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary><c>models auth sync</c>, and what <c>models status</c> takes over.</summary>
public sealed class SyncTests : IDisposable
{
    private const string Access = "at-of-claude-0123456789";

    private readonly TempHome _home = new();

    private string ClaudeFile => Path.Combine(_home.Root, ".claude", ".credentials.json");

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_dry_run_shows_what_the_real_one_does()
    {
        WriteClaude();
        JsonElement plan = _home.Json("models", "auth", "sync", "--dry-run", "--json");
        Assert.Equal(["agentId", "agentDir", "dryRun", "logins"], plan.EnumerateObject().Select(member => member.Name));
        JsonElement claude = plan.GetProperty("logins")[0];
        Assert.Equal(["tool", "profileId", "provider", "action", "reason", "detail", "source", "type", "expiresAt"], claude.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("claude", "anthropic:claude-cli", "add", "new", "oauth"), (Text(claude, "tool"), Text(claude, "profileId"), Text(claude, "action"), Text(claude, "reason"), Text(claude, "type")));
        Assert.False(File.Exists(_home.StorePath()));

        Outcome outcome = _home.Run("models", "auth", "sync");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("- claude: add anthropic:claude-cli [new]: a sign-in that is not in the store yet; ~/.claude/.credentials.json, expires ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("- qwen: nothing to do [absent]: Qwen Code is not signed in", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(Access, (string?)_home.Store()["profiles"]!["anthropic:claude-cli"]!["access"]);
        Assert.DoesNotContain(Access, outcome.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--tool", "claude")]
    [InlineData(1, "--tool", "codex")]
    [InlineData(1, "--tool", "claude", "--tool", "codex")]
    [InlineData(1, "--tool", "vim")]
    public void Who_asks_for_a_program_by_name_learns_whether_there_was_anything(int exitCode, params string[] arguments)
    {
        WriteClaude();
        Assert.Equal(exitCode, _home.Run(["models", "auth", "sync", .. arguments]).ExitCode);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_fails_and_stays()
    {
        TempHome.Write(ClaudeFile, "{");
        Outcome outcome = _home.Run("models", "auth", "sync");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("[malformed]", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(ClaudeFile));
        // The status tells, once and in words, and goes on.
        Outcome status = _home.Run("models", "status");
        Assert.Equal(0, status.ExitCode);
        Assert.Contains($"claude: anthropic:claude-cli is not changed [malformed]: {ClaudeFile}(1,2): ", status.Error, StringComparison.Ordinal);
        Assert.Equal(2, status.Error.Split(ClaudeFile).Length);
    }

    [Fact]
    public void The_status_takes_over_and_names_the_program()
    {
        WriteClaude();
        JsonElement profile = _home.Json("models", "status", "--json").GetProperty("auth").GetProperty("oauth").GetProperty("profiles")[0];
        Assert.Equal(("anthropic:claude-cli", "claude-cli"), (Text(profile, "profileId"), Text(profile, "source")));
        Assert.Contains("(claude-cli)", _home.Run("models", "status").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_taken_over_where_the_configuration_says_off_and_by_commands_that_only_read()
    {
        WriteClaude();
        _home.Run("models", "auth", "list");
        Assert.False(File.Exists(_home.StorePath()));
        TempHome.Write(_home.ConfigPath, """{ auth: { externalCli: "off" } }""");
        _home.Run("models", "status");
        Assert.False(File.Exists(_home.StorePath()));
    }

    private void WriteClaude() => TempHome.Write(ClaudeFile, new JsonObject
    {
        ["claudeAiOauth"] = new JsonObject { ["accessToken"] = Access, ["refreshToken"] = "rt-of-claude-0123456789", ["expiresAt"] = DateTimeOffset.UtcNow.AddHours(3).ToUnixTimeMilliseconds() },
    }.ToJsonString());

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
