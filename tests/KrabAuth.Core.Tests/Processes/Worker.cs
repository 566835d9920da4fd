using System.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Processes;

/// <summary>A process of its own that adds profiles to a store: see the project KrabAuth.TestWorker.</summary>
internal sealed class Worker : IDisposable
{
    private readonly Process _process;

    private Worker(Process process) => _process = process;

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a worker that adds so many profiles, or goes on until it is killed.</summary>
    public static Worker Start(string stateDirectory, string prefix, int? count = null) => new(Process.Start(Describe(DotNet(), Arguments(stateDirectory, prefix, count)))!);

    /// <summary>Starts a worker with a variable of its environment set.</summary>
    public static Worker StartWith(string variable, string value, string stateDirectory, string prefix, int? count = null)
    {
        ProcessStartInfo start = Describe(DotNet(), Arguments(stateDirectory, prefix, count));
        start.Environment[variable] = value;
        return new Worker(Process.Start(start)!);
    }

    /// <summary>Starts a worker that takes the lock, tells "held", and writes when it is told to go on.</summary>
    public static Worker StartHolding(string stateDirectory, string prefix, int wrongHours = 0)
    {
        ProcessStartInfo start = Describe(DotNet(), ["exec", Program, "hold", stateDirectory, prefix, $"{wrongHours}"]);
        start.RedirectStandardInput = true;
        return new Worker(Process.Start(start)!);
    }

    /// <summary>Starts a worker that opens an address in a browser, with this for its path.</summary>
    public static Worker StartBrowsing(string path, string address)
    {
        ProcessStartInfo start = Describe(DotNet(), ["exec", Program, "browse", address]);
        start.Environment["PATH"] = path;
        return new Worker(Process.Start(start)!);
    }

    /// <summary>Starts a worker as another user; only root can.</summary>
    public static Worker StartAs(int user, string stateDirectory, string prefix, int? count = null) => new(Process.Start(Describe(
        "setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", "--", DotNet(), .. Arguments(stateDirectory, prefix, count)]))!);

    /// <summary>Starts a worker in a shell that did something first, such as setting its umask.</summary>
    public static Worker StartInShell(string before, string stateDirectory, string prefix, int count)
        => new(Process.Start(Describe("sh", ["-c", $"{before}; exec \"$0\" \"$@\"", DotNet(), .. Arguments(stateDirectory, prefix, count)]))!);

    /// <summary>The next id that is stored for certain; null when there will be no more.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken) => await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience.Limit, cancellationToken);

    /// <summary>Lets it go on.</summary>
    public Task GoOnAsync() => _process.StandardInput.WriteLineAsync();

    /// <summary>Waits until it has ended with an error of our own, and tells the ids that it stored and the error.</summary>
    public async Task<(IReadOnlyList<string> Stored, string Error)> FailAsync(CancellationToken cancellationToken)
    {
        string output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        string error = await _process.StandardError.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        Assert.True(_process.ExitCode == 3, $"exit code {_process.ExitCode}: {error}");
        return (Lines(output), error);
    }

    /// <summary>All ids that it stored, once it has ended.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync(CancellationToken cancellationToken)
    {
        string output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await _process.StandardError.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        Assert.True(_process.ExitCode == 0, errors);
        return Lines(output);
    }

    /// <summary>Ends it in the middle of whatever it does, and tells what it had stored for certain.</summary>
    public async Task<IReadOnlyList<string>> KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        string output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        // What it was writing when it was killed may be half a line.
        int end = output.LastIndexOf('\n') + 1;
        return Lines(output[..end]);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "KrabAuth.TestWorker.dll");

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Arguments(string stateDirectory, string prefix, int? count)
        => ["exec", Program, stateDirectory, prefix, .. count is null ? Array.Empty<string>() : [$"{count}"]];

    private static ProcessStartInfo Describe(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Stryker asks who finds these what each test covered, and would wait for the answer of a process that is gone.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("STRYKER_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        return start;
    }

    /// <summary>The host that runs this process: it need not be on the path.</summary>
    private static string DotNet()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }
}
