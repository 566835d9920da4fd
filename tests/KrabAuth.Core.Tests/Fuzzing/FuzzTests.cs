using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Fuzzing;

/// <summary>
/// Every reader of what others wrote, against inputs that nobody would write. KRABAUTH_TEST_INPUTS says how many inputs there are, over
/// all readers together; KRABAUTH_TEST_SEED repeats a run. An input that failed goes into the folder Corpus, to be tried for ever.
/// </summary>
public sealed class FuzzTests
{
    private const int FewForEach = 500;

    public static TheoryData<string> Targets { get; } = [.. FuzzTargets.All.Select(target => target.Name)];

    public static TheoryData<string, string> Saved { get; } = new(
        from target in FuzzTargets.All
        from file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", target.Name)).Order(StringComparer.Ordinal)
        select (target.Name, Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Saved))]
    public void What_was_nasty_once_is_read_or_refused(string target, string file)
        => Find(target).Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Corpus", target, file)));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Whatever_comes_is_read_or_refused(string target)
    {
        FuzzTarget found = Find(target);
        int count = int.TryParse(Environment.GetEnvironmentVariable("KRABAUTH_TEST_INPUTS"), CultureInfo.InvariantCulture, out int all) ? all / FuzzTargets.All.Count : FewForEach;
        var seed = TestSeed.New();
        long started = Stopwatch.GetTimestamp();
        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(count).WithReplay((ulong)seed.Value, 1),
            Prop.ForAll(FuzzInputs.For(found), bytes => Try(found, bytes, seed)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{target}: {count} inputs in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s. {seed}");
    }

    private static void Try(FuzzTarget target, byte[] bytes, TestSeed seed)
    {
        try
        {
            target.Read(bytes);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{target.Name} failed at this input, in Base64: {Convert.ToBase64String(bytes)} ({seed})", e);
        }
    }

    private static FuzzTarget Find(string name) => FuzzTargets.All.Single(target => target.Name == name);
}
