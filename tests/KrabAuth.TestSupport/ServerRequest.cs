using System.Net;
using System.Text.Json.Nodes;

namespace KrabAuth.TestSupport;

/// <summary>A request as it reached a fake server.</summary>
public sealed record ServerRequest(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, string? ContentType, string Body)
{
    /// <summary>The parameters of a form, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form => Parse(Body);

    /// <summary>The body as a JSON object.</summary>
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    /// <summary>A parameter of the body, whether it is a form or JSON.</summary>
    public string? this[string name] => Body.StartsWith('{') ? Json[name]?.GetValue<string>() : Form.FirstOrDefault(parameter => parameter.Key == name).Value;

    /// <summary>Everything of it that could be written down somewhere.</summary>
    public override string ToString() => $"{Method} {Url.AbsoluteUri}\n{string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}"))}\n\n{Body}";

    /// <summary>Reads a query or a form.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text) =>
    [
        .. text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(WebUtility.UrlDecode(pair[0]), WebUtility.UrlDecode(pair.ElementAtOrDefault(1) ?? string.Empty))),
    ];

    internal static async Task<ServerRequest> ReadAsync(HttpRequestMessage message, CancellationToken cancellationToken) => new(
        message.Method.Method,
        message.RequestUri!,
        message.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        message.Content?.Headers.ContentType?.MediaType,
        message.Content is null ? string.Empty : await message.Content.ReadAsStringAsync(cancellationToken));
}
