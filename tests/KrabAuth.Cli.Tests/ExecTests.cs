using System.Diagnostics;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests;

/// <summary><c>models auth exec</c>: a program that is run with one account after the other.</summary>
public sealed class ExecTests : IDisposable
{
    private readonly TempHome _home = new();

    public ExecTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a script of sh.");
        _home.WriteStore(
            new JsonObject { ["groq:one"] = Sample.Key("groq", "gsk-one-0123456789"), ["groq:two"] = Sample.Key("groq", "gsk-two-0123456789") },
            order: new JsonObject { ["groq"] = new JsonArray("groq:one", "groq:two") });
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_program_has_the_credential_and_its_output_is_that_of_the_call()
    {
        Assert.Equal(new Outcome(0, "gsk-one-0123456789 a b\n", string.Empty), Exec("echo \"$GROQ_API_KEY $1 $2\"", "a", "b"));
        Assert.Equal("groq:one", _home.Store()["lastGood"]!["groq"]!.GetValue<string>());
    }

    [Fact]
    public void The_next_account_takes_over_and_the_first_one_waits()
    {
        Outcome outcome = Exec("[ \"$GROQ_API_KEY\" = gsk-two-0123456789 ] && exec echo fine; echo 'HTTP 429 Too Many Requests' >&2; exit 7");
        Assert.Equal((0, "fine\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("Failed with groq:one: rate_limit, back in 1m.", outcome.Error, StringComparison.Ordinal);
        JsonNode stats = _home.Store()["usageStats"]!["groq:one"]!;
        Assert.Equal(("rate_limit", 1), (stats["cooldownReason"]!.GetValue<string>(), stats["errorCount"]!.GetValue<int>()));
    }

    [Fact]
    public void When_every_account_fails_each_try_is_told()
    {
        Outcome outcome = Exec("echo 'insufficient_quota: check your plan and billing details' >&2; exit 7");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Error: No account of groq could serve the call: groq:one: billing, back in 5h; groq:two: billing, back in 5h.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Next: ", outcome.Error, StringComparison.Ordinal);
    }

    // What another account cannot mend is tried once, and the program's own exit code is the answer.
    [Fact]
    public void A_fault_of_the_program_is_its_own()
    {
        Assert.Equal(new Outcome(42, string.Empty, "usage: program FILE\n"), Exec("echo 'usage: program FILE' >&2; exit 42"));
        Assert.Null(_home.Store()["usageStats"]);
    }

    [Fact]
    public void A_limit_of_tries_is_kept()
    {
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "groq", "--max-attempts", "1", "--", "sh", "-c", "echo 'rate limit' >&2; exit 1");
        Assert.Contains("The limit of 1 tries is reached.", outcome.Error, StringComparison.Ordinal);
        Assert.Null(_home.Store()["usageStats"]!["groq:two"]);
    }

    [Fact]
    public void The_variable_can_be_another_and_those_of_other_accounts_are_taken_away()
    {
        _home.Variables["GROQ_API_KEY"] = "gsk-of-somebody-else-01234";
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "groq", "--env", "MY_KEY", "--", "sh", "-c", "echo \"$MY_KEY [$GROQ_API_KEY]\"");
        Assert.Equal(new Outcome(0, "gsk-one-0123456789 []\n", string.Empty), outcome);
    }

    /// <summary>What the gateways read beside the provider's variable would be another account. What is of other providers may be what the program needs.</summary>
    [Fact]
    public void Every_key_of_the_provider_is_taken_away_and_what_is_the_caller_s_own_stays()
    {
        string[] taken = ["OPENAI_API_KEYS", "OPENAI_API_KEY_2", "OPENCLAW_LIVE_OPENAI_KEY"];
        string[] kept = ["ANTHROPIC_API_KEY", "GITHUB_TOKEN", "AZURE_OPENAI_API_KEY", "OPENAI_BASE_URL"];
        foreach (string name in taken.Concat(kept).Append("OPENAI_API_KEY")) _home.Variables[name] = $"own-{name}";
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", "sk-proj-0123456789abcdefghij"), ["anthropic:a"] = Sample.Key("anthropic", "sk-ant-0123456789abcdefghij") });
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "openai", "--", "env");
        string[] lines = outcome.Output.Split('\n');
        Assert.Contains("OPENAI_API_KEY=sk-proj-0123456789abcdefghij", lines);
        Assert.All(kept, name => Assert.Contains($"{name}=own-{name}", lines));
        Assert.DoesNotContain(lines, line => taken.Any(name => line.StartsWith(name + "=", StringComparison.Ordinal)));
        Assert.DoesNotContain("sk-ant-", outcome.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_program_says_on_standard_error_is_passed_on_byte_for_byte()
    {
        string file = Path.Combine(_home.Root, "errors");
        const string Script = "exec \"$0\" models auth exec --provider groq -- sh -c \"printf '\\377\\376bin\\303' >&2\" 2>\"$1\"";
        Assert.Equal(new Outcome(0, string.Empty, string.Empty), Program.Run(_home, ["-c", Script, Program.FilePath, file], file: "/bin/sh"));
        Assert.Equal([0xFF, 0xFE, .. "bin"u8, 0xC3], File.ReadAllBytes(file));
    }

    /// <summary>A provider whose accounts do not wait has nothing to say of them but that they were tried.</summary>
    [Fact]
    public void An_account_that_was_tried_is_not_called_usable()
    {
        _home.WriteStore(new JsonObject { ["openrouter:manual"] = Sample.Key("openrouter") });
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "openrouter", "--", "sh", "-c", "echo 'HTTP 429' >&2; exit 4");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("openrouter:manual: tried already", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("usable.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_was_tried_is_told_as_one()
    {
        _home.Variables["XAI_API_KEY"] = "xai-0123456789abcdefghij";
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "xai", "--", "sh", "-c", "echo 'HTTP 429' >&2; exit 4");
        Assert.Contains("a key stands in env: XAI_API_KEY, which was tried already", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>.NET would take the one beside the script that calls, and hand it the key.</summary>
    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_program_of_the_current_directory_is_not_taken_for_one_of_the_path()
    {
        string name = $"krabauth-trap-{Guid.NewGuid():N}";
        string trap = Path.Combine(_home.Root, name);
        try
        {
            File.WriteAllText(trap, "#!/bin/sh\necho caught $GROQ_API_KEY\n");
            File.SetUnixFileMode(trap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Assert.StartsWith($"Error: {name} could not be started:", ExecProgram(name).Error, StringComparison.Ordinal);
            Assert.Equal(new Outcome(0, "caught gsk-one-0123456789\n", string.Empty), ExecProgram($"./{name}"));
        }
        finally
        {
            File.Delete(trap);
        }
    }

    [Fact]
    public void A_number_in_the_words_of_a_program_is_no_status()
    {
        Assert.Equal(new Outcome(3, string.Empty, "429 files done, file 401 is broken\n"), Exec("echo '429 files done, file 401 is broken' >&2; exit 3"));
        Assert.Null(_home.Store()["usageStats"]);
    }

    /// <summary>Who stops the call stops the program, which has work to leave in order.</summary>
    [Fact]
    public async Task A_signal_is_passed_on_and_the_exit_code_is_the_program_s()
    {
        using Process process = Program.Start(_home, Program.FilePath, ["models", "auth", "exec", "--provider", "groq", "--", "sh", "-c",
            "trap 'kill -KILL $!; echo in order; exit 7' TERM; trap 'exit 8' INT; sleep 1000 >/dev/null 2>&1 & echo ready; wait"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Shell.Run("kill", "-TERM", $"{process.Id}");
        Assert.Equal("in order\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((7, string.Empty), (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
        Assert.Null(_home.Store()["usageStats"]);
    }

    /// <summary>The terminal tells every program on it of Ctrl+C; one that is told twice takes the second for impatience.</summary>
    [Fact]
    public void At_a_terminal_the_program_is_told_once()
    {
        (int exitCode, string screen) = ScriptTerminal.Run(
            _home,
            // Who runs the tests in the background has them ignore Ctrl+C, and so would the program. The shell is not to die of it.
            $"exec env --default-signal=INT '{Program.FilePath}' models auth exec --provider groq -- sh -c 'trap \"echo told\" INT; echo ready; read x || read x; exit 7'",
            ("ready", "\u0003"),
            ("told", "go\r"));
        Assert.Equal((7, 2), (exitCode, screen.Split("told").Length));
    }

    /// <summary>A daemon keeps the standard error of who started it.</summary>
    [Fact]
    public void What_the_program_left_running_is_not_waited_for()
        => Assert.Equal(new Outcome(0, "done\n", string.Empty), Exec("sleep 300 >/dev/null & echo done"));

    [Fact]
    public void A_call_that_worked_has_worked_where_its_record_cannot_be_written()
    {
        Outcome outcome = Exec($"rm -r '{Path.GetDirectoryName(_home.StorePath())}'; echo paid");
        Assert.Equal((0, "paid\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("The call worked, but its record could not be written", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=")]
    [InlineData("A=B")]
    public void A_name_that_no_variable_can_have_is_refused(string name)
    {
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "groq", "--env", name, "--", "true");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("cannot be the name of an environment variable", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_is_an_error_that_says_so()
    {
        Outcome outcome = _home.Run("models", "auth", "exec", "--provider", "groq", "--", "krabauth-no-such-program");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("Error: krabauth-no-such-program could not be started:", outcome.Error, StringComparison.Ordinal);
    }

    private Outcome ExecProgram(string program) => _home.Run("models", "auth", "exec", "--provider", "groq", "--", program);

    private Outcome Exec(string script, params string[] arguments) => _home.Run(["models", "auth", "exec", "--provider", "groq", "--", "sh", "-c", script, "sh", .. arguments]);
}
