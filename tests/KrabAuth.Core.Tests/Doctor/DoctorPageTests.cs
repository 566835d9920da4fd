using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>The ids of findings are a contract: the page lists each, and nothing else.</summary>
public sealed partial class DoctorPageTests
{
    [Fact]
    public void The_page_lists_every_finding()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "en-US", "about_KrabAuth_Doctor.md"));
        string[] listed = [.. Entry().Matches(page).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
        string source = string.Concat(Directory.EnumerateFiles(Path.Combine(Root(), "src", "KrabAuth.Core", "Diagnostics", "Doctor"), "*.cs").Select(File.ReadAllText));
        string[] known = [.. Id().Matches(source).Select(match => match.Groups[1].Value + match.Groups[2].Value).Order(StringComparer.Ordinal)];
        Assert.Equal(known, listed);
        Assert.Equal(known.Length, known.Distinct().Count());
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex("""^    ([a-z]+(?:-[a-z]+)+|permissions|cooldown)  +[SM-](?: |$)""", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("""string Id => "([a-z-]+)";|new\("([a-z-]+)", DoctorSeverity""")]
    private static partial Regex Id();
}
