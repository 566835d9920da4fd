using System.Text.RegularExpressions;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>The ids of findings are a contract: the page lists each, and nothing else.</summary>
public sealed partial class DoctorPageTests
{
    [Fact]
    public void The_page_lists_every_finding()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "about_KrabAuth_Doctor.md"));
        string[] listed = [.. Entry().Matches(page).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
        string[] known = [.. DoctorChecks.All.Append(new ConfigUnreadableCheck()).Select(check => check.Id).Order(StringComparer.Ordinal)];
        Assert.Equal(known, listed);
        Assert.Equal(known.Length, known.Distinct().Count());
    }

    [GeneratedRegex("""^    ([a-z]+(?:-[a-z]+)+|permissions|cooldown)  +[SM-](?: |$)""", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
