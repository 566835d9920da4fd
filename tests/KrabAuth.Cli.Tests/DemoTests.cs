using System.Text.RegularExpressions;
using KrabAuth.Cli.Tests.Support;
using KrabAuth.TestSupport;

namespace KrabAuth.Cli.Tests;

/// <summary><c>krabauth demo</c>, the first command of the README.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void It_does_what_it_says_and_leaves_nothing()
    {
        Outcome outcome = _home.Run("demo");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.Contains("16 answers, 1 token, 1 request at the server", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("selected: demo:work@example.com", outcome.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Regex.Match(outcome.Output, @"a store in (\S+?)/agents").Groups[1].Value));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home.Root));
    }

    // The README shows what the command prints: nothing differs but the port, the directory and the times.
    [Fact]
    public void The_readme_shows_it_to_the_letter()
    {
        string readme = File.ReadAllText(BuiltProgram.Metadata(typeof(DemoTests).Assembly, "ReadmePath")).ReplaceLineEndings("\n");
        string shown = Regex.Match(readme, "```text\n(An authorization server runs.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(OfAnyRun(shown), OfAnyRun(_home.Run("demo").Output));

        static string OfAnyRun(string text)
        {
            text = Regex.Replace(text, @"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
            text = Regex.Replace(text, @"\S*krabauth-demo-\w+([/\\]agents[/\\]main[/\\]agent)", "DIRECTORY").Replace('\\', '/');
            return Regex.Replace(text, @"\d{4}-\d\d-\d\d \d\d:\d\d", "yyyy-MM-dd HH:mm");
        }
    }

    // None of the user's variables leads it elsewhere: not to a store, not to a configuration, not to a proxy.
    [Fact]
    public void It_touches_nothing_of_the_users()
    {
        string agent = Path.Combine(_home.Root, "agent");
        string config = Path.Combine(_home.Root, "mine.json");
        TempHome.Write(Path.Combine(agent, "auth-profiles.json"), """{"version":1,"profiles":{}}""");
        TempHome.Write(config, "{ }");
        foreach (string name in new[] { "PI_CODING_AGENT_DIR", "KRABKRAB_AGENT_DIR" }) _home.Variables[name] = agent;
        _home.Variables["KRABKRAB_CONFIG_PATH"] = config;
        foreach (string name in new[] { "http_proxy", "HTTP_PROXY", "all_proxy" }) _home.Variables[name] = "http://127.0.0.1:9";
        Outcome outcome = _home.Run("demo");
        Assert.Equal((0, string.Empty), (outcome.ExitCode, outcome.Error));
        Assert.Equal("""{"version":1,"profiles":{}}""", File.ReadAllText(Path.Combine(agent, "auth-profiles.json")));
        Assert.Equal("{ }", File.ReadAllText(config));
    }
}
