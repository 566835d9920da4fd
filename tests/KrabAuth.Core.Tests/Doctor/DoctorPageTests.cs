using System.Reflection;
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
        string[] known = [.. DoctorChecks.All.Select(check => check.Id).Order(StringComparer.Ordinal)];
        Assert.Equal(known, listed);
        Assert.Equal(known.Length, known.Distinct().Count());
    }

    [Fact]
    public void A_test_makes_each_finding_and_sees_it_mended_and_gone()
    {
        IEnumerable<string> tested = typeof(DoctorTestBase).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DoctorTestBase)))
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .Select(method => method.GetCustomAttribute<FindsAttribute>()?.Id)
            .OfType<string>();
        Assert.Equal(DoctorChecks.All.Select(check => check.Id).Order(StringComparer.Ordinal), tested.Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("""^    ([a-z]+(?:-[a-z]+)+|permissions|cooldown)  +[SM-](?: |$)""", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
