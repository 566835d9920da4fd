using System.Diagnostics;
using System.Text;
using KrabAuth.TestSupport;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>What a run of a program left.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The output of a run that has to have succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}: {Output}{Error}");
        return Output;
    }
}

/// <summary>A program that a test talks to while it runs, in an environment that holds nothing of this one.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>Far longer than anything takes, so that what is waited for in vain is a failure and not a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly StringBuilder _output = new();

    private Session(Process process)
    {
        _process = process;
        _patience.CancelAfter(Patience);
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The built command line.</summary>
    public static string Program { get; } = BuiltProgram.Of(typeof(Session).Assembly);

    /// <summary>The built module.</summary>
    public static string ModuleDirectory { get; } = BuiltProgram.Metadata(typeof(Session).Assembly, "ModuleDirectory");

    /// <summary>Has patience for so much longer with a program that is to run that long.</summary>
    public Session For(TimeSpan time)
    {
        _patience.CancelAfter(Patience + time);
        return this;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the command line.</summary>
    public static Session Krabauth(TempHome home, params IEnumerable<string> arguments) => Start(home, Program, arguments);

    /// <summary>Starts a process of the project KrabAuth.TestWorker, on the host that runs this one.</summary>
    public static Session Worker(TempHome home, params IEnumerable<string> arguments)
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string host = Path.Combine(Path.GetFullPath(Path.Combine(runtime, "..", "..", "..")), OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return Start(home, host, ["exec", Path.Combine(AppContext.BaseDirectory, "KrabAuth.TestWorker.dll"), .. arguments]);
    }

    /// <summary>Starts a script of the folder <c>Servers</c>.</summary>
    public static Session Start(TempHome home, Node node, string script, params IEnumerable<string> arguments) => Start(home, node.Program, [Node.PathOf(script), .. arguments]);

    /// <summary>Runs the command line to its end, with nothing, or what is given, on standard input.</summary>
    public static async Task<Outcome> RunAsync(TempHome home, IEnumerable<string> arguments, string input = "")
    {
        using Session session = Krabauth(home, arguments);
        return await session.FinishAsync(input);
    }

    public static Session Start(TempHome home, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        ProcessStartInfo start = CleanProcess.At(home.Root, program, arguments);
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        // Where a test gives a terminal, escape sequences would stand between the words.
        start.Environment["TERM"] = "dumb";
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new Session(Process.Start(start)!);
    }

    /// <summary>Reads on until a line satisfies a condition, and gives it.</summary>
    public async Task<string> LineAsync(Func<string, bool> condition)
    {
        while (await _process.StandardOutput.ReadLineAsync(_patience.Token) is { } line)
        {
            _output.AppendLine(line);
            string text = line.Trim();
            if (condition(text)) return text;
        }
        Assert.Fail($"It ended without that: {_output}{await _error}");
        return string.Empty;
    }

    /// <summary>Reads on until the address to sign in at stands on a line of its own.</summary>
    public Task<string> AddressAsync() => LineAsync(line => Uri.TryCreate(line, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp);

    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync(_patience.Token);
    }

    /// <summary>Waits for the end. Standard input is closed only after something is written, so that a program that waits for it is found out.</summary>
    public async Task<Outcome> FinishAsync(string? input = null)
    {
        if (input is not null)
        {
            await WriteAsync(input);
            _process.StandardInput.Close();
        }
        _output.Append(await _process.StandardOutput.ReadToEndAsync(_patience.Token));
        await _process.WaitForExitAsync(_patience.Token);
        return new Outcome(_process.ExitCode, _output.ToString(), await _error);
    }

    /// <summary>Sends it a signal, by its name.</summary>
    public void Signal(string name) => Shell.Run("kill", $"-{name}", $"{_process.Id}");

    /// <summary>Ends it in the middle of whatever it does, with a signal that it cannot see, and gives what it had said.</summary>
    public async Task<string> KillAsync()
    {
        _process.Kill();
        _output.Append(await _process.StandardOutput.ReadToEndAsync(_patience.Token));
        await _process.WaitForExitAsync(_patience.Token);
        return _output.ToString();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _patience.Dispose();
    }
}
