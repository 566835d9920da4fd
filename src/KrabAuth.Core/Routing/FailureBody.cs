using System.Globalization;
using System.Text;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Routing;

/// <summary>
/// What the JSON in a provider's words says. Bodies differ: <c>{"error":{"type","code","message"}}</c>, the same within an
/// array, <c>{"error":"text"}</c>, fields at the top. All are read alike; what is no JSON says nothing.
/// </summary>
internal sealed record FailureBody
{
    private const int LongestBody = 256 * 1024;
    private const int Deepest = 8;

    /// <summary>So many braces and brackets are tried; each may be the begin of a long text.</summary>
    private const int MostStarts = 64;

    private static readonly char[] Openings = ['{', '['];

    public static FailureBody None { get; } = new();

    public int? Status { get; init; }

    /// <summary>Everything that may be the code of the error, as spelt: codes, types, names of a status.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    /// <summary>The moment until which the limit holds: <c>resets_at</c>.</summary>
    public double? ResetsAt { get; init; }

    /// <summary>The seconds until then: <c>resets_in_seconds</c>.</summary>
    public double? ResetsIn { get; init; }

    /// <summary>The delay of Google's <c>RetryInfo</c>, such as <c>30s</c>.</summary>
    public string? RetryDelay { get; init; }

    /// <summary>
    /// Finds the JSON in a text: the whole of it, or what follows a status, a sentence or the brackets of a log. The first that says
    /// anything counts.
    /// </summary>
    public static FailureBody Read(string? text)
    {
        if (text is null) return None;
        int start = text.IndexOfAny(Openings);
        for (int tries = 0; start >= 0 && tries < MostStarts; tries++)
        {
            int length = 1;
            if (text.Length - start <= LongestBody && Parse(text[start..], out length) is { } document)
            {
                using (document)
                {
                    var codes = new List<string>();
                    FailureBody body = Read(document.RootElement, None, codes, 0) with { Codes = codes };
                    if (body.SaysAnything) return body;
                }
            }
            start = text.IndexOfAny(Openings, start + length);
        }
        return None;
    }

    private bool SaysAnything => Codes.Count > 0 || Status is not null || ResetsAt is not null || ResetsIn is not null || RetryDelay is not null;

    /// <summary>The JSON at the begin of a text; what follows it does not matter. A sentence with a brace in it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How much of it the JSON is; one character where it is none.</param>
    private static JsonDocument? Parse(string text, out int length)
    {
        length = 1;
        byte[] bytes = LenientJson.Mend(Encoding.UTF8.GetBytes(text));
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowTrailingCommas = true, MaxDepth = 64 });
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document)) return null;
            length = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed));
            return document;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FailureBody Read(JsonElement element, FailureBody body, List<string> codes, int depth)
    {
        if (depth > Deepest) return body;
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) body = Read(item, body, codes, depth + 1);
            return body;
        }
        JsonElement? value = element;
        foreach (string name in new[] { "code", "type", "status", "name", "reason", "__type" })
        {
            if (value.Text(name) is { Length: > 0 and < 200 } code) codes.Add(code);
        }
        body = body with
        {
            Status = body.Status ?? StatusOf(value, "status") ?? StatusOf(value, "statusCode") ?? StatusOf(value, "status_code") ?? StatusOf(value, "code"),
            ResetsAt = body.ResetsAt ?? Finite(value, "resets_at"),
            ResetsIn = body.ResetsIn ?? Finite(value, "resets_in_seconds"),
            RetryDelay = body.RetryDelay ?? value.Text("retryDelay"),
        };
        // Libraries pass the body of an answer on as the message of an error of their own.
        if (value.Text("message") is { Length: > 2 } words && words[0] == '{' && Parse(words, out _) is { } document)
        {
            using (document) body = Read(document.RootElement, body, codes, depth + 1);
        }
        foreach (string name in new[] { "error", "cause", "detail", "details", "errors" })
        {
            if (value.Member(name) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } inner) body = Read(inner, body, codes, depth + 1);
        }
        return body;
    }

    private static int? StatusOf(JsonElement? element, string name)
    {
        string? text = element.Member(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : element.Text(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 400 and <= 599 ? status : null;
    }

    private static double? Finite(JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;
}
