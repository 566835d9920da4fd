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

        /// <summary>Writes half of a character as the escape that it was read from; the encoders in the box would replace it.</summary>
        public override OperationStatus Encode(ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
        {
            charsConsumed = charsWritten = 0;
            while (true)
            {
                ReadOnlySpan<char> rest = source[charsConsumed..];
                int half = IndexOfHalf(rest, isFinalBlock);
                OperationStatus status = base.Encode(half < 0 ? rest : rest[..half], destination[charsWritten..], out int consumed, out int written, isFinalBlock);
                charsConsumed += consumed;
                charsWritten += written;
                if (half < 0 || status != OperationStatus.Done) return status;
                if (!destination[charsWritten..].TryWrite($"\\u{(int)rest[half]:x4}", out written)) return OperationStatus.DestinationTooSmall;
                charsConsumed++;
                charsWritten += written;
            }
        }

        /// <summary>Where half of a character stands; -1 if nowhere. At the end of a block the other half may follow.</summary>
        private static int IndexOfHalf(ReadOnlySpan<char> text, bool isFinalBlock)
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (!char.IsSurrogate(text[i])) continue;
                bool isHigh = char.IsHighSurrogate(text[i]);
                if (isHigh && i + 1 == text.Length) return isFinalBlock ? i : -1;
                if (!isHigh || !char.IsLowSurrogate(text[i + 1])) return i;
                i++;
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
