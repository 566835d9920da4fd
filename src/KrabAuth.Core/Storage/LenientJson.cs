using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace KrabAuth.Storage;

/// <summary>
/// Parses JSON that came from a server and is read once, never written back. Half a character, which the library accepts in a text
/// and then cannot give out, becomes the replacement character: a token beside it is a token all the same.
/// </summary>
internal static class LenientJson
{
    private static ReadOnlySpan<byte> Replacement => "fffd"u8;

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Parse(byte[] text, JsonDocumentOptions options = default) => JsonDocument.Parse(Mend(text), options);

    /// <summary>Makes every character of the text a whole one. The length of what is whole already does not change.</summary>
    public static byte[] Mend(byte[] text)
    {
        byte[] whole = Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        byte[]? mended = null;
        for (int i = 0; i < whole.Length; i++)
        {
            if (whole[i] != '\\') continue;
            // What is escaped is skipped, so that the backslash of a \\ does not begin an escape.
            if (Escape(whole, i) is not { } unit)
            {
                i++;
            }
            else if (char.IsHighSurrogate(unit) && Escape(whole, i + 6) is { } next && char.IsLowSurrogate(next))
            {
                i += 11;
            }
            else
            {
                if (char.IsSurrogate(unit)) Replacement.CopyTo((mended ??= whole.AsSpan().ToArray()).AsSpan(i + 2));
                i += 5;
            }
        }
        return mended ?? whole;
    }

    /// <summary>The unit that a <c>\uXXXX</c> at a place stands for, if there is one.</summary>
    private static char? Escape(ReadOnlySpan<byte> text, int place)
    {
        if (place + 6 > text.Length || text[place] != '\\' || text[place + 1] != 'u') return null;
        Span<byte> unit = stackalloc byte[2];
        return Convert.FromHexString(text.Slice(place + 2, 4), unit, out _, out _) == OperationStatus.Done ? (char)(unit[0] << 8 | unit[1]) : null;
    }
}
