using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace KrabAuth.ModuleTests;

/// <summary>What one Pester file came to.</summary>
public sealed record PesterFile(string File, int Passed, string[] Skipped, string[] Failed, double Duration);

/// <summary>All Pester files, run once in one PowerShell: starting one for each file would cost more than the tests.</summary>
public sealed class PesterRun : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly Version OldestPowerShell = new(7, 6);

    private readonly Dictionary<string, PesterFile> _files = new(StringComparer.Ordinal);

    /// <summary>Why nothing was run, or <see langword="null"/>.</summary>
    public string? Skip { get; private set; }

    /// <summary>What PowerShell printed, for a run that gave no results.</summary>
    public string Output { get; private set; } = string.Empty;

    /// <summary>The folder of the suites.</summary>
    public static string SuiteDirectory => Metadata("SuiteDirectory");

    /// <summary>The result of a file, or <see langword="null"/> if the run did not come to it.</summary>
    public PesterFile? Result(string file) => _files.GetValueOrDefault(file);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        (string version, int? exitCode) = await RunAsync(TimeSpan.FromMinutes(1), "--version");
        Skip = exitCode is null ? "pwsh was not found. The module's tests need PowerShell 7.6 or later."
            : !Version.TryParse(version.Trim().Split(' ')[^1].Split('-')[0], out Version? found) || found < OldestPowerShell ? $"The module's tests need PowerShell 7.6 or later, and pwsh is: {version.Trim()}"
            : null;
        if (Skip is not null) return;

        string resultPath = Path.Combine(Path.GetTempPath(), $"krabauth-pester-{Guid.NewGuid():n}.json");
        try
        {
            (Output, _) = await RunAsync(Limit, "-NoProfile", "-NonInteractive", "-File", Path.Combine(SuiteDirectory, "Invoke-Suite.ps1"), "-ResultPath", resultPath);
            if (File.Exists(resultPath)) Read(await File.ReadAllTextAsync(resultPath));
        }
        finally
        {
            File.Delete(resultPath);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (document.RootElement.TryGetProperty(nameof(Skip), out JsonElement skip)) Skip = skip.GetString();
        if (!document.RootElement.TryGetProperty("Files", out JsonElement files)) return;
        foreach (PesterFile file in files.Deserialize<PesterFile[]>()!) _files[file.File] = file;
    }

    /// <summary>Runs <c>pwsh</c>; the exit code is <see langword="null"/> if there is none.</summary>
    private static async Task<(string Output, int? ExitCode)> RunAsync(TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo("pwsh", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KRABAUTH_MODULE"] = Metadata("ModuleDirectory");
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (string.Empty, null);
        }
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        return (await output + await errors, process.HasExited ? process.ExitCode : -1);
    }

    private static string Metadata(string key) => typeof(PesterRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == key).Value!;
}
