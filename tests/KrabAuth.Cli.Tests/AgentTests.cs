using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class AgentTests : IDisposable
{
    private readonly TempHome _home = new();

    public AgentTests() => _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Key("anthropic"), ["anthropic:claude-cli"] = Sample.Key("anthropic") });

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_guides_two_agents_are_added_listed_and_used()
    {
        Outcome outcome = _home.Run("agents", "add", "work");
        Assert.Equal(
            new Outcome(0, $"Agent: work\nWorkspace: {Shown("workspace-work")}\nAgent dir: {Shown("agents", "work", "agent")}\nOAuth profiles stay shared from \"main\" unless this agent signs in separately.\n", string.Empty),
            outcome);
        JsonElement added = _home.Json("agents", "add", "personal", "--workspace", "~/me", "--model", "openai/gpt-5.2", "--non-interactive", "--json");
        Assert.Equal(["agentId", "name", "workspace", "agentDir", "model", "bindings", "copiedProfiles"], added.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Path.Combine(_home.Root, "me"), added.GetProperty("workspace").GetString());

        using JsonDocument list = JsonDocument.Parse(_home.Run("agents", "list", "--json").Output);
        Assert.Equal(["main", "work", "personal"], list.RootElement.EnumerateArray().Select(agent => agent.GetProperty("id").GetString()));
        Assert.Equal(["id", "workspace", "agentDir", "bindings", "isDefault", "routes"], list.RootElement[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal([true, false, false], list.RootElement.EnumerateArray().Select(agent => agent.GetProperty("isDefault").GetBoolean()));
        Assert.Equal(_home.Run("agents", "list").Output, _home.Run("agents").Output);
        Assert.Contains("- main (default)\n", _home.Run("agents", "list").Output, StringComparison.Ordinal);
        Assert.Contains("Agent: work\n", _home.Run("models", "auth", "list", "--agent", "work").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"main\" is reserved. Choose another name.", "agents", "add", "main")]
    [InlineData("Agent name is required in non-interactive mode.", "agents", "add")]
    [InlineData("Non-interactive mode requires --workspace.", "agents", "add", "work", "--non-interactive")]
    [InlineData("\"main\" cannot be deleted.", "agents", "delete", "main")]
    [InlineData("There is no agent \"nobody\".", "agents", "delete", "nobody")]
    [InlineData("There is no agent \"nobody\" in ", "agents", "restore", "nobody")]
    public void Mistakes_are_told_and_change_nothing(string message, params string[] args)
    {
        Outcome outcome = _home.Run(args);
        Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"Error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\nNext: ", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.ConfigPath));
    }

    [Fact]
    public void Deleting_needs_a_person_or_force_and_is_undone()
    {
        _home.Run("agents", "add", "work");
        Assert.StartsWith("Error: Non-interactive session. Re-run with --force.", _home.Run("agents", "delete", "work").Error, StringComparison.Ordinal);
        Outcome deleted = _home.Run("agents", "delete", "work", "--force");
        Assert.Equal((0, string.Empty), (deleted.ExitCode, deleted.Error));
        Assert.StartsWith("Deleted agent: work\n", deleted.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.AgentDirectory("work")));
        Assert.Equal(new Outcome(0, "Restored agent: work\n", string.Empty), _home.Run("agents", "restore", "work"));
        Assert.True(Directory.Exists(_home.AgentDirectory("work")));
        JsonElement json = _home.Json("agents", "delete", "work", "--force", "--json");
        Assert.Equal(["agentId", "workspace", "agentDir", "sessionsDir", "removedBindings", "removedAllow", "trash"], json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Channels_list_has_the_gateways_shape()
    {
        TempHome.Write(_home.ConfigPath, "{ channels: { telegram: { botToken: '${NOT_SET_HERE}' }, slack: { accounts: { b: {}, a: {} } }, defaults: { x: 1 } } }");
        Assert.Equal(
            """{"chat":{"telegram":["default"],"slack":["a","b"]},"auth":[{"id":"anthropic:a","provider":"anthropic","type":"api_key","isExternal":false},{"id":"anthropic:claude-cli","provider":"anthropic","type":"api_key","isExternal":true}]}""",
            JsonNode.Parse(_home.Json("channels", "list", "--json", "--no-usage").GetRawText())!.ToJsonString());
        Assert.Equal(
            new Outcome(0, "Chat channels:\n- telegram default\n- slack a\n- slack b\n\nAuth providers (OAuth + API keys):\n- anthropic:a (api_key)\n- anthropic:claude-cli (api_key (synced))\n", string.Empty),
            _home.Run("channels", "list"));
    }

    [Theory]
    [InlineData("krabkrab", ".krabkrab")]
    [InlineData("openclaw", ".openclaw")]
    [InlineData("moltbot", ".clawdbot")]
    [InlineData("clawdbot", ".clawdbot")]
    public void Each_product_has_its_own(string product, string directory)
    {
        _home.WriteStore(new JsonObject { [$"groq:{product}"] = Sample.Key("groq") }, state: directory);
        JsonElement json = _home.Json("--product", product, "channels", "list", "--json");
        Assert.Equal($"groq:{product}", Assert.Single(json.GetProperty("auth").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(0, _home.Run("--product", product, "agents", "add", "work").ExitCode);
        Assert.True(File.Exists(Path.Combine(_home.StateDirectory(directory), $"{product}.json")));
    }

    private static string Shown(params string[] names) => Path.Combine(["~", ".krabkrab", .. names]);
}
