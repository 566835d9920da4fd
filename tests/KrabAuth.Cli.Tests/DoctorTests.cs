using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests;

public sealed class DoctorTests : IDisposable
{
    private const string Flat = """{ "openai": { "apiKey": "sk-0123456789-flat" } }""";

    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Where_all_is_well_it_says_so()
    {
        Sound();
        Assert.Equal(new Outcome(0, "Nothing is wrong.\n", string.Empty), _home.Run("doctor"));
        JsonElement report = _home.Json("doctor", "--json");
        Assert.Equal(["ok", "errors", "warnings", "info", "fixed", "findings"], report.EnumerateObject().Select(member => member.Name));
        Assert.True(report.GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("--fix")]
    [InlineData("--repair")]
    [InlineData("--yes")]
    public void It_looks_and_then_mends_and_then_is_clean(string option)
    {
        Sound();
        TempHome.Write(_home.StorePath(), Flat);
        Outcome look = _home.Run("doctor");
        Assert.Equal((1, string.Empty), (look.ExitCode, look.Error));
        Assert.StartsWith($"error flat-store (agent main)\n  {_home.StorePath()}\n", look.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nErrors: 1, warnings: 0, info: 0. To mend 1: krabauth doctor --fix\n", look.Output, StringComparison.Ordinal);
        Assert.Equal(Flat, File.ReadAllText(_home.StorePath()));

        Outcome mend = _home.Run("doctor", option);
        Assert.Equal((0, string.Empty), (mend.ExitCode, mend.Error));
        Assert.Contains($"  Mended. As it was: {_home.StorePath()}.legacy-flat.", mend.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nErrors: 0, warnings: 0, info: 0. Mended: 1.\n", mend.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-0123456789", look.Output + mend.Output, StringComparison.Ordinal);
        Assert.Equal(new Outcome(0, "Nothing is wrong.\n", string.Empty), _home.Run("doctor", option));
    }

    [Fact]
    public void Without_a_person_only_what_is_safe_is_mended()
    {
        Sound();
        TempHome.Write(_home.StorePath(), Flat);
        string queue = Path.Combine(_home.AgentDirectory(), "auth-profiles.json.lock");
        Directory.CreateDirectory(queue);
        Directory.SetLastWriteTimeUtc(queue, DateTime.UtcNow.AddHours(-1));
        Outcome outcome = _home.Run("doctor", "--non-interactive", "--json");
        Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Error));
        JsonElement[] findings = [.. TempHome.ParseJson(outcome.Output).GetProperty("findings").EnumerateArray()];
        Assert.Equal([("stale-lock", true), ("flat-store", false)], findings.Select(finding => (finding.GetProperty("id").GetString()!, finding.GetProperty("isFixed").GetBoolean())));
        Assert.Equal(["id", "severity", "agent", "subject", "message", "fix", "canFix", "isFixed"], findings[1].EnumerateObject().Select(member => member.Name));
        Assert.False(Directory.Exists(queue));
        Assert.Equal(Flat, File.ReadAllText(_home.StorePath()));
    }

    [Fact]
    public void Warnings_alone_exit_with_2_and_one_agent_can_be_looked_at()
    {
        Sound();
        _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Key("anthropic"), ["anthropic:b"] = Sample.Key("anthropic") });
        Assert.Equal(2, _home.Run("doctor").ExitCode);
        Assert.Equal(1, _home.Run("doctor", "--agent", "nobody").ExitCode);
        Assert.Equal(2, _home.Run("doctor", "--agent", "main").ExitCode);
        Assert.Contains("krabauth models auth logout anthropic:b", _home.Run("doctor").Output, StringComparison.Ordinal);
    }

    /// <summary>What he cannot look into must not be taken for sound, and must not end the look.</summary>
    [Theory]
    [InlineData(".krabkrab")]
    [InlineData(".krabkrab/agents")]
    [InlineData(".krabkrab/agents/main")]
    [InlineData(".krabkrab/agents/main/agent")]
    [InlineData(".krabkrab/locks")]
    public void A_user_who_is_not_let_in_is_told(string closed)
    {
        const string Nobody = "65534";
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "Only root can be another user.");
        Sound();
        Directory.CreateDirectory(Path.Combine(_home.StateDirectory(), "locks"));
        string path = Path.Combine(_home.Root, closed);
        Shell.Run("chown", "-R", Nobody, _home.Root);
        Shell.Run("chmod", "-R", "go=", _home.Root);
        Shell.Run("chmod", "000", path);
        Outcome Run(params string[] args) => Program.Run(_home, [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", Program.FilePath, "doctor", .. args], file: "/usr/bin/setpriv");
        Outcome found = Run();
        Assert.Equal((1, string.Empty), (found.ExitCode, found.Error));
        Assert.StartsWith("error permissions", found.Output, StringComparison.Ordinal);
        Assert.Contains(path, found.Output, StringComparison.Ordinal);

        // Somebody else's directory is not for him to open.
        Shell.Run("chown", "0", path);
        Outcome foreign = Run("--fix");
        Assert.Equal((1, string.Empty), (foreign.ExitCode, foreign.Error));
        Assert.Contains("You are not let into it", foreign.Output, StringComparison.Ordinal);

        Shell.Run("chown", Nobody, path);
        Assert.Equal((0, string.Empty), (Run("--fix").ExitCode, string.Empty));
        Assert.Equal(new Outcome(0, "Nothing is wrong.\n", string.Empty), Run());
    }

    [Fact]
    public void Its_help_tells_the_exit_codes()
        => Assert.Contains("Exit code 1", string.Join(' ', _home.Run("doctor", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

    /// <summary>A store with a key, in directories that are closed.</summary>
    private void Sound()
    {
        _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Key("anthropic") });
        if (OperatingSystem.IsWindows()) return;
        for (string path = _home.AgentDirectory(); path != _home.Root; path = Path.GetDirectoryName(path)!) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
