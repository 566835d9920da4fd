using System.Diagnostics;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>A command that somebody is told to type is one command, whatever another program wrote into the store.</summary>
public sealed class RemedyTests
{
    public static TheoryData<string> Values =>
    [
        "anthropic:work", "openai-codex:me+tag@example.com", "x'; touch OWNED; '", "$(touch OWNED)", "`touch OWNED`", "a b", "", "-rf", "it's", "a\"b", "a;b|c&d>e<f", "~", "*", "日本語", "!x", "a\\b", "#x",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_one_word_of_a_shell(string value)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no POSIX shell.");
        string line = new Remedy($"{value}", $"printf '<%s>' {value}").CommandLine;
        ProcessStartInfo start = CleanProcess.At(Path.GetTempPath(), "/bin/sh", ["-c", line]);
        using Process shell = Process.Start(start)!;
        shell.StandardInput.Close();
        Assert.Equal($"<{value}>", await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("groq", "groq")]
    [InlineData("anthropic:work", "'anthropic:work'")]
    [InlineData("x'; throw '", "'x''; throw '''")]
    [InlineData("x\u2019; throw", "'x\u2019\u2019; throw'")]
    [InlineData("$(throw)", "'$(throw)'")]
    [InlineData("-Force", "'-Force'")]
    public void A_value_is_one_word_of_PowerShell(string value, string word)
        => Assert.Equal($"Get-Thing {word}", new Remedy($"Get-Thing {value}", "get-thing").PowerShell);

    [Fact]
    public void Several_values_are_a_list_in_PowerShell_and_words_in_a_shell()
    {
        IEnumerable<string> ids = ["a:b", "c'd"];
        Assert.Equal(new Remedy("Set 'a:b','c''d'", "set a:b 'c'\\''d'"), new Remedy($"Set {ids}", $"set {ids}"));
    }

    [Fact]
    public void What_a_check_recommends_for_a_hostile_store_runs_nothing_of_it()
    {
        using var state = TempState.WithStore("""
            {"version":1,"profiles":{
              "anthropic:x'; touch OWNED; '":{"type":"token","provider":"anthropic","token":"tok-0123456789","expires":1},
              "openai:$(touch OWNED)":{"type":"api_key","provider":"openai"},
              "we;ird:x":{"type":"api_key","provider":"we;ird"}}}
            """);
        IReadOnlyList<AuthCheck> checks = state.Agent().Health.Status().Checks;
        Assert.NotEmpty(checks);
        foreach (Remedy remedy in checks.Select(check => check.Remedy).OfType<Remedy>())
        {
            string outside = string.Concat(remedy.CommandLine.Replace("'\\''", string.Empty, StringComparison.Ordinal).Split('\'').Where((_, index) => index % 2 == 0));
            Assert.DoesNotContain("touch", outside, StringComparison.Ordinal);
            Assert.DoesNotContain(';', outside);
            Assert.DoesNotContain('$', outside);
        }
    }

    /// <summary>Whoever follows a recommendation may be watched, or in the log of a job.</summary>
    [Fact]
    public void No_command_that_is_recommended_shows_a_secret()
    {
        string source = Path.Combine(BuiltProgram.Metadata(typeof(RemedyTests).Assembly, "TestsDirectory"), "..", "src");
        // An example may hand the secret to a program; what is the module's own has parameters of these names.
        string[] projects = ["KrabAuth.Core", "KrabAuth.Cli"];
        string[] lines = [.. projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(source, project), "*.cs", SearchOption.AllDirectories)).SelectMany(File.ReadLines)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Contains("=$(krabauth models auth token ", StringComparison.Ordinal))];
        Assert.Contains(lines, line => line.Contains("krabauth models auth resolve", StringComparison.Ordinal));
        foreach (string shown in new[] { "models auth token", "-AsPlainText", "Get-KrabAuthHeader" })
        {
            Assert.DoesNotContain(lines, line => line.Contains(shown, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("plain\ntext\twith\r\nlines", "plain\ntext\twith\r\nlines")]
    [InlineData("\u001b]0;title\u0007\u001b[31mred\u001b[0m", "?]0;title??[31mred?[0m")]
    [InlineData("turned\u202Eround \r over", "turned?round ? over")]
    public void Nothing_of_a_text_steers_a_terminal(string text, string expected)
        => Assert.Equal(expected, TextCells.CleanLines(text));
}
