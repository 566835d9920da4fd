using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>Standard streams that are closed, full or left by their reader: services and jobs have such.</summary>
public sealed class StandardStreamTests : IDisposable
{
    private const string Key = "sk-proj-0123456789abcdefghij";

    private readonly TempHome _home = new();

    public StandardStreamTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's.");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_warning_that_cannot_be_written_leaves_the_result_and_the_exit_code_alone(string redirection)
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Key), ["anthropic:a"] = Sample.Token("anthropic", -1) });
        File.SetUnixFileMode(_home.StorePath(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.NotEmpty(Shell("models auth token --provider openai").Error);
        Assert.Equal(new Outcome(0, Key + "\n", string.Empty), Shell($"models auth token --provider openai {redirection}"));
        Assert.Equal(new Outcome(1, string.Empty, string.Empty), Shell($"models status --check >/dev/null {redirection}"));
        Assert.Equal(1, Shell($"monitor --once --notify false {redirection}").ExitCode);
        Assert.Equal(new Outcome(1, string.Empty, string.Empty), Shell($"models auth token --provider groq {redirection}"));
        Assert.Equal(new Outcome(3, "ran\n", string.Empty), Shell($"models auth exec --provider openai -- sh -c 'echo ran; echo words >&2; exit 3' {redirection}"));
    }

    [Theory]
    [InlineData(">/dev/full", "Error: The output cannot be written: No space left on device.\n")]
    [InlineData(">&-", "Error: The output cannot be written: Bad file descriptor.\n")]
    [InlineData(">/dev/full 2>/dev/full", "")]
    [InlineData(">&- 2>&-", "")]
    public void A_result_that_cannot_be_written_is_a_failure(string redirection, string error)
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Key) });
        Assert.Equal(new Outcome(1, string.Empty, error), Shell($"models status --json {redirection}"));
    }

    /// <summary>The number of a stream that is closed goes to what is opened next, such as the store while it is written.</summary>
    [Theory]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void Nothing_is_written_into_a_file_that_got_the_number_of_a_closed_stream(string redirection)
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Key), ["openai:b"] = Sample.Key("openai", Key) });
        Shell($"models auth order set --provider openai openai:b openai:nobody --verbose {redirection}");
        Shell($"models auth order set --provider openai openai:b openai:a --verbose {redirection}");
        Assert.Equal(["openai:b", "openai:a"], _home.Store()["order"]!["openai"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_home.Root, "*", SearchOption.AllDirectories),
            path => File.ReadAllText(path) is var text && (text.Contains("Order", StringComparison.Ordinal) || text.Contains("Verbose", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("models auth paste-api-key --provider openai")]
    [InlineData("models auth paste-token --provider anthropic")]
    [InlineData("models auth setup-token")]
    [InlineData("models auth export keys.krab")]
    public void A_closed_standard_input_is_an_empty_one(string command)
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Key) });
        Outcome empty = Shell($"{command} </dev/null");
        Assert.Equal(1, empty.ExitCode);
        Assert.Equal(empty, Shell($"{command} <&-"));
    }

    /// <summary>Where nothing changes nothing is written, and who had enough would be watched for for ever.</summary>
    [Fact]
    public void Who_watches_ends_when_its_reader_has_gone()
    {
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai", Key) });
        Outcome outcome = Shell("models status --watch --interval 1s", " | head -n 1; echo ended");
        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith("\nended\n", outcome.Output, StringComparison.Ordinal);
    }

    private Outcome Shell(string words, string rest = "")
        => Program.Run(_home, ["-c", $"'{Program.FilePath}' {words}{rest}"], Encoding.UTF8.GetBytes(string.Empty), "/bin/sh");
}
