using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace KrabAuth.Host;

/// <summary>The real login shell: <c>$SHELL -l -c "env -0"</c>. There is none on Windows.</summary>
public sealed class SystemLoginShell : ILoginShell
{
    private const int LargestOutput = 2 * 1024 * 1024;
    private const string UsualShell = "/bin/sh";
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IHostEnvironment host, TimeSpan timeout, IAuthLog log, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows()) return Nothing;
        string shell = host.GetVariable("SHELL") is { } named && Path.IsPathFullyQualified(named) && File.Exists(named) ? named : UsualShell;
        using var expiry = new CancellationTokenSource(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            using Process process = Start(shell);
            try
            {
                byte[] output = await ReadAsync(process.StandardOutput.BaseStream, either.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
                if (process.ExitCode == 0) return Parse(output);
                log.Warning($"The login shell {shell} ended with exit code {process.ExitCode}; its variables are not used.");
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Warning($"The login shell {shell} took longer than {timeout.TotalMilliseconds:0} ms; its variables are not used.");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            log.Warning($"The login shell {shell} cannot be asked for its variables: {e.Message}");
        }
        return Nothing;
    }

    /// <summary>The entries of <c>env -0</c>: names and values, each ended by a zero byte. What a profile script printed before them is no entry.</summary>
    internal static IReadOnlyDictionary<string, string> Parse(byte[] output)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in Encoding.UTF8.GetString(output).Split('\0'))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) continue;
            // The first entry begins where the last line of a greeting ends.
            string name = entry[(entry.LastIndexOf('\n', equals) + 1)..equals];
            if (name.Length > 0) variables[name] = entry[(equals + 1)..];
        }
        return variables;
    }

    /// <summary>The shell gets a fixed text and no word of anybody's: nothing can be injected.</summary>
    private static Process Start(string shell)
    {
        var start = new ProcessStartInfo(shell, ["-l", "-c", "env -0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        // What the shell says there may hold anything; it is drained, so that the shell does not wait, and forgotten.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<byte[]> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        byte[] block = new byte[8192];
        for (int read; (read = await output.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            all.Write(block, 0, read);
            if (all.Length > LargestOutput) throw new IOException("its environment is too large");
        }
        return all.ToArray();
    }
}
