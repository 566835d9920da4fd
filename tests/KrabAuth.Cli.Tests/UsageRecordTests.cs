using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class UsageRecordTests : IDisposable
{
    private readonly TempHome _home = new();

    public UsageRecordTests() => _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Key("anthropic"), ["anthropic:b"] = Sample.Key("anthropic"), ["openai:c"] = Sample.Key("openai") });

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_failure_makes_the_next_profile_the_first()
    {
        Outcome outcome = Record("--status", "429", "--message", "Rate limit reached. Please try again in 30m.", "--model", "claude-x");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^Recorded for anthropic:a: rate_limit\.\nanthropic:a: cooldown \(rate_limit\) for claude-x, back in 30m, at \d{4}-\d\d-\d\d \d\d:\d\d; failures in a row: 1\.\n$", outcome.Output);
        JsonElement resolved = _home.Json("models", "auth", "resolve", "--provider", "anthropic", "--json");
        Assert.Equal("anthropic:b", resolved.GetProperty("selected").GetString());
        Assert.Equal("anthropic:a", _home.Json("models", "auth", "resolve", "--provider", "anthropic", "--model", "another", "--json").GetProperty("selected").GetString());
    }

    [Fact]
    public void The_list_tells_who_waits_why_and_until_when()
    {
        Assert.Equal(new Outcome(0, "No profile waits.\n", string.Empty), _home.Run("models", "auth", "cooldown", "list"));
        Record("--reason", "billing");
        JsonElement list = _home.Json("models", "auth", "cooldown", "list", "--json");
        Assert.Equal(["agentId", "agentDir", "cooldowns"], list.EnumerateObject().Select(member => member.Name));
        JsonElement wait = Assert.Single(list.GetProperty("cooldowns").EnumerateArray().ToList());
        Assert.Equal(["profileId", "provider", "kind", "reason", "model", "since", "until", "remainingMs", "errorCount"], wait.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("anthropic:a", "disabled", "billing", 1), (wait.GetProperty("profileId").GetString(), wait.GetProperty("kind").GetString(), wait.GetProperty("reason").GetString(), wait.GetProperty("errorCount").GetInt32()));
        Assert.Equal(5 * 3_600_000, wait.GetProperty("until").GetInt64() - wait.GetProperty("since").GetInt64());
        Assert.Empty(_home.Json("models", "auth", "cooldown", "list", "--provider", "openai", "--json").GetProperty("cooldowns").EnumerateArray());
        Assert.StartsWith("anthropic:a: disabled (billing), back in 5h, at ", _home.Run("models", "auth", "cooldown", "list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Clearing_and_success_end_waits()
    {
        Record("--reason", "billing");
        Assert.Equal(new Outcome(0, "Cleared: anthropic:a\n", string.Empty), _home.Run("models", "auth", "cooldown", "clear", "--profile-id", "anthropic:a"));
        Assert.Equal(new Outcome(0, "There was nothing to clear.\n", string.Empty), _home.Run("models", "auth", "cooldown", "clear"));
        Record("--reason", "auth");
        Assert.Equal(["anthropic:a"], _home.Json("models", "auth", "cooldown", "clear", "--provider", "anthropic", "--json").GetProperty("cleared").EnumerateArray().Select(id => id.GetString()));
        Record("--reason", "rate_limit");
        Assert.Equal(new Outcome(0, "Recorded for anthropic:a: success.\n", string.Empty), Record("--success"));
        JsonNode usage = _home.Store()["usageStats"]!["anthropic:a"]!;
        Assert.Equal(["errorCount", "lastFailureAt", "lastUsed"], usage.AsObject().Select(member => member.Key).Order());
        Assert.Equal("anthropic:a", _home.Store()["lastGood"]!["anthropic"]!.GetValue<string>());
    }

    /// <summary>A variable of a script that was empty ended every wait there was.</summary>
    [Theory]
    [InlineData("--profile-id", "")]
    [InlineData("--profile-id", " ")]
    [InlineData("--provider", "")]
    public void An_option_without_a_value_clears_nothing(string option, string value)
    {
        Record("--reason", "billing");
        Outcome outcome = _home.Run("models", "auth", "cooldown", "clear", option, value);
        Assert.Equal(new Outcome(1, string.Empty, $"Error: Missing a value for {option}.\nNext: krabauth models auth cooldown clear --help\n"), outcome);
        Assert.NotNull(_home.Store()["usageStats"]!["anthropic:a"]!["disabledUntil"]);
    }

    [Fact]
    public void Clearing_in_main_means_the_agents_that_inherit_the_profile()
    {
        TempHome.Write(_home.StorePath("work"), """{ "version": 1, "profiles": {} }""");
        Record("--reason", "auth", "--agent", "work");
        Assert.Single(Waits());
        Assert.Equal(new Outcome(0, "Cleared: anthropic:a\n", string.Empty), _home.Run("models", "auth", "cooldown", "clear", "--profile-id", "anthropic:a"));
        Assert.Empty(Waits());

        List<JsonElement> Waits() => [.. _home.Json("models", "auth", "cooldown", "list", "--agent", "work", "--json").GetProperty("cooldowns").EnumerateArray()];
    }

    [Fact]
    public void A_model_that_is_not_there_waits_alone()
    {
        Assert.StartsWith("Recorded for anthropic:a: model_not_found.\nanthropic:a: cooldown (model_not_found) for claude-x, back in 1m, at ", Record("--status", "404", "--model", "claude-x").Output, StringComparison.Ordinal);
        Assert.Equal("anthropic:a", _home.Json("models", "auth", "resolve", "--provider", "anthropic", "--json").GetProperty("selected").GetString());
        Assert.Contains("anthropic:a: cooldown (model_not_found) for claude-x", _home.Run("models", "auth", "cooldown", "list").Output, StringComparison.Ordinal);
        Assert.StartsWith("Not recorded for anthropic:a: model_not_found; which model", Record("--status", "404").Output, StringComparison.Ordinal);
        Assert.StartsWith("Not recorded for anthropic:a: session_expired; ", Record("--reason", "session_expired", "--model", "claude-x").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_recorded_is_said()
    {
        Outcome outcome = Record("--status", "400", "--message", "messages: invalid request format");
        Assert.Equal(new Outcome(0, "Not recorded for anthropic:a: format; the account is not at fault.\n", string.Empty), outcome);
        JsonElement json = _home.Json("models", "auth", "record", "--profile-id", "anthropic:a", "--status", "413", "--json");
        Assert.Equal(["profileId", "provider", "success", "reason", "recorded", "detail", "cooldown"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((JsonValueKind.Null, false), (json.GetProperty("reason").ValueKind, json.GetProperty("recorded").GetBoolean()));
        Assert.Null(_home.Store()["usageStats"]);
    }

    [Fact]
    public void Mistakes_are_said_and_change_nothing()
    {
        (string[] Options, string Error)[] mistakes =
        [
            ([], "Missing --success, --status or --reason."),
            (["--success", "--reason", "auth"], "Choose one of --success, --status (with --message) and --reason."),
            (["--status", "abc"], "That is not an HTTP status."),
            (["--status", "999"], "That is not an HTTP status."),
            (["--reason", "bad_luck"], "That is not a failure reason."),
        ];
        foreach ((string[] options, string error) in mistakes)
        {
            Outcome outcome = Record(options);
            Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
            Assert.StartsWith($"Error: {error}\nNext: ", outcome.Error, StringComparison.Ordinal);
        }
        Outcome missing = _home.Run("models", "auth", "record", "--profile-id", "anthropic:zz", "--success");
        Assert.Equal((1, string.Empty), (missing.ExitCode, missing.Output));
        Assert.Contains("\"anthropic:zz\" not found", missing.Error, StringComparison.Ordinal);
        Assert.Equal(1, _home.Run("models", "auth", "cooldown", "clear", "--provider", "anthropic", "--profile-id", "anthropic:a").ExitCode);
        Assert.Null(_home.Store()["usageStats"]);
    }

    private Outcome Record(params string[] options) => _home.Run(["models", "auth", "record", "--profile-id", "anthropic:a", .. options]);
}
