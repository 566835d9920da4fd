using System.Text.RegularExpressions;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>A promise on the page on security is one that a test keeps: each test that it names exists.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Tests = BuiltProgram.Metadata(typeof(SecurityPageTests).Assembly, "TestsDirectory");

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Tests, "..", "docs", "security.md"));

    public static TheoryData<string, string> Named { get; } = new(Lines.SelectMany(NamedIn).Distinct());

    [Theory]
    [MemberData(nameof(Named))]
    public void Each_test_that_is_named_exists(string file, string name)
    {
        string path = Path.Combine(Tests, file.StartsWith("KrabAuth.", StringComparison.Ordinal) ? file : Path.Combine("KrabAuth.Core.Tests", file));
        Assert.True(File.Exists(path), $"There is no {path}.");
        string text = File.ReadAllText(path);
        if (file.EndsWith(".ps1", StringComparison.Ordinal)) Assert.Contains($"It '{name}'", text, StringComparison.Ordinal);
        else Assert.Matches($@"\[(Fact|Theory)[^\n]*\](\s*\[[^\n]*\]|\s*//[^\n]*)*\s*public (async )?(Task|void) {name}\(", text);
    }

    [Fact]
    public void Each_promise_names_one()
    {
        int rows = 0;
        bool inTable = false;
        foreach (string line in Lines)
        {
            if (line.EndsWith("| kept by |", StringComparison.Ordinal)) inTable = true;
            else if (!line.StartsWith('|')) inTable = false;
            else if (inTable && !line.StartsWith("| ---", StringComparison.Ordinal))
            {
                rows++;
                Assert.True(NamedIn(line).Any(), $"No test: {line}");
            }
        }
        Assert.True(rows > 40, $"Only {rows} rows were found.");
    }

    /// <summary>The tests that a line names, each with the file that was named before it.</summary>
    private static IEnumerable<(string File, string Name)> NamedIn(string line)
    {
        string? file = null;
        foreach (Match quoted in Quoted().Matches(line))
        {
            string text = quoted.Groups[1].Value;
            if (FileName().IsMatch(text)) file = text;
            else if (file is not null && (text.Contains('_', StringComparison.Ordinal) || file.EndsWith(".ps1", StringComparison.Ordinal))) yield return (file, text);
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[\w./-]+\.(cs|ps1)$")]
    private static partial Regex FileName();
}
