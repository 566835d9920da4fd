using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>
/// A program that signs in and refreshes for a provider that is neither OAuth nor a key. It reads one JSON object on standard
/// input and writes one on standard output; what it writes on standard error is for the person. No shell is involved.
/// <code>
/// in:  {"protocolVersion":1,"action":"login"|"refresh","provider":"acme","refresh":"…","access":"…"}
/// out: {"protocolVersion":1,"credential":{"access":"…","refresh":"…","expires":1795300815030,"email":"…","accountId":"…"}}
///      {"protocolVersion":1,"error":{"code":"invalid_grant","message":"…"}}
/// </code>
/// </summary>
internal sealed class ProviderPlugin(ProviderDefinition definition, IAuthLog log, TimeProvider clock)
{
    private const int LargestAnswer = 1024 * 1024;

    /// <summary>Lets the program sign in.</summary>
    public Task<OAuthResult<OAuthCredential>> LoginAsync(Action<string> tell, CancellationToken cancellationToken) => RunAsync("login", null, tell, cancellationToken);

    /// <summary>Lets the program renew a credential.</summary>
    public Task<OAuthResult<OAuthCredential>> RefreshAsync(OAuthCredential credential, CancellationToken cancellationToken)
        => RunAsync("refresh", credential, log.Verbose, cancellationToken);

    private async Task<OAuthResult<OAuthCredential>> RunAsync(string action, OAuthCredential? credential, Action<string> tell, CancellationToken cancellationToken)
    {
        using Process process = Start();
        using var expiry = new CancellationTokenSource(definition.CommandTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            process.ErrorDataReceived += (_, line) =>
            {
                if (!string.IsNullOrEmpty(line.Data)) tell(Redactor.Redact(line.Data, credential?.Access, credential?.Refresh));
            };
            process.BeginErrorReadLine();
            await AskAsync(process.StandardInput, Request(action, credential), either.Token).ConfigureAwait(false);
            string answer = await ReadAsync(process.StandardOutput, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return process.ExitCode == 0 || answer.Length > 0 ? Interpret(answer, credential) : new OAuthError("plugin_failed", $"it ended with exit code {process.ExitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new OAuthError("timeout", $"it did not answer within {definition.CommandTimeout.TotalSeconds:0} s");
        }
        catch (IOException e)
        {
            return new OAuthError("plugin_failed", OAuthText.Clean(e.Message));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        string program = definition.Command[0];
        if (!Path.IsPathFullyQualified(program)) throw AuthErrors.PluginFailed(definition.Id, $"\"{program}\" is no absolute path");
        var start = new ProcessStartInfo(program, definition.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw AuthErrors.PluginFailed(definition.Id, $"{program} cannot be started: {e.Message}");
        }
    }

    private string Request(string action, OAuthCredential? credential)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("protocolVersion", 1);
            writer.WriteString("action", action);
            writer.WriteString("provider", definition.Id);
            if (credential?.Refresh is { } refresh) writer.WriteString("refresh", refresh.Reveal());
            if (credential?.Access is { } access) writer.WriteString("access", access.Reveal());
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
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

    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new System.Text.StringBuilder();
        char[] block = new char[4096];
        for (int read; (read = await output.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            text.Append(block, 0, read);
            if (text.Length > LargestAnswer) throw new IOException("its answer is too long");
        }
        return text.ToString();
    }

    private OAuthResult<OAuthCredential> Interpret(string answer, OAuthCredential? previous)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement? root = document.RootElement;
            if (root.Object("error") is { } error) return OAuthError.FromCallback(error.Text("code") ?? "plugin_failed", error.Text("message"));
            if (root.Object("credential") is not { } found || found.VisibleText("access") is not { } access) return new OAuthError("invalid_response", "it answered without a credential");
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            return (previous ?? new OAuthCredential(definition.Id, null, null)) with
            {
                Access = Secret.Of(access),
                Refresh = Secret.Of(found.VisibleText("refresh")) ?? previous?.Refresh,
                Expires = ((JsonElement?)found).Number("expires") ?? now,
                Email = found.VisibleText("email") ?? previous?.Email,
                AccountId = found.VisibleText("accountId") ?? previous?.AccountId,
            };
        }
        catch (JsonException)
        {
            return new OAuthError("invalid_response", "its answer is not JSON");
        }
    }
}
