using System.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Processes;

/// <summary>A process of its own that adds profiles to a store: see the project KrabAuth.TestWorker.</summary>
internal sealed class Worker : IDisposable
{
    private readonly Process _process;

    private Worker(Process process) => _process = process;

    /// <summary>Starts a worker that adds so many profiles, or goes on until it is killed.</summary>
    public static Worker Start(string stateDirectory, string prefix, int? count = null)
    {
        List<string> arguments = ["exec", Path.Combine(AppContext.BaseDirectory, "KrabAuth.TestWorker.dll"), stateDirectory, prefix];
        if (count is not null) arguments.Add($"{count}");
        return new Worker(Process.Start(Describe(DotNet(), arguments))!);
    }

    /// <summary>Starts a worker in a shell that did something first, such as setting its umask.</summary>
    public static Worker StartInShell(string before, string stateDirectory, string prefix, int count)
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "KrabAuth.TestWorker.dll");
        return new Worker(Process.Start(Describe("sh", ["-c", $"{before}; exec \"$0\" exec \"$@\"", DotNet(), worker, stateDirectory, prefix, $"{count}"]))!);
    }

    /// <summary>The next id that is stored for certain; null when there will be no more.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken) => await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience.Limit, cancellationToken);

    /// <summary>All ids that it stored, once it has ended.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync(CancellationToken cancellationToken)
    {
        string output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await _process.StandardError.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        Assert.True(_process.ExitCode == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Ends it in the middle of whatever it does, and tells what it had stored for certain.</summary>
    public async Task<IReadOnlyList<string>> KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        string output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        // What it was writing when it was killed may be half a line.
        int end = output.LastIndexOf('\n') + 1;
        return output[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments)
        => new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    /// <summary>The host that runs this process: it need not be on the path.</summary>
    private static string DotNet()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }
}
