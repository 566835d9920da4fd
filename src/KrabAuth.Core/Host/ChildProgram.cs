using System.Diagnostics;
using System.Text;

namespace KrabAuth.Host;

/// <summary>A call of a program: no shell, one text in, one text out.</summary>
/// <param name="Path">The program: absolute, or a name that <c>PATH</c> finds.</param>
/// <param name="Arguments">Its arguments, each as it is.</param>
/// <param name="Input">What it gets on standard input.</param>
internal sealed record ProgramCall(string Path, IEnumerable<string> Arguments, string Input)
{
    /// <summary>How long it may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long it may say nothing.</summary>
    public TimeSpan? SilenceTimeout { get; init; }

    /// <summary>The longest answer, in characters.</summary>
    public long LargestOutput { get; init; } = 1024 * 1024;

    /// <summary>The variables that it gets, and no others; without it, those of this process.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Variables that it gets beside those.</summary>
    public IReadOnlyDictionary<string, string> AddedVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>The directory that it starts in; without it, that of this process.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets the lines of standard error; without it, nobody sees them.</summary>
    public Action<string>? OnErrorLine { get; init; }
}

/// <summary>What a program answered.</summary>
internal sealed record ProgramAnswer(int ExitCode, string Output);

/// <summary>Runs a program within limits, and ends it with all that it started.</summary>
internal static class ChildProgram
{
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    /// <exception cref="TimeoutException">It took too long, or said nothing for too long.</exception>
    /// <exception cref="IOException">Its answer is too long.</exception>
    public static async Task<ProgramAnswer> RunAsync(ProgramCall call, TimeProvider clock, CancellationToken cancellationToken)
    {
        using Process process = Start(call);
        using var expiry = new CancellationTokenSource(call.Timeout, clock);
        // Where silence has no limit of its own, the whole time is the only one: two of one length would race for the words of the error.
        TimeSpan longestSilence = call.SilenceTimeout ?? Timeout.InfiniteTimeSpan;
        using var silence = new CancellationTokenSource(longestSilence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, silence.Token, cancellationToken);
        void IsHeard() => silence.CancelAfter(longestSilence);
        try
        {
            Task errors = ReadErrorsAsync(process.StandardError, call.OnErrorLine, IsHeard, either.Token);
            await AskAsync(process.StandardInput, call.Input, either.Token).ConfigureAwait(false);
            string answer = await ReadAsync(process.StandardOutput, call.LargestOutput, IsHeard, either.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return new ProgramAnswer(process.ExitCode, answer);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                expiry.IsCancellationRequested ? $"it did not answer within {Text(call.Timeout)}" : $"it said nothing for {Text(longestSilence)}", e);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProgramCall call)
    {
        var start = new ProcessStartInfo(call.Path, call.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (call.Directory is not null) start.WorkingDirectory = call.Directory;
        if (call.Environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in call.Environment) start.Environment[name] = value;
        }
        foreach ((string name, string value) in call.AddedVariables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>A program that needs nothing of the request may answer and end without reading it.</summary>
    private static async Task AskAsync(StreamWriter input, string request, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(request.AsMemory(), cancellationToken).ConfigureAwait(false);
            input.Close();
        }
        catch (IOException)
        {
            // The pipe is closed at its other end. What the program answered, or its exit code, tells the rest.
        }
    }

    private static async Task<string> ReadAsync(StreamReader output, long largest, Action isHeard, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        char[] block = new char[4096];
        for (int read; (read = await output.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            isHeard();
            text.Append(block, 0, read);
            if (text.Length > largest) throw new IOException("its answer is too long");
        }
        return text.ToString();
    }

    /// <summary>Standard error is emptied in any case: a full pipe would stop the program.</summary>
    private static async Task ReadErrorsAsync(StreamReader errors, Action<string>? onLine, Action isHeard, CancellationToken cancellationToken)
    {
        if (onLine is not null)
        {
            while (await errors.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                isHeard();
                if (line.Length > 0) onLine(line);
            }
            return;
        }
        char[] block = new char[4096];
        while (await errors.ReadAsync(block, cancellationToken).ConfigureAwait(false) > 0) isHeard();
    }

    private static string Text(TimeSpan span) => span.TotalSeconds >= 1 ? $"{span.TotalSeconds:0.#} s" : $"{span.TotalMilliseconds:0} ms";
}
