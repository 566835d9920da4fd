using System.ComponentModel;
using System.Text;
using System.Text.Json;
using KrabAuth.Host;
using KrabAuth.OAuth;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>
/// Secrets that a program gives, several in one call. No shell is involved, and the program gets no variable that is not named for it.
/// <code>
/// in:  {"protocolVersion":1,"provider":"acme","ids":["openai/key"]}
/// out: {"protocolVersion":1,"values":{"openai/key":"…"},"errors":{"other":{"message":"…"}}}
/// </code>
/// </summary>
internal static class ExecSecrets
{
    public static async Task<Dictionary<string, ResolvedReference>> AskAsync(
        ExecSecretProvider provider, string alias, IReadOnlyList<string> ids, AuthWorkspace workspace, CancellationToken cancellationToken)
    {
        var rules = new PathRules($"secrets.providers.{alias}.command")
        {
            AllowLink = provider.AllowLink,
            AllowReaders = true,
            AllowInsecure = provider.AllowInsecurePath,
            TrustedDirectories = [.. provider.TrustedDirectories.Select(workspace.State.UserPath)],
        };
        string command = provider.Command.StartsWith('~') ? workspace.State.UserPath(provider.Command) : provider.Command;
        (string? program, string? problem) = PathTrust.Check(command, rules);
        if (program is null) return ResolvedReference.All(ids, problem!);
        string request = Request(alias, ids);
        if (Encoding.UTF8.GetByteCount(request) > workspace.Config.Secrets.MaxBatch) return ResolvedReference.All(ids, $"the request for {ids.Count} secrets is longer than secrets.resolution.maxBatchBytes");
        var call = new ProgramCall(program, provider.Arguments, request)
        {
            Timeout = provider.Timeout,
            SilenceTimeout = provider.SilenceTimeout,
            LargestOutput = provider.LargestOutput,
            Environment = Environment(provider, workspace.Options.Host),
            Directory = Path.GetDirectoryName(program),
        };
        try
        {
            ProgramAnswer answer = await ChildProgram.RunAsync(call, workspace.Options.Clock, cancellationToken).ConfigureAwait(false);
            return answer.ExitCode == 0 ? Interpret(provider, ids, answer.Output.Trim(), program) : ResolvedReference.All(ids, $"{program} ended with exit code {answer.ExitCode}");
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            return ResolvedReference.All(ids, $"{program} failed: {OAuthText.Clean(e.Message)}");
        }
        catch (Win32Exception e)
        {
            return ResolvedReference.All(ids, $"{program} cannot be started: {e.Message}");
        }
    }

    private static Dictionary<string, string> Environment(ExecSecretProvider provider, IHostEnvironment host)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in provider.PassedVariables)
        {
            if (host.GetVariable(name) is { } value) variables[name] = value;
        }
        foreach ((string name, string value) in provider.Environment) variables[name] = value;
        return variables;
    }

    private static string Request(string alias, IReadOnlyList<string> ids)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("protocolVersion", 1);
            writer.WriteString("provider", alias);
            writer.WriteStartArray("ids");
            foreach (string id in ids) writer.WriteStringValue(id);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Dictionary<string, ResolvedReference> Interpret(ExecSecretProvider provider, IReadOnlyList<string> ids, string output, string program)
    {
        if (output.Length == 0) return ResolvedReference.All(ids, $"{program} answered nothing");
        bool mayBePlain = !provider.JsonOnly && ids.Count == 1;
        (StrictJson? json, _) = StrictJson.Check(Encoding.UTF8.GetBytes(output));
        if (json is null) return mayBePlain ? new() { [ids[0]] = ResolvedReference.Of(output) } : ResolvedReference.All(ids, $"the answer of {program} is not JSON");
        using JsonDocument document = json.ToDocument();
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return mayBePlain && root.ValueKind == JsonValueKind.String
                ? new() { [ids[0]] = ResolvedReference.Of(root.GetString()) }
                : ResolvedReference.All(ids, $"the answer of {program} is no JSON object");
        }
        if (((JsonElement?)root).Number("protocolVersion") != 1) return ResolvedReference.All(ids, $"the answer of {program} has another protocolVersion than 1");
        if (root.Object("values") is not { } values) return ResolvedReference.All(ids, $"the answer of {program} has no \"values\"");
        JsonElement? errors = root.Object("errors");
        return ids.ToDictionary(id => id, id => errors.Member(id) is { } error
            ? new ResolvedReference(null, $"{program} has no \"{id}\": {OAuthText.Clean(((JsonElement?)error).Text("message")) ?? "it gives no reason"}")
            : !values.TryGetProperty(id, out JsonElement value) ? new ResolvedReference(null, $"the answer of {program} lacks \"{id}\"")
            : value.ValueKind == JsonValueKind.String ? ResolvedReference.Of(value.GetString())
            : new ResolvedReference(null, $"what {program} gave for \"{id}\" is no text"));
    }
}
