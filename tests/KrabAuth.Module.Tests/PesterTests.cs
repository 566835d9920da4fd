namespace KrabAuth.ModuleTests;

/// <summary>One test for each Pester file of this folder.</summary>
public sealed class PesterTests(PesterRun run, ITestOutputHelper output) : IClassFixture<PesterRun>
{
    public static TheoryData<string> Files
        => [.. Directory.EnumerateFiles(PesterRun.SuiteDirectory, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Pester(string file)
    {
        if (run.Skip is { } reason) Assert.Skip(reason);
        PesterFile? result = run.Result(file);
        Assert.True(result is not null, $"Pester gave no result for {file}. PowerShell said:\n{run.Output[^Math.Min(4000, run.Output.Length)..]}");
        output.WriteLine($"{result.Passed} passed, {result.Failed.Length} failed, {result.Skipped.Length} skipped, {result.Duration:0.0} s");
        foreach (string skipped in result.Skipped) output.WriteLine($"skipped: {skipped}");
        Assert.True(result.Failed.Length == 0, $"{result.Failed.Length} of {result.Passed + result.Failed.Length} failed:\n{string.Join("\n", result.Failed)}");
        Assert.True(result.Passed + result.Skipped.Length > 0, $"{file} has no tests.");
    }
}
