using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace KrabAuth.Storage;

/// <summary>
/// JSON in which an escape stands for half of a character, which the library accepts and then cannot give out. For reading it becomes
/// the replacement character: a token beside it is a token all the same.
/// </summary>
internal static class LenientJson
{
    /// <summary>Of <c>\uXXXX</c>.</summary>
    private const int EscapeLength = 6;

    private static ReadOnlySpan<byte> Replacement => "fffd"u8;

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonDocument Parse(byte[] text, JsonDocumentOptions options = default) => JsonDocument.Parse(Mend(text), options);

    /// <summary>Makes every character of the text a whole one. The length of what is whole already does not change.</summary>
    public static byte[] Mend(byte[] text)
    {
        byte[] whole = Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        byte[]? mended = null;
        for (int half = NextHalf(whole, 0); half >= 0; half = NextHalf(whole, half + EscapeLength))
        {
            Replacement.CopyTo((mended ??= whole.AsSpan().ToArray()).AsSpan(half + 2));
        }
        return mended ?? whole;
    }

    /// <summary>What a JSON string stands for, halves of characters included.</summary>
    /// <param name="escaped">The string as it is written, without its quotes.</param>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder();
        int start = 0;
        for (int half = NextHalf(escaped, 0); half >= 0; half = NextHalf(escaped, start))
        {
            text.Append(Whole(escaped[start..half])).Append(Escape(escaped, half)!.Value);
            start = half + EscapeLength;
        }
        return text.Append(Whole(escaped[start..])).ToString();
    }

    private static string Whole(ReadOnlySpan<byte> escaped)
    {
        var reader = new Utf8JsonReader([.. "\""u8, .. escaped, .. "\""u8]);
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>Where the next escape stands that is half of a character; -1 if there is none.</summary>
    private static int NextHalf(ReadOnlySpan<byte> text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] != '\\') continue;
            // What is escaped is skipped, so that the backslash of a \\ does not begin an escape.
            if (Escape(text, i) is not { } unit) i++;
            else if (char.IsHighSurrogate(unit) && Escape(text, i + EscapeLength) is { } next && char.IsLowSurrogate(next)) i += (2 * EscapeLength) - 1;
            else if (char.IsSurrogate(unit)) return i;
            else i += EscapeLength - 1;
        }
        return -1;
    }

    /// <summary>The unit that a <c>\uXXXX</c> at a place stands for, if there is one.</summary>
    private static char? Escape(ReadOnlySpan<byte> text, int place)
    {
        if (place + EscapeLength > text.Length || text[place] != '\\' || text[place + 1] != 'u') return null;
        Span<byte> unit = stackalloc byte[2];
        return Convert.FromHexString(text.Slice(place + 2, 4), unit, out _, out _) == OperationStatus.Done ? (char)(unit[0] << 8 | unit[1]) : null;
    }
}
