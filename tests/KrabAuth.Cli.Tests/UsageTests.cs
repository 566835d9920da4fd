using System.Diagnostics;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("openclaw", ".openclaw")]
    [InlineData("krabkrab", ".krabkrab")]
    [InlineData("moltbot", ".clawdbot")]
    [InlineData("clawdbot", ".clawdbot")]
    [InlineData("krab", ".krabkrab")]
    public void The_name_of_a_link_chooses_the_product(string name, string directory)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        string link = Path.Combine(_home.Root, name);
        File.CreateSymbolicLink(link, Program.FilePath);
        Outcome stored = Program.Run(_home, ["models", "auth", "paste-api-key", "--provider", "openai"], "sk-proj-0123456789abcdefghij"u8.ToArray(), link);
        Assert.Equal(0, stored.ExitCode);
        Assert.True(File.Exists(_home.StorePath(state: directory)));
        Assert.Contains($"Usage:\n  {name} models status", Program.Run(_home, ["models", "status", "--help"], file: link).Output, StringComparison.Ordinal);
        Assert.EndsWith($"Next: {name} models auth list\n", Program.Run(_home, ["models", "auth", "token", "--profile-id", "openai:zz"], file: link).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_and_an_option_that_disagree_are_an_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        string link = Path.Combine(_home.Root, "openclaw");
        File.CreateSymbolicLink(link, Program.FilePath);
        Assert.Equal(0, Program.Run(_home, ["--product", "openclaw", "models", "status"], file: link).ExitCode);
        Outcome outcome = Program.Run(_home, ["--product", "krabkrab", "models", "status"], file: link);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("Error: Started as openclaw, this program acts on OpenClaw; --product says KrabKrab.\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_product_comes_from_the_option_else_from_the_variable()
    {
        _home.WriteStore(new JsonObject { ["openai:claw"] = Sample.Key("openai") }, state: ".openclaw");
        Assert.Contains("openai:claw", _home.Run("--product", "OpenClaw", "models", "auth", "list").Output, StringComparison.Ordinal);
        _home.Variables["KRABAUTH_PRODUCT"] = "openclaw";
        Assert.Contains("openai:claw", _home.Run("models", "auth", "list").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("openai:claw", _home.Run("models", "auth", "list", "--product", "krabkrab").Output, StringComparison.Ordinal);
        Assert.Contains("openai:claw", _home.Run("models", "auth", "list", "--product", "krabkrab", "--state-dir", "~/.openclaw").Output, StringComparison.Ordinal);
        Assert.StartsWith("Error: \"lobster\" is not a product that KrabAuth knows.\nNext: ", _home.Run("models", "auth", "list", "--product", "lobster").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recommended_command_repeats_the_options_that_were_given()
    {
        _home.WriteStore(new JsonObject { ["anthropic:a"] = Sample.Token("anthropic", -1) }, state: ".openclaw");
        string text = _home.Run("models", "status", "--check", "--product", "openclaw", "--agent", "main").Output;
        Assert.Contains("    krabauth --product openclaw --agent main models auth setup-token --provider anthropic --profile-id anthropic:a\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "models", "-h")]
    [InlineData(0, "models", "auth", "--help")]
    [InlineData(0, "models", "auth", "order", "set", "--help")]
    [InlineData(0, "models", "auth", "paste-token", "-?")]
    [InlineData(0, "models", "auth", "paste-api-key", "--help")]
    [InlineData(0, "models", "auth", "setup-token", "--help", "--nonsense")]
    [InlineData(0, "models", "auth", "logout", "--help")]
    [InlineData(0, "models", "auth", "resolve", "--help")]
    [InlineData(0, "models", "auth", "token", "--help")]
    [InlineData(0, "models", "status", "--help")]
    [InlineData(1)]
    [InlineData(1, "models", "auth")]
    [InlineData(1, "models", "auth", "order")]
    public void Help_fits_eighty_columns_and_has_an_example(int exitCode, params string[] args)
    {
        Outcome help = _home.Run(args);
        Assert.Equal((exitCode, string.Empty), (help.ExitCode, help.Error));
        Assert.Contains("Usage:\n  krabauth", help.Output, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  ", help.Output, StringComparison.Ordinal);
        Assert.All(help.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Version_is_a_number()
    {
        Outcome version = _home.Run("--version");
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", version.Output);
    }

    [Theory]
    [InlineData("Unknown command after \"krabauth\".", "canary-0123456789")]
    [InlineData("Unknown command after \"krabauth models auth\".", "models", "auth", "canary-0123456789")]
    [InlineData("Unexpected argument after \"krabauth models status\"; not shown here", "models", "status", "canary-0123456789")]
    [InlineData("Unexpected argument after \"krabauth models auth paste-api-key\"; not shown here", "models", "auth", "paste-api-key", "--provider", "openai", "canary-0123456789")]
    [InlineData("Unknown option --api-key. A secret is pasted when asked for, or comes on standard input.", "models", "auth", "paste-api-key", "--provider", "openai", "--api-key", "canary-0123456789")]
    [InlineData("Unknown option --api-key. A secret is pasted when asked for, or comes on standard input.", "models", "auth", "paste-api-key", "--provider", "openai", "--api-key=canary-0123456789")]
    [InlineData("Unexpected argument", "models", "auth", "setup-token", "@canary-0123456789")]
    [InlineData("Unexpected argument", "models", "auth", "logout", "openai:x", "canary-0123456789")]
    [InlineData("Unexpected argument", "models", "status", "--json=canary-0123456789")]
    [InlineData("--provider needs one value, and is given once.", "models", "auth", "token", "--provider")]
    [InlineData("--agent needs one value, and is given once.", "models", "auth", "list", "--agent", "canary-0123456789", "--agent", "canary-0123456789")]
    [InlineData("Missing <profile-id>.", "models", "auth", "logout")]
    [InlineData("Missing --provider.", "models", "auth", "resolve")]
    public void What_was_not_understood_is_never_repeated(string message, params string[] args)
    {
        Outcome outcome = _home.RunWithInput("sk-proj-0123456789abcdefghij", args);
        Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"Error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("\nNext: krabauth ", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith(" --help\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", outcome.Everything, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(_home.StorePath()));
    }

    [Fact]
    public void Verbose_narrates_on_standard_error_only()
    {
        Outcome quiet = _home.Run("models", "status");
        Outcome verbose = _home.Run("models", "status", "--verbose");
        Assert.Equal(quiet.Output, verbose.Output);
        Assert.StartsWith("Verbose: Reading ", verbose.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_goes_away_is_no_error()
    {
        _home.WriteStore(new JsonObject(Enumerable.Range(0, 3000).Select(i => KeyValuePair.Create($"openai:{i}", (JsonNode?)Sample.Key("openai")))));
        using Process process = Program.Start(_home, Program.FilePath, ["models", "status", "--json"]);
        process.StandardInput.Close();
        process.StandardOutput.BaseStream.ReadByte();
        process.StandardOutput.Close();
        Assert.Equal(string.Empty, process.StandardError.ReadToEnd());
        process.WaitForExit();
    }

    [Fact]
    public void Output_that_cannot_be_written_is_an_error_without_a_stack_trace()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using Process process = Program.Start(_home, "/bin/sh", ["-c", "\"$0\" models status > /dev/full", Program.FilePath]);
        process.StandardInput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("Error: The output cannot be written: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
