using System.Reflection;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Conventions;

/// <summary>The ids of errors are a contract: scripts look at them.</summary>
public sealed class ErrorConventionTests
{
    /// <summary>Ids that mean one thing to a script although it is said in several ways.</summary>
    private static readonly Dictionary<string, int> Shared = new() { ["UnsafePath"] = 4, ["ProfileIdInvalid"] = 2 };

    private static readonly MethodInfo[] Factories = typeof(AuthErrors).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    public static TheoryData<string> FactoryNames { get; } = new(Factories.Select(factory => factory.Name));

    [Theory]
    [MemberData(nameof(FactoryNames))]
    public void Each_error_says_what_is_wrong_and_what_to_do_next(string factory)
    {
        KrabAuthException error = Make(factory);
        Assert.Matches("^[A-Z][A-Za-z]+$", error.ErrorId);
        Assert.Matches(@"[.!]$", error.Message);
        Assert.Matches(@"\S", error.Remedy.PowerShell);
        Assert.Matches(@"\S", error.Remedy.CommandLine);
        Assert.DoesNotContain("-Krab", error.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.DoesNotContain("krabauth ", error.Remedy.PowerShell, StringComparison.Ordinal);
        Assert.True(Enum.IsDefined(error.Kind));
    }

    [Fact]
    public void Each_id_belongs_to_one_error()
        => Assert.All(Ids(), id => Assert.True(id.Count() == Shared.GetValueOrDefault(id.Key, 1), $"{id.Key} is raised by {id.Count()} methods"));

    [Fact]
    public void Each_id_is_documented()
    {
        string page = Path.Combine(AppContext.BaseDirectory, "about_KrabAuth_Errors.md");
        Assert.SkipUnless(File.Exists(page), "There is no page on errors yet.");
        string text = File.ReadAllText(page);
        Assert.All(Ids(), id => Assert.Matches($@"\b{id.Key}\b", text));
    }

    private static IEnumerable<IGrouping<string, string>> Ids() => Factories.GroupBy(factory => Make(factory.Name).ErrorId, factory => factory.Name);

    private static KrabAuthException Make(string factory)
    {
        MethodInfo method = Factories.Single(candidate => candidate.Name == factory);
        return (KrabAuthException)method.Invoke(null, [.. method.GetParameters().Select(parameter => Example(parameter.ParameterType))])!;
    }

    private static object Example(Type type) => true switch
    {
        _ when type == typeof(string) => "Example.",
        _ when type == typeof(int) => 3,
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(1),
        _ when type == typeof(Remedy) => Remedy.Same("Do it."),
        _ when type == typeof(JsonProblem) => new JsonProblem("wrong", 1, 1),
        _ when type == typeof(Exception) => new IOException("Disk full."),
        _ when type == typeof(IEnumerable<string>) => new[] { "one", "two" },
        _ => throw new ArgumentException($"How does an error get a {type}?", nameof(type)),
    };
}
