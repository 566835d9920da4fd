using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class UseTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Resolve_explains_every_candidate()
    {
        long back = Sample.InDays(0.1);
        _home.WriteStore(
            new JsonObject { ["anthropic:a"] = Sample.Key("anthropic"), ["anthropic:b"] = Sample.Key("anthropic"), ["anthropic:old"] = Sample.Token("anthropic", -1), ["anthropic:out"] = Sample.Key("anthropic") },
            order: new JsonObject { ["anthropic"] = new JsonArray("anthropic:a", "anthropic:b", "anthropic:old") },
            usage: new JsonObject { ["anthropic:a"] = new JsonObject { ["cooldownUntil"] = back, ["cooldownReason"] = "rate_limit" } });
        JsonElement json = _home.Json("models", "auth", "resolve", "--provider", "anthropic", "--json");
        Assert.Equal(["provider", "selected", "selectedSource", "source", "strategy", "order", "candidates", "keys", "pin", "ifItFails"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("anthropic", "anthropic:b", "stored"), (json.GetProperty("provider").GetString(), json.GetProperty("selected").GetString(), json.GetProperty("source").GetString()));
        Assert.Equal(["anthropic:b", "anthropic:a"], json.GetProperty("order").EnumerateArray().Select(id => id.GetString()));
        Assert.All(json.GetProperty("candidates").EnumerateArray(), candidate => Assert.Equal(["profileId", "eligible", "reasonCode", "kind", "unusableUntil", "rank", "rule", "waitReason", "waitModel"], candidate.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(["ok", "ok", "expired", "excluded_by_auth_order"], json.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("reasonCode").GetString()));
        Assert.Equal("cooldown", json.GetProperty("candidates")[1].GetProperty("kind").GetString());

        Assert.Equal(["given", "waiting", null, null], json.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("rule").GetString()));
        Assert.Equal(("rate_limit", back), (json.GetProperty("candidates")[1].GetProperty("waitReason").GetString(), json.GetProperty("candidates")[1].GetProperty("unusableUntil").GetInt64()));

        string time = DateTimeOffset.FromUnixTimeMilliseconds(back).ToLocalTime().ToString("HH:mm", CultureInfo.InvariantCulture);
        Assert.Equal($"""
            Provider: anthropic
            Order: stored with the agent
              1. anthropic:b    usable
              2. anthropic:a    cooldown (rate_limit), usable again in 2h, at {time}
              -  anthropic:old  it has expired [expired]
              -  anthropic:out  the order in force does not name it [excluded_by_auth_order]
            Selected: anthropic:b
            If it fails: anthropic:a comes back first, in 2h

            """.ReplaceLineEndings("\n"), _home.Run("models", "auth", "resolve", "--provider", "anthropic").Output);
    }

    [Fact]
    public void Resolve_fails_with_what_comes_back_first()
    {
        _home.WriteStore(
            new JsonObject { ["openai:a"] = Sample.Key("openai"), ["openai:b"] = Sample.Key("openai") },
            usage: new JsonObject { ["openai:a"] = new JsonObject { ["cooldownUntil"] = Sample.InDays(2.9 / 24) }, ["openai:b"] = new JsonObject { ["disabledUntil"] = Sample.InDays(1) } });
        foreach (string[] command in new string[][] { ["resolve"], ["resolve", "--json"] })
        {
            Outcome outcome = _home.Run(["models", "auth", .. command, "--provider", "openai"]);
            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith("Error: No usable auth profile for openai: openai:a comes back first, in 3h.\n", outcome.Error, StringComparison.Ordinal);
            // It has shown why already; to run it again would not help.
            Assert.EndsWith("\nNext: Wait, or let them in again now: krabauth models auth cooldown clear --provider openai\n", outcome.Error, StringComparison.Ordinal);
            if (command is ["resolve", "--json"]) Assert.Equal(JsonValueKind.Null, TempHome.ParseJson(outcome.Output).GetProperty("selected").ValueKind);
        }
        // What was disabled for hours may have been topped up: with nothing else left it is tried, once.
        Outcome tried = _home.Run("models", "auth", "token", "--provider", "openai");
        Assert.Equal(0, tried.ExitCode);
        Assert.Contains("openai:b is tried once before its time", tried.Error, StringComparison.Ordinal);
        Assert.StartsWith("Error: No usable auth profile for openai: openai:a comes back first, in 3h.\n", _home.Run("models", "auth", "token", "--provider", "openai").Error, StringComparison.Ordinal);
        Outcome nothing = _home.Run("models", "auth", "resolve", "--provider", "groq");
        Assert.Equal(1, nothing.ExitCode);
        Assert.EndsWith("\nNext: krabauth models auth paste-api-key --provider groq\n", nothing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Token_prints_the_secret_alone()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", "sk-proj-first-0123456789"), ["openai:b"] = Sample.Key("openai", "sk-proj-second-0123456789") });
        Assert.Equal(new Outcome(0, "sk-proj-first-0123456789\n", string.Empty), _home.Run("models", "auth", "token", "--provider", "openai"));
        Assert.Equal(new Outcome(0, "sk-proj-second-0123456789\n", string.Empty), _home.Run("models", "auth", "token", "--profile-id", "openai:b"));
        Outcome neither = _home.Run("models", "auth", "token");
        Assert.Equal(new Outcome(1, string.Empty, "Error: Missing --provider or --profile-id.\nNext: krabauth models auth token --help\n"), neither);
        Assert.Equal(1, _home.Run("models", "auth", "token", "--profile-id", "openai:b", "--provider", "openai").ExitCode);
        Outcome missing = _home.Run("models", "auth", "token", "--profile-id", "openai:zz");
        Assert.Equal((1, string.Empty), (missing.ExitCode, missing.Output));
        Assert.Contains("\nNext: krabauth models auth list\n", missing.Error, StringComparison.Ordinal);
    }
}
