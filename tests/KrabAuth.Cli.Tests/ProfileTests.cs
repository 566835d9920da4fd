using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class ProfileTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void List_of_nothing_says_so()
    {
        Assert.EndsWith("Profiles: (none)\n", _home.Run("models", "auth", "list").Output, StringComparison.Ordinal);
        JsonElement json = _home.Json("models", "auth", "list", "--json");
        Assert.Equal(["agentId", "agentDir", "authStorePath", "authStatePath", "provider", "profiles"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((JsonValueKind.Null, 0), (json.GetProperty("provider").ValueKind, json.GetProperty("profiles").GetArrayLength()));
    }

    [Fact]
    public void List_sorts_by_provider_and_shows_waits_and_ends()
    {
        JsonObject token = Sample.Token("anthropic");
        token["expires"] = new DateTimeOffset(2099, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).ToUnixTimeMilliseconds();
        _home.WriteStore(
            new JsonObject { ["openai:z"] = Sample.Key("openai"), ["openai-codex:me"] = Sample.OAuth("openai-codex", -1), ["anthropic:w"] = token },
            usage: new JsonObject { ["openai:z"] = new JsonObject { ["cooldownUntil"] = new DateTimeOffset(2098, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() } });
        Assert.EndsWith("""
            Profiles:
            - anthropic:w [anthropic/token; expires 2099-01-02T03:04:05.678Z]
            - openai:z [openai/api_key; cooldown until 2098-01-01T00:00:00.000Z]
            - openai-codex:me (me@example.com) [openai-codex/oauth; expired, refreshable]

            """.ReplaceLineEndings("\n"), _home.Run("models", "auth", "list").Output, StringComparison.Ordinal);
        JsonElement json = _home.Json("models", "auth", "list", "--json", "--provider", "openai");
        Assert.Equal("openai", json.GetProperty("provider").GetString());
        Assert.Equal(["openai:z", "openai-codex:me"], json.GetProperty("profiles").EnumerateArray().Select(profile => profile.GetProperty("id").GetString()));
        JsonElement first = json.GetProperty("profiles")[0];
        Assert.Equal(["id", "provider", "type", "label", "status", "cooldownUntil"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal("2098-01-01T00:00:00.000Z", first.GetProperty("cooldownUntil").GetString());
    }

    [Fact]
    public void A_profile_is_held_out_and_let_in_again()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai"), ["openai:b"] = Sample.Key("openai") });
        Assert.Equal(new Outcome(0, "Disabled auth profile: openai:a\nDisabled auth profile: openai:b\n", string.Empty), _home.Run("models", "auth", "disable", "openai:a", "openai:b"));
        Outcome nothing = _home.Run("models", "auth", "resolve", "--provider", "openai");
        Assert.Equal(1, nothing.ExitCode);
        Assert.EndsWith("\nNext: krabauth models auth enable openai:a\n", nothing.Error, StringComparison.Ordinal);
        Assert.Equal(new Outcome(0, "Enabled auth profile: openai:a\n", string.Empty), _home.Run("models", "auth", "enable", "openai:a"));
        Assert.Equal("openai:a", _home.Run("models", "auth", "resolve", "--provider", "openai").Output.Split("Selected: ")[1].Split('\n')[0]);
        Assert.Equal(1, _home.Run("models", "auth", "enable", "openai:nobody").ExitCode);
    }

    [Fact]
    public void Logout_needs_a_yes_where_nobody_can_be_asked()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai"), ["openai:b"] = Sample.Key("openai") }, order: new JsonObject { ["openai"] = new JsonArray("openai:a", "openai:b") });
        Outcome refused = _home.Run("models", "auth", "logout", "openai:a");
        Assert.Equal(1, refused.ExitCode);
        Assert.EndsWith("\nNext: krabauth models auth logout openai:a --yes\n", refused.Error, StringComparison.Ordinal);
        Assert.NotNull(_home.Store()["profiles"]!["openai:a"]);

        Assert.Equal(new Outcome(0, "Removed auth profile: openai:a\n", string.Empty), _home.Run("models", "auth", "logout", "openai:a", "--yes"));
        Assert.Null(_home.Store()["profiles"]!["openai:a"]);
        Assert.Equal(["openai:b"], _home.Store()["order"]!["openai"]!.AsArray().Select(id => (string?)id));

        Outcome again = _home.Run("models", "auth", "logout", "openai:a");
        Assert.Equal(1, again.ExitCode);
        Assert.StartsWith("Error: Auth profile \"openai:a\" not found in ", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_store_is_named_with_its_place_and_left_as_it_is()
    {
        const string Broken = "{\n  \"version\": 1,\n  \"profiles\": {\n    \"openai:a\": { \"type\": }\n";
        _home.WriteStore(Broken);
        foreach (string[] command in new string[][]
        {
            ["status"], ["status", "--json"], ["auth", "list"], ["auth", "order", "get", "--provider", "openai"], ["auth", "order", "clear", "--provider", "openai"],
            ["auth", "resolve", "--provider", "openai"], ["auth", "token", "--provider", "openai"], ["auth", "logout", "openai:a", "--yes"],
        })
        {
            Outcome outcome = _home.Run(["models", .. command]);
            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith($"Error: {_home.StorePath()}(4,", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("\nNext: ", outcome.Error, StringComparison.Ordinal);
            Assert.Equal(string.Empty, outcome.Output);
        }
        Assert.Equal(1, _home.RunWithInput("sk-proj-0123456789abcdefghij", "models", "auth", "paste-api-key", "--provider", "openai").ExitCode);
        Assert.Equal(Broken, File.ReadAllText(_home.StorePath()));
    }
}
