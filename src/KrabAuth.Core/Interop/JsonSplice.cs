using System.Buffers;
using System.Text;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>Puts new values into a JSON text and leaves every other byte as its owner wrote it.</summary>
internal static class JsonSplice
{
    /// <summary>Replaces scalar members.</summary>
    /// <param name="text">A text that was found to be sound.</param>
    /// <param name="values">JSON by path, the names joined with a slash; a path that is not there is left out.</param>
    public static byte[] Replace(ReadOnlySpan<byte> text, IReadOnlyDictionary<string, string> values)
    {
        int start = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        // Half a character in a name is no name of ours; what is read has the same places as what is written.
        var reader = new Utf8JsonReader(LenientJson.Mend(text[start..].ToArray()));
        var names = new List<string?>();
        var output = new ArrayBufferWriter<byte>(text.Length + 256);
        int copied = 0;
        while (reader.Read())
        {
            while (names.Count <= reader.CurrentDepth + 1) names.Add(null);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    names[reader.CurrentDepth] = reader.GetString();
                    break;
                case JsonTokenType.StartArray:
                    // What stands in a list has no name.
                    names[reader.CurrentDepth + 1] = null;
                    break;
                case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False
                    when values.TryGetValue(string.Join('/', names.Skip(1).Take(reader.CurrentDepth)), out string? value):
                    output.Write(text[copied..(start + (int)reader.TokenStartIndex)]);
                    output.Write(Encoding.UTF8.GetBytes(value));
                    copied = start + (int)reader.BytesConsumed;
                    break;
                default:
                    break;
            }
        }
        output.Write(text[copied..]);
        return output.WrittenSpan.ToArray();
    }
}
