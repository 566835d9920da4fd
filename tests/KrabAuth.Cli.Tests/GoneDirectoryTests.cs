using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>A directory that was removed while a shell stood in it: what needs none goes on, what needs one says so.</summary>
public sealed class GoneDirectoryTests : IDisposable
{
    private readonly TempHome _home = new();

    public GoneDirectoryTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows removes no directory that somebody stands in.");
        _home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai") });
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("models auth token --provider openai")]
    [InlineData("models auth exec --provider openai -- env")]
    [InlineData("models status --json")]
    [InlineData("models auth list")]
    [InlineData("models auth resolve --provider openai")]
    [InlineData("monitor --once --notify cat")]
    public void A_command_that_needs_no_current_directory_works(string command)
        => Assert.Equal((0, string.Empty), (Run(command).ExitCode, Run(command).Error));

    [Theory]
    [InlineData("models status --state-dir here")]
    [InlineData("models report --output page.html")]
    [InlineData("models auth import keys.json")]
    public void A_relative_path_is_an_error_that_says_why(string command)
        => Assert.Equal(new Outcome(1, string.Empty, "Error: The current directory does not exist any more. Change to one that does, or give full paths.\n"), Run(command));

    private Outcome Run(string command) => Program.Run(_home, ["-c", $"mkdir gone && cd gone && rmdir ../gone && '{Program.FilePath}' {command}"], file: "/bin/sh");
}
