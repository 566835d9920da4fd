using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class OrderTests : IDisposable
{
    private readonly TempHome _home = new();

    public OrderTests() => _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Key("anthropic"), ["anthropic:b"] = Sample.Key("anthropic"), ["openai:c"] = Sample.Key("openai") });

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Set_get_and_clear_speak_like_the_peers()
    {
        Assert.Equal(new Outcome(0, "Agent: main\nProvider: anthropic\nOrder override: anthropic:b, anthropic:a\n", string.Empty), _home.Run("models", "auth", "order", "set", "--provider", "anthropic", "anthropic:b", "anthropic:a"));
        string shown = Path.Combine("~", ".krabkrab", "agents", "main", "agent", "auth-profiles.json");
        Assert.Equal(new Outcome(0, $"Agent: main\nProvider: anthropic\nAuth file: {shown}\nOrder override: anthropic:b, anthropic:a\n", string.Empty), _home.Run("models", "auth", "order", "get", "--provider", "Anthropic"));
        Assert.Equal(["anthropic:b", "anthropic:a"], _home.Store()["order"]!["anthropic"]!.AsArray().Select(id => (string?)id));
        Assert.Equal(new Outcome(0, "Agent: main\nProvider: anthropic\nCleared per-agent order override.\n", string.Empty), _home.Run("models", "auth", "order", "clear", "--provider", "anthropic"));
        Assert.EndsWith("Order override: (none)\n", _home.Run("models", "auth", "order", "get", "--provider", "anthropic").Output, StringComparison.Ordinal);
        Assert.Equal(0, _home.Run("models", "auth", "order", "clear", "--provider", "anthropic").ExitCode);
    }

    [Fact]
    public void Json_names_both_files_and_null_for_no_order()
    {
        JsonElement json = _home.Json("models", "auth", "order", "get", "--provider", "anthropic", "--json");
        Assert.Equal(["agentId", "agentDir", "provider", "authStorePath", "authStatePath", "order"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("order").ValueKind);
        Assert.Equal(_home.StorePath(), json.GetProperty("authStatePath").GetString());
        TempHome.Write(_home.StatePath(), """{"version":1,"order":{"anthropic":["anthropic:b"]}}""");
        json = _home.Json("models", "auth", "order", "get", "--provider", "anthropic", "--json");
        Assert.Equal((_home.StorePath(), _home.StatePath()), (json.GetProperty("authStorePath").GetString(), json.GetProperty("authStatePath").GetString()));
        Assert.Equal("anthropic:b", Assert.Single(json.GetProperty("order").EnumerateArray()).GetString());
        Assert.Contains("Auth state file: ", _home.Run("models", "auth", "order", "get", "--provider", "anthropic").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Missing profile ids. Provide one or more profile ids.")]
    [InlineData("Auth profile \"anthropic:zz\" not found in ", "anthropic:zz")]
    [InlineData("Auth profile \"openai:c\" is for openai, not anthropic.", "anthropic:a", "openai:c")]
    public void Set_refuses_what_the_peers_refuse_and_changes_nothing(string message, params string[] ids)
    {
        byte[] before = File.ReadAllBytes(_home.StorePath());
        Outcome outcome = _home.Run(["models", "auth", "order", "set", "--provider", "anthropic", .. ids]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"Error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\nNext: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_home.StorePath()));
    }

    [Theory]
    [InlineData("--agent", "work", "models", "auth", "order", "get", "--provider", "anthropic")]
    [InlineData("models", "auth", "--agent", "work", "order", "get", "--provider", "anthropic")]
    [InlineData("models", "auth", "order", "--agent", "work", "get", "--provider", "anthropic")]
    [InlineData("models", "auth", "order", "get", "--provider", "anthropic", "--agent", "work")]
    public void Agent_is_taken_on_the_group_and_on_the_command(params string[] args)
    {
        _home.WriteStore("""{"version":1,"profiles":{},"order":{"anthropic":["anthropic:b"]}}""", agent: "work");
        Outcome outcome = _home.Run(args);
        Assert.StartsWith("Agent: work\n", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("Order override: anthropic:b\n", outcome.Output, StringComparison.Ordinal);
    }
}
