using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KrabAuth.Storage;

/// <summary>Writes JSON to the letter as the peers do: two spaces, line feeds, a newline at the end, nothing escaped without need.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = MinimalEncoder.Instance,
        MaxDepth = StrictJson.MaxDepth,
    };

    public static byte[] Serialize(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            node.WriteTo(writer);
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A text as a JSON string.</summary>
    public static string Quote(string text) => $"\"{MinimalEncoder.Instance.Encode(text)}\"";

    /// <summary>The options for JSON that goes to standard output.</summary>
    public static JsonWriterOptions OutputOptions => Indented;

    /// <summary>
    /// Escapes what JSON requires and no more, like ECMAScript's <c>JSON.stringify</c>. The encoders in the box also
    /// escape emoji, so that a rewrite would change lines that nobody touched.
    /// </summary>
    private sealed class MinimalEncoder : JavaScriptEncoder
    {
        public static readonly MinimalEncoder Instance = new();

        public override int MaxOutputCharactersPerInputCharacter => 6;

        public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\' or (>= 0xD800 and <= 0xDFFF);

        public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
        {
            var span = new ReadOnlySpan<char>(text, textLength);
            for (int i = 0; i < span.Length; i++)
            {
                char c = span[i];
                if (char.IsHighSurrogate(c) && i + 1 < span.Length && char.IsLowSurrogate(span[i + 1]))
                {
                    i++;
                    continue;
                }
                if (WillEncode(c)) return i;
            }
            return -1;
        }

        public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
        {
            string escaped = unicodeScalar switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                _ when WillEncode(unicodeScalar) => $"\\u{unicodeScalar:x4}",
                _ => new Rune(unicodeScalar).ToString(),
            };
            numberOfCharactersWritten = 0;
            if (escaped.Length > bufferLength) return false;
            escaped.CopyTo(new Span<char>(buffer, bufferLength));
            numberOfCharactersWritten = escaped.Length;
            return true;
        }
    }
}
