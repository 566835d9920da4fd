using System.Runtime.InteropServices;
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
/// <remarks>
/// An escape that is half of a character is legal JSON, and programs in JavaScript write it where they cut a text. It is read as the
/// replacement character, and written back as it was.
/// </remarks>
internal sealed class StrictJson
{
    public const int MaxDepth = 64;

    /// <summary>With its sign; no number that means anything needs more.</summary>
    private const int LongestExponent = 8;

    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = MaxDepth };

    private readonly ReadOnlyMemory<byte> _text;
    private readonly ReadOnlyMemory<byte> _whole;

    /// <param name="text">The text.</param>
    /// <param name="whole">The same in whole characters.</param>
    private StrictJson(ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> whole)
    {
        _text = text;
        _whole = whole;
    }

    /// <summary>Whether halves of characters stand in the text: what is read is then not to the letter what is written.</summary>
    public bool HasHalves => !_whole.Equals(_text);

    /// <summary>Checks the text; exactly one of the two results is not <see langword="null"/>.</summary>
    public static (StrictJson? Json, JsonProblem? Problem) Check(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> text = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (IsBlank(text.Span)) return (null, new JsonProblem("the file is empty", 1, 1));
        if (!Utf8.IsValid(text.Span)) return (null, ProblemAt(text.Span, FirstInvalidByte(text.Span), "the text is not valid UTF-8"));
        ReadOnlyMemory<byte> whole = Whole(text);
        JsonProblem? problem = FindProblem(whole.Span);
        return problem is null ? (new StrictJson(text, whole), null) : (null, problem);
    }

    /// <summary>The text for reading. The caller disposes it.</summary>
    public JsonDocument ToDocument() => JsonDocument.Parse(_whole, DocumentOptions);

    /// <summary>The text for changing; members keep their order.</summary>
    public JsonNode ToNode()
    {
        if (!HasHalves) return JsonNode.Parse(_text.Span, documentOptions: DocumentOptions)!;
        using JsonDocument document = JsonDocument.Parse(_text, DocumentOptions);
        return Exact(document.RootElement.Clone())!;
    }

    /// <summary>The node of an element, its texts to the letter: the library's own nodes would fail to write them.</summary>
    private static JsonNode? Exact(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (JsonProperty member in element.EnumerateObject()) map.Add(LenientJson.Unescape(JsonMarshal.GetRawUtf8PropertyName(member)), Exact(member.Value));
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Exact)]);
            case JsonValueKind.String:
                return JsonValue.Create(LenientJson.Unescape(JsonMarshal.GetRawUtf8Value(element)[1..^1]));
            default:
                return JsonValue.Create(element);
        }
    }

    /// <summary>Most texts have no such escape, and are not copied.</summary>
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> text)
    {
        if (text.Span.IndexOf("\\u"u8) < 0) return text;
        byte[] copy = text.ToArray();
        byte[] mended = LenientJson.Mend(copy);
        return ReferenceEquals(mended, copy) ? text : mended;
    }

    private static JsonProblem? FindProblem(ReadOnlySpan<byte> text)
    {
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
