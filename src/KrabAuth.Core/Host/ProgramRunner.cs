using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using KrabAuth.Diagnostics;

namespace KrabAuth.Host;

/// <summary>A program to run for somebody, with a credential in its environment.</summary>
/// <param name="File">The program: a path, or a name that <c>PATH</c> finds. No shell is involved.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProgramStart(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that it gets in place of those of this process; one that is null is taken away.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs.</summary>
    public string Directory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Takes each line of its output; without it the program writes where this one does.</summary>
    public Action<string>? OnOutput { get; init; }

    /// <summary>Takes what it writes to standard error, as it comes.</summary>
    public required Action<string> OnError { get; init; }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="ErrorTail">The last of what it wrote to standard error: where a program says what went wrong.</param>
public sealed record ProgramEnd(int ExitCode, string ErrorTail);

/// <summary>Runs programs for somebody: their input and output are that person's, and only what they write to standard error is looked at.</summary>
public static class ProgramRunner
{
    /// <summary>An error message is no longer.</summary>
    private const int LongestTail = 16 * 1024;

    /// <summary>What the program left running may hold its standard error open for days.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="start">What to run.</param>
    /// <param name="cancellationToken">Ends the program, and what it started.</param>
    /// <exception cref="KrabAuthException"><c>ProgramNotStarted</c>.</exception>
    public static async Task<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken = default)
    {
        using Process process = Start(start);
        try
        {
            var tail = new StringBuilder();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task errors = PumpAsync(
                process.StandardError,
                text =>
                {
                    start.OnError(text);
                    tail.Append(text);
                    if (tail.Length > 2 * LongestTail) tail.Remove(0, tail.Length - LongestTail);
                },
                ended.Token);
            if (start.OnOutput is { } onOutput)
            {
                while (await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line) onOutput(line);
            }
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            ended.CancelAfter(LastWords);
            await errors.ConfigureAwait(false);
            return new ProgramEnd(process.ExitCode, tail.ToString());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProgramStart start)
    {
        string file = ProgramPath.Find(start.File, start.Directory) ?? throw AuthErrors.ProgramNotStarted(start.File, "no such program was found");
        var info = new ProcessStartInfo(file, start.Arguments)
        {
            RedirectStandardOutput = start.OnOutput is not null,
            RedirectStandardError = true,
            WorkingDirectory = start.Directory,
        };
        foreach ((string name, string? value) in start.Variables) info.Environment[name] = value;
        try
        {
            return Process.Start(info) ?? throw AuthErrors.ProgramNotStarted(start.File, "the system gave no process");
        }
        catch (Win32Exception e)
        {
            throw AuthErrors.ProgramNotStarted(start.File, e.Message);
        }
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> take, CancellationToken ended)
    {
        char[] block = new char[4096];
        try
        {
            for (int read; (read = await reader.ReadAsync(block, ended).ConfigureAwait(false)) > 0;) take(new string(block, 0, read));
        }
        catch (OperationCanceledException)
        {
            // Somebody else holds the pipe. What came until now is all that is waited for.
        }
    }
}
