using System.ComponentModel;
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
    /// <summary>Lets the program sign in.</summary>
    public Task<OAuthResult<OAuthCredential>> LoginAsync(Action<string> tell, CancellationToken cancellationToken) => RunAsync("login", null, tell, cancellationToken);

    /// <summary>Lets the program renew a credential.</summary>
    public Task<OAuthResult<OAuthCredential>> RefreshAsync(OAuthCredential credential, CancellationToken cancellationToken)
        => RunAsync("refresh", credential, log.Verbose, cancellationToken);

    private async Task<OAuthResult<OAuthCredential>> RunAsync(string action, OAuthCredential? credential, Action<string> tell, CancellationToken cancellationToken)
    {
        string program = definition.Command[0];
        if (!Path.IsPathFullyQualified(program)) throw AuthErrors.PluginFailed(definition.Id, $"\"{program}\" is no absolute path");
        // It gets refresh tokens: whoever could change it could have them.
        if (PathTrust.Check(program, new PathRules("the program") { AllowLink = true, AllowReaders = true }).Problem is { } problem) throw AuthErrors.PluginFailed(definition.Id, problem);
        var call = new ProgramCall(program, definition.Command.Skip(1), Request(action, credential))
        {
            // The locks of a refresh are held meanwhile: it has the time of a request, whatever the definition says.
            Timeout = credential is null || definition.CommandTimeout < OAuthClient.RefreshTimeout ? definition.CommandTimeout : OAuthClient.RefreshTimeout,
            Environment = Variables(),
            OnErrorLine = line => tell(Redactor.Redact(line, credential?.Access, credential?.Refresh)),
        };
        try
        {
            ProgramAnswer answer = await ChildProgram.RunAsync(call, clock, cancellationToken).ConfigureAwait(false);
            return answer.ExitCode == 0 || answer.Output.Length > 0 ? Interpret(answer.Output, credential) : new OAuthError("plugin_failed", $"it ended with exit code {answer.ExitCode}");
        }
        catch (TimeoutException e)
        {
            return new OAuthError("timeout", e.Message);
        }
        catch (IOException e)
        {
            return new OAuthError("plugin_failed", OAuthText.Clean(e.Message));
        }
        catch (Win32Exception e)
        {
            throw AuthErrors.PluginFailed(definition.Id, $"{program} cannot be started: {e.Message}");
        }
    }

    /// <summary>What a program needs to run and to reach the person, and no other provider's key.</summary>
    private static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (!SecretMarker.IsKeyVariable(name)) variables[name] = (string?)variable.Value ?? string.Empty;
        }
        return variables;
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

    private OAuthResult<OAuthCredential> Interpret(string answer, OAuthCredential? previous)
    {
        try
        {
            using JsonDocument document = LenientJson.Parse(System.Text.Encoding.UTF8.GetBytes(answer));
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
