using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>The prompts, on a terminal that <c>script</c> of util-linux provides.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Secret = "sk-proj-CANARY-0123456789abcdefghij";

    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_secret_is_asked_for_and_not_shown()
    {
        (int exitCode, string screen) = OnTerminal("models auth paste-api-key --provider openai", "Paste API key for openai: ", Secret + "\r");
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("CANARY", screen, StringComparison.Ordinal);
        Assert.Contains("Auth profile: openai:manual (openai/api_key)", screen, StringComparison.Ordinal);
        Assert.Equal(Secret, (string?)_home.Store()["profiles"]!["openai:manual"]!["key"]);
    }

    [Fact]
    public void Keys_that_edit_do_and_brackets_of_a_paste_do_not_count()
    {
        Assert.Equal(0, OnTerminal("models auth paste-api-key --provider openai", "openai: ", "wrong\u0015\u001b[200~" + Secret + "xy\u007f\b\u001b[201~\u001b[D\r").ExitCode);
        Assert.Equal(Secret, (string?)_home.Store()["profiles"]!["openai:manual"]!["key"]);
    }

    [Fact]
    public void A_setup_token_that_wraps_is_taken_whole()
    {
        string token = Sample.SetupToken("CANARY");
        (int exitCode, string screen) = OnTerminal("models auth setup-token", "Paste Anthropic setup-token: ", token[..50] + "\r\n" + token[50..] + "\r");
        Assert.Equal(0, exitCode);
        Assert.Contains("claude setup-token", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", screen, StringComparison.Ordinal);
        Assert.Equal(token, (string?)_home.Store()["profiles"]!["anthropic:manual"]!["token"]);
    }

    [Fact]
    public void Yes_goes_straight_to_the_prompt()
    {
        string screen = OnTerminal("models auth setup-token --yes", "setup-token: ", Sample.SetupToken() + "\r").Screen;
        Assert.StartsWith("Paste Anthropic setup-token: ", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\r", 0, "Mended. As it was: ")]
    [InlineData("n\r", 1, "To mend 1: krabauth doctor --fix")]
    public void The_doctor_asks_before_it_mends(string keys, int exitCode, string said)
    {
        const string Flat = """{ "openai": { "apiKey": "k" } }""";
        _home.WriteStore(Flat);
        for (string path = _home.AgentDirectory(); !OperatingSystem.IsWindows() && path != _home.Root; path = Path.GetDirectoryName(path)!) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (int ended, string screen) = OnTerminal("doctor", "Mend it? [y/N] ", keys);
        Assert.Equal(exitCode, ended);
        Assert.Contains(said, screen, StringComparison.Ordinal);
        Assert.Equal(exitCode == 1, File.ReadAllText(_home.StorePath()) == Flat);
    }

    [Theory]
    [InlineData("\u0003")]
    [InlineData("sk-proj-CANARY\u0003")]
    [InlineData("\u0004")]
    public void Cancelling_is_no_error_and_stores_nothing(string keys)
    {
        (int exitCode, string screen) = OnTerminal("models auth paste-api-key --provider openai", "openai: ", keys);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("Cancelled.\r\n", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", screen, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.StorePath()));
    }

    [Fact]
    public void The_terminal_is_as_before_afterwards()
    {
        string screen = OnTerminal("models auth paste-api-key --provider openai; stty -a", "openai: ", "\u0003").Screen;
        Assert.Contains("isig icanon ", screen, StringComparison.Ordinal);
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\r", true)]
    [InlineData("n\r", false)]
    [InlineData("\r", false)]
    [InlineData("\u0003", false)]
    public void Logout_asks(string keys, bool removes)
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai") });
        (int exitCode, string screen) = OnTerminal("models auth logout openai:a", "Remove auth profile openai:a? [y/N] ", keys);
        Assert.Equal(0, exitCode);
        Assert.EndsWith(removes ? "Removed auth profile: openai:a\r\n" : "Cancelled.\r\n", screen, StringComparison.Ordinal);
        Assert.Equal(removes, _home.Store()["profiles"]!["openai:a"] is null);
    }

    [Fact]
    public void Status_for_a_person_puts_each_part_on_its_line_and_uses_colour_unless_told_not_to()
    {
        _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Token("anthropic", 100), ["anthropic:b"] = Sample.Key("anthropic") });
        _home.Variables["TERM"] = "xterm";
        string screen = OnTerminal("models status").Screen;
        Assert.Contains("\u001b[", screen, StringComparison.Ordinal);
        Assert.Contains("\r\n    anthropic:a=token:sk-ant...bbbb\r\n    anthropic:b=sk-pro...ghij\r\n    selected=anthropic:a\r\n", screen, StringComparison.Ordinal);
        _home.Variables["NO_COLOR"] = "1";
        Assert.DoesNotContain("\u001b[", OnTerminal("models status").Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", OnTerminal("models status --json").Screen, StringComparison.Ordinal);
    }

    /// <summary>Runs a command on a terminal of its own, and presses keys when the prompt is there.</summary>
    private (int ExitCode, string Screen) OnTerminal(string command, string? prompt = null, string keys = "")
        => ScriptTerminal.Run(_home, $"'{Program.FilePath}' {command}", prompt is null ? [] : [(prompt, keys)]);
}
