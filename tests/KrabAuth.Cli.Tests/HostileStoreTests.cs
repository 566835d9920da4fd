using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>A store is written by anybody. Nothing of it steers the terminal of who looks at it.</summary>
public sealed class HostileStoreTests : IDisposable
{
    private const string Evil = "openai:x\u001b]0;title\u0007\u001b[2J\u202Ey";

    private readonly TempHome _home = new();

    public HostileStoreTests()
    {
        JsonObject key = Sample.Key("openai");
        key["email"] = "\u001b[31mme";
        JsonObject expired = Sample.Token("openai", -1);
        _home.WriteStore(
            new JsonObject { [Evil] = key, [Evil + "-old"] = expired },
            new JsonObject { ["openai"] = new JsonArray(Evil, Evil + "-old") },
            new JsonObject { [Evil] = new JsonObject { ["cooldownUntil"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds(), ["cooldownReason"] = "rate\u001b[5m" } });
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("models", "status", "--check")]
    [InlineData("models", "status", "--watch", "--count", "1")]
    [InlineData("models", "auth", "list")]
    [InlineData("models", "auth", "order", "get", "--provider", "openai")]
    [InlineData("models", "auth", "resolve", "--provider", "openai")]
    [InlineData("models", "auth", "cooldown", "list")]
    [InlineData("models", "auth", "token", "--provider", "openai")]
    [InlineData("models", "auth", "logout", "openai:nobody\u001b[2J", "--yes")]
    [InlineData("models", "report", "--output", "-")]
    [InlineData("monitor", "--once")]
    [InlineData("doctor")]
    public void No_control_code_of_it_is_printed(params string[] command)
    {
        Outcome outcome = _home.Run(command);
        Assert.DoesNotContain(outcome.Everything, c => (char.IsControl(c) && c != '\n') || c == '\u202E');
        Assert.NotEmpty(outcome.Everything);
    }

    /// <summary>On a terminal our own colours are there, and the same codes of a store are not.</summary>
    [Theory]
    [InlineData("models status")]
    [InlineData("models auth resolve --provider openai")]
    [InlineData("models auth list")]
    [InlineData("models usage")]
    [InlineData("model status")]
    [InlineData("channels list")]
    [InlineData("secrets audit")]
    public void No_colour_of_it_reaches_a_terminal(string command)
    {
        const string Colors = "\u001b[31m\u001b[0m\u001b[1m";
        string id = $"openai:ev{Colors}il";
        JsonObject key = Sample.Key("openai");
        key["email"] = Colors;
        _home.WriteStore(new JsonObject { [id] = key }, new JsonObject { ["openai"] = new JsonArray(id) });
        _home.Variables["TERM"] = "xterm";
        string screen = ScriptTerminal.Run(_home, $"'{Program.FilePath}' {command}").Screen;
        Assert.Contains("ev?[31m?[0m?[1mil", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("ev\u001b", screen, StringComparison.Ordinal);
        Assert.DoesNotContain(Colors, screen, StringComparison.Ordinal);
    }

    // Those who read JSON get what is there.
    [Fact]
    public void Json_is_exact()
        => Assert.Equal(Evil, _home.Json("models", "auth", "order", "get", "--provider", "openai", "--json").GetProperty("order")[0].GetString());
}
