using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace KrabAuth.Storage;

/// <summary>What is wrong with a JSON text, and where: line and column count from one.</summary>
internal sealed record JsonProblem(string Description, long Line, long Column)
{
    /// <summary>A problem at a place in a text.</summary>
    public static JsonProblem At(string text, int offset, string description)
    {
        // A byte-order mark is no column.
        int start = text.StartsWith('\uFEFF') ? 1 : 0;
        ReadOnlySpan<char> before = text.AsSpan(start, Math.Clamp(offset, start, text.Length) - start);
        return new JsonProblem(description, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}

/// <summary>
/// A JSON text that is safe to read and to write back: well-formed, valid Unicode, no member twice in one object (which
/// of the two would be meant?), not too deep. A byte-order mark is accepted.
/// </summary>
internal sealed class StrictJson
{
    public const int MaxDepth = 64;

    /// <summary>With its sign; no number that means anything needs more.</summary>
    private const int LongestExponent = 8;

    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = MaxDepth };

    private readonly ReadOnlyMemory<byte> _text;

    private StrictJson(ReadOnlyMemory<byte> text) => _text = text;

    /// <summary>Checks the text; exactly one of the two results is not <see langword="null"/>.</summary>
    public static (StrictJson? Json, JsonProblem? Problem) Check(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> text = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (IsBlank(text.Span)) return (null, new JsonProblem("the file is empty", 1, 1));
        JsonProblem? problem = FindProblem(text.Span);
        return problem is null ? (new StrictJson(text), null) : (null, problem);
    }

    /// <summary>The text for reading. The caller disposes it.</summary>
    public JsonDocument ToDocument() => JsonDocument.Parse(_text, DocumentOptions);

    /// <summary>The text for changing; members keep their order.</summary>
    public JsonNode ToNode() => JsonNode.Parse(_text.Span, documentOptions: DocumentOptions)!;

    private static JsonProblem? FindProblem(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text)) return ProblemAt(text, FirstInvalidByte(text), "the text is not valid UTF-8");
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        var members = new List<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        // An array is a level too.
                        while (members.Count <= reader.CurrentDepth) members.Add(new HashSet<string>(StringComparer.Ordinal));
                        members[reader.CurrentDepth].Clear();
                        break;
                    case JsonTokenType.PropertyName:
                        string name = reader.GetString()!;
                        if (!members[reader.CurrentDepth - 1].Add(name))
                        {
                            return ProblemAt(text, (int)reader.TokenStartIndex, $"the member \"{name}\" stands twice in one object");
                        }
                        break;
                    case JsonTokenType.Number when HasEndlessExponent(reader.ValueSpan):
                        return ProblemAt(text, (int)reader.TokenStartIndex, "the exponent of a number is too large");
                    case JsonTokenType.String when reader.ValueIsEscaped:
                        _ = reader.GetString();
                        break;
                    default:
                        break;
                }
            }
            return null;
        }
        catch (JsonException e)
        {
            return new JsonProblem(Describe(e), (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);
        }
        catch (InvalidOperationException)
        {
            return ProblemAt(text, (int)reader.TokenStartIndex, "a \\u escape is half of a character");
        }
    }

    /// <summary>The library reads such a number and then cannot compare it with another.</summary>
    private static bool HasEndlessExponent(ReadOnlySpan<byte> number)
    {
        int exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return exponent >= 0 && number.Length - exponent > LongestExponent + 1;
    }

    private static bool IsBlank(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return false;
        }
        return true;
    }

    private static string Describe(JsonException e)
    {
        // The library's text quotes the offending character only, and appends the place, which is told separately.
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place > 0 ? e.Message[..place].TrimEnd('.', ' ') : e.Message;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done) at += consumed;
        return at;
    }

    private static JsonProblem ProblemAt(ReadOnlySpan<byte> text, int offset, string description)
    {
        ReadOnlySpan<byte> before = text[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new JsonProblem(description, before.Count((byte)'\n') + 1, offset - lineStart + 1);
    }
}
