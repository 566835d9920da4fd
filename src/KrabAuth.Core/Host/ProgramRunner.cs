using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
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

    /// <summary>Where it runs; without it, where this process does.</summary>
    public string? Directory { get; init; }

    /// <summary>Takes each line of its output; without it the program writes where this one does.</summary>
    public Action<string>? OnOutput { get; init; }

    /// <summary>Takes what it writes to standard error, as it comes: the bytes, and the text that they are so far.</summary>
    public required Action<ReadOnlyMemory<byte>, string> OnError { get; init; }

    /// <summary>The signal that the program gets when it is to end: the one that this process got, where it got one.</summary>
    public Func<PosixSignal> Signal { get; init; } = static () => PosixSignal.SIGINT;

    /// <summary>The clock by which it is given time to end.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="ErrorTail">The last of what it wrote to standard error: where a program says what went wrong.</param>
public sealed record ProgramEnd(int ExitCode, string ErrorTail);

/// <summary>A program was told to end, and has.</summary>
/// <param name="exitCode">Its exit code.</param>
/// <param name="token">What stopped it.</param>
public sealed class ProgramStoppedException(int exitCode, CancellationToken token) : OperationCanceledException($"the program was stopped, and ended with exit code {exitCode}", token)
{
    /// <summary>Its exit code.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>Runs programs for somebody: their input and output are that person's, and only what they write to standard error is looked at.</summary>
public static class ProgramRunner
{
    /// <summary>An error message is no longer.</summary>
    private const int LongestTail = 16 * 1024;

    /// <summary>What the program left running may hold its standard error open for days.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>A program that is told to end has this long to leave its work in order. Those who stop containers wait for ten seconds.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="start">What to run.</param>
    /// <param name="cancellationToken">Has the program end: it gets <see cref="ProgramStart.Signal"/>, and after <see cref="Grace"/> it is ended with all that it started.</param>
    /// <exception cref="KrabAuthException"><c>ProgramNotStarted</c>.</exception>
    /// <exception cref="ProgramStoppedException">It was told to end, and has.</exception>
    public static async Task<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start(start);
        try
        {
            var tail = new StringBuilder();
            using var ended = new CancellationTokenSource();
            Task errors = PumpAsync(
                process.StandardError,
                (bytes, text) =>
                {
                    start.OnError(bytes, text);
                    tail.Append(text);
                    if (tail.Length > 2 * LongestTail) tail.Remove(0, tail.Length - LongestTail);
                },
                ended.Token);
            using var stopped = new CancellationTokenSource();
            Task running = EndAsync(process, start.OnOutput, stopped.Token);
            try
            {
                await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Both pipes are read on: a program that cannot write cannot end.
                await StopAsync(process, start).ConfigureAwait(false);
                stopped.CancelAfter(LastWords);
                await running.ConfigureAwait(false);
            }
            ended.CancelAfter(LastWords);
            await errors.ConfigureAwait(false);
            return cancellationToken.IsCancellationRequested ? throw new ProgramStoppedException(process.ExitCode, cancellationToken) : new ProgramEnd(process.ExitCode, tail.ToString());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task EndAsync(Process process, Action<string>? onOutput, CancellationToken stopped)
    {
        try
        {
            while (onOutput is not null && await process.StandardOutput.ReadLineAsync(stopped).ConfigureAwait(false) is { } line) onOutput(line);
        }
        catch (OperationCanceledException)
        {
            // The program has ended; somebody else holds the pipe.
        }
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task StopAsync(Process process, ProgramStart start)
    {
        if (process.HasExited) return;
        StopSignal.Send(process.Id, start.Signal());
        using var grace = new CancellationTokenSource(Grace, start.Clock);
        try
        {
            await process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static Process Start(ProgramStart start)
    {
        string file = ProgramPath.Find(start.File, start.Directory) ?? throw AuthErrors.ProgramNotStarted(start.File, "no such program was found");
        var info = new ProcessStartInfo(file, start.Arguments)
        {
            RedirectStandardOutput = start.OnOutput is not null,
            RedirectStandardError = true,
            WorkingDirectory = start.Directory ?? string.Empty,
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

    /// <summary>The bytes are the program's own; nothing at their beginning tells of another encoding than that of this machine.</summary>
    private static async Task PumpAsync(StreamReader reader, Action<ReadOnlyMemory<byte>, string> take, CancellationToken ended)
    {
        Decoder decoder = reader.CurrentEncoding.GetDecoder();
        byte[] block = new byte[4096];
        char[] text = new char[reader.CurrentEncoding.GetMaxCharCount(block.Length)];
        try
        {
            for (int read; (read = await reader.BaseStream.ReadAsync(block, ended).ConfigureAwait(false)) > 0;)
            {
                take(block.AsMemory(0, read), new string(text, 0, decoder.GetChars(block, 0, read, text, 0)));
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody else holds the pipe. What came until now is all that is waited for.
        }
    }
}
