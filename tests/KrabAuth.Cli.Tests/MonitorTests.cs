using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary><c>monitor</c>: a command of the user's choice, once for each change.</summary>
public sealed class MonitorTests : IDisposable
{
    private readonly TempHome _home = new();

    public MonitorTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a script of sh.");

    public void Dispose() => _home.Dispose();

    private string Told => Path.Combine(_home.Root, "told");

    [Fact]
    public void It_tells_once_exits_like_the_check_and_prints_only_what_is_new()
    {
        WriteToken(-1);
        Outcome first = _home.Run("monitor", "--once", "--notify", "sh", "-c", "cat > told; echo noise; echo noise >&2");
        Assert.Equal((1, string.Empty), (first.ExitCode, first.Error));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d  openai:a fails: expired\.\n    krabauth models auth paste-token --provider openai --profile-id openai:a\n$", first.Output);
        Assert.Equal(_home.Run("models", "status", "--check").ExitCode, first.ExitCode);
        Assert.Equal("openai:a", (string?)JsonNode.Parse(File.ReadAllText(Told))!["target"]);

        Assert.Equal(new Outcome(1, string.Empty, string.Empty), _home.Run("monitor", "--once", "--notify", "sh", "-c", "exit 9"));
        WriteToken(0.5);
        Assert.Equal(2, _home.Run("monitor", "--once").ExitCode);
        Assert.Equal(0, _home.Run("monitor", "--once", "--warn", "1h").ExitCode);
    }

    [Fact]
    public void The_remedy_repeats_the_options_of_the_call()
    {
        WriteToken(-1);
        _home.Run("monitor", "--once", "--state-dir", _home.StateDirectory(), "--notify", "sh", "-c", "printf %s \"$KRABAUTH_NEXT\" > told");
        Assert.Equal($"krabauth --state-dir {_home.StateDirectory()} models auth paste-token --provider openai --profile-id openai:a", File.ReadAllText(Told));
    }

    [Fact]
    public void Words_behind_two_dashes_are_the_command_s_although_they_look_like_ours()
    {
        WriteToken(-1);
        Outcome outcome = _home.Run("monitor", "--once", "--notify", "sh", "-c", "printf '%s|' \"$@\" > told", "sh", "-u", "critical", "--warn", "2h", "--", "--json", "--once");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("-u|critical|--json|--once|", File.ReadAllText(Told));
    }

    [Fact]
    public void A_command_that_fails_or_hangs_is_told_of_and_does_not_change_the_exit_code()
    {
        WriteToken(-1);
        Outcome failed = _home.Run("monitor", "--once", "--notify", "sh", "-c", "exit 3");
        Assert.Equal((1, "Warning: \"openai:a fails: expired.\" was told to nobody: sh ended with exit code 3. It is tried again at the next run.\n"), (failed.ExitCode, failed.Error));
        Outcome hung = _home.Run("monitor", "--once", "--notify-timeout", "1s", "--notify", "sleep", "600");
        Assert.Equal(1, hung.ExitCode);
        Assert.Contains("sleep was ended: it did not answer within 1 s", hung.Error, StringComparison.Ordinal);
        Assert.Contains("openai:a fails", _home.Run("monitor", "--once").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_changes_and_every_check()
    {
        WriteToken(-1);
        Outcome outcome = _home.Run("monitor", "--once", "--json", "--notify", "false");
        JsonElement json = TempHome.ParseJson(outcome.Output);
        Assert.Equal(["checkedAt", "result", "changes", "checks"], json.EnumerateObject().Select(member => member.Name));
        JsonElement change = Assert.Single(json.GetProperty("changes").EnumerateArray());
        Assert.Equal(("failed", "openai:a", false), (change.GetProperty("event").GetString(), change.GetProperty("target").GetString(), change.GetProperty("notified").GetBoolean()));
        Assert.Equal("false ended with exit code 1", change.GetProperty("problem").GetString());
        Assert.Equal(4, json.GetProperty("checks").GetArrayLength());
        Assert.DoesNotContain("sk-", outcome.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_once_it_goes_on_and_ends_well_when_it_is_told_to()
    {
        WriteToken(-1);
        using Process process = Program.Start(_home, Program.FilePath, ["monitor", "--interval", "1s", "--json"]);
        Assert.Contains("openai:a", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        WriteToken(9);
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
        }
        while (!line.Contains("recovered", StringComparison.Ordinal));
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, string.Empty), (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("--interval needs a time from 1s to 24d.", "--interval", "0s")]
    [InlineData("Choose either --once or --interval, not both.", "--once", "--interval", "5m")]
    [InlineData("Missing --notify.", "--once", "--", "echo")]
    [InlineData("--notify-timeout needs a time from 1s to 24d.", "--once", "--notify-timeout", "25d")]
    public void What_makes_no_sense_is_refused(string error, params string[] args)
        => Assert.StartsWith($"Error: {error}\n", _home.Run(["monitor", .. args]).Error, StringComparison.Ordinal);

    private void WriteToken(double days) => _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Token("openai", days, "sk-proj-0123456789abcdefghij"), ["anthropic:b"] = Sample.Key("anthropic") });
}
