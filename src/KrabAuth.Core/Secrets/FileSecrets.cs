using System.Text;
using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Secrets;

/// <summary>Secrets in a file: the values of a JSON object, by pointer (RFC 6901), or one secret that is the whole content.</summary>
internal static class FileSecrets
{
    public static async Task<Dictionary<string, ResolvedReference>> ReadAsync(
        FileSecretProvider provider, string alias, IReadOnlyList<string> ids, AuthWorkspace workspace, CancellationToken cancellationToken)
    {
        string path = workspace.State.UserPath(provider.Path);
        (string? target, string? problem) = PathTrust.Check(path, new PathRules($"secrets.providers.{alias}.path") { AllowInsecure = provider.AllowInsecurePath });
        if (target is null) return ResolvedReference.All(ids, problem!);
        byte[]? content;
        try
        {
            // A network file system can keep a reader waiting for ever.
            content = await Task.Run(() => FileGuard.ReadAll(target, provider.LargestFile), cancellationToken)
                .WaitAsync(provider.Timeout, workspace.Options.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return ResolvedReference.All(ids, $"{path} could not be read within {provider.Timeout.TotalMilliseconds:0} ms");
        }
        catch (KrabAuthException e)
        {
            return ResolvedReference.All(ids, e.Message.TrimEnd('.'));
        }
        if (content is null) return ResolvedReference.All(ids, $"{path} does not exist");
        return provider.IsSingleValue ? Whole(content, ids, alias) : Members(content, ids, path);
    }

    private static Dictionary<string, ResolvedReference> Whole(byte[] content, IReadOnlyList<string> ids, string alias)
    {
        string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
        // The line break that an editor adds is not part of the secret.
        if (text.EndsWith('\n')) text = text[..^1];
        if (text.EndsWith('\r')) text = text[..^1];
        return ids.ToDictionary(id => id, id => id == SecretReference.SingleValue
            ? ResolvedReference.Of(text)
            : new ResolvedReference(null, $"secrets.providers.{alias} holds one secret, which is named \"{SecretReference.SingleValue}\""));
    }

    private static Dictionary<string, ResolvedReference> Members(byte[] content, IReadOnlyList<string> ids, string path)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(content);
        if (json is null) return ResolvedReference.All(ids, $"{path}({problem!.Line},{problem.Column}): {problem.Description}");
        using JsonDocument document = json.ToDocument();
        if (document.RootElement.ValueKind != JsonValueKind.Object) return ResolvedReference.All(ids, $"{path} does not hold a JSON object");
        return ids.ToDictionary(id => id, id => Find(document.RootElement, id) switch
        {
            null => new ResolvedReference(null, $"{path} has nothing at {id}"),
            { ValueKind: JsonValueKind.String } text => ResolvedReference.Of(text.GetString()),
            _ => new ResolvedReference(null, $"what {path} has at {id} is no text"),
        });
    }

    /// <summary>Follows a pointer: RFC 6901 §4.</summary>
    private static JsonElement? Find(JsonElement element, string pointer)
    {
        if (!pointer.StartsWith('/')) return null;
        foreach (string part in pointer[1..].Split('/'))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            JsonElement next = default;
            bool found = element.ValueKind switch
            {
                JsonValueKind.Object => element.TryGetProperty(name, out next),
                JsonValueKind.Array => Index(name) is { } index && index < element.GetArrayLength() && (next = element[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            if (!found) return null;
            element = next;
        }
        return element;
    }

    private static int? Index(string text)
        => (text == "0" || (text.Length is > 0 and < 10 && text[0] != '0')) && text.All(char.IsAsciiDigit) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
