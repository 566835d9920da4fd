using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>The live view: on a terminal that <c>script</c> of util-linux provides, and where there is none.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    private readonly TempHome _home = new();

    public WatchTests() => _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai"), ["mistral:gone"] = Sample.Token("mistral", -1), ["anthropic:b"] = Sample.Token("anthropic", 100) });

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")]
    public void A_key_ends_it_and_the_screen_is_as_it_was(string key)
    {
        string screen = OnTerminal("stty cols 100 rows 30; '{0}' models status --watch; echo ended with $?; stty -a", ("q ends", key));
        Assert.StartsWith(Enter, screen, StringComparison.Ordinal);
        Assert.Contains("mistral:gone", screen, StringComparison.Ordinal);
        Assert.Contains($"{Leave}ended with 0\r\n", screen, StringComparison.Ordinal);
        Assert.Contains("isig icanon ", screen, StringComparison.Ordinal);
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_ends_it_too_and_a_narrow_screen_has_fewer_columns()
    {
        string screen = OnTerminal("stty cols 40 rows 20; '{0}' models status --watch & read go; kill -TERM $!; wait $!; echo ended with $?", ("State", "\n"));
        Assert.Contains("Profile", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("Waits", screen, StringComparison.Ordinal);
        Assert.Contains("ended with 0", screen, StringComparison.Ordinal);
        Assert.Contains(Leave, screen, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_drawn_anew_when_the_size_changes()
    {
        string screen = OnTerminal("stty cols 100 rows 30; '{0}' models status --watch --interval 1d & read go; stty cols 40; read go; kill -TERM $!; wait $!", ("Waits", "\n"), ("State", "\n"));
        Assert.True(screen.IndexOf("Waits", StringComparison.Ordinal) < screen.IndexOf("State", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_terminal_it_is_a_line_for_each_change_and_no_codes()
    {
        Outcome outcome = _home.Run("models", "status", "--watch", "--count", "2", "--interval", "1s");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(string.Empty, outcome.Error);
        string[] lines = outcome.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z anthropic:b is ok, ends [0-9TZ:-]+$", lines[0]);
        Assert.DoesNotContain('\u001b', outcome.Output);
        Assert.DoesNotContain("sk-", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Error: --watch goes with neither", "--watch", "--json")]
    [InlineData("Error: --watch goes with neither", "--watch", "--check")]
    [InlineData("Error: --interval, --count and --usage belong to --watch.", "--interval", "5s")]
    [InlineData("Error: The interval is not between 1s and 1d.", "--watch", "--interval", "10ms")]
    [InlineData("Error: --count needs a whole number.", "--watch", "--count", "many")]
    public void What_does_not_fit_is_refused(string error, params string[] options)
    {
        Outcome outcome = _home.Run(["models", "status", .. options]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith(error, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_written_beside_the_caller_and_replaces_nothing_unasked()
    {
        Outcome outcome = _home.Run("models", "report");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.Equal("Report: ~/krabauth-report.html\n", outcome.Output);
        string page = File.ReadAllText(Path.Combine(_home.Root, "krabauth-report.html"));
        string commands = page.Replace("<span>", string.Empty, StringComparison.Ordinal).Replace("</span>", string.Empty, StringComparison.Ordinal);
        Assert.Contains("<code>krabauth models auth paste-token --provider mistral --profile-id mistral:gone</code>", commands, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", page, StringComparison.Ordinal);
        Assert.StartsWith("Error: ", _home.Run("models", "report").Error, StringComparison.Ordinal);
        Assert.Equal(0, _home.Run("models", "report", "--force").ExitCode);
        Assert.StartsWith("<!DOCTYPE html>\n", _home.Run("models", "report", "--output", "-").Output, StringComparison.Ordinal);
    }

    /// <summary>Runs shell commands on a terminal of its own; each time the words come up, the keys are pressed.</summary>
    private string OnTerminal(string commands, params (string Words, string Keys)[] script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "There is no script of util-linux here.");
        _home.Variables["TERM"] = "xterm";
        using Process process = Program.Start(_home, "/usr/bin/script", ["-qec", string.Format(System.Globalization.CultureInfo.InvariantCulture, commands, Program.FilePath), "/dev/null"]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        var screen = new StringBuilder();
        var left = new Queue<(string Words, string Keys)>(script);
        char[] block = new char[4096];
        for (int read; (read = process.StandardOutput.Read(block)) > 0;)
        {
            screen.Append(block, 0, read);
            while (left.TryPeek(out (string Words, string Keys) next) && screen.ToString().Contains(next.Words, StringComparison.Ordinal))
            {
                left.Dequeue();
                process.StandardInput.Write(next.Keys);
                process.StandardInput.Flush();
            }
        }
        process.WaitForExit();
        return screen.ToString();
    }
}
