using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace KrabAuth.Core.Tests.Fuzzing;

/// <summary>Makes inputs: words in a row, bytes of any kind, and what the corpus holds with some of it changed.</summary>
internal static class FuzzInputs
{
    /// <summary>What every text parser has to survive.</summary>
    private static readonly byte[][] Everywhere =
    [
        .. new[]
        {
            "", " ", "\0", "\r", "\n", "\r\n", "\t", "\u0085", "\u2028", "\uFEFF", "\u200B", "\u202E", "é", "İ", "٣", "🦀", "\"", "'", "\\", "\\u", "\\ud83e", "\\udd80", "\\u0000", "{", "}", "[", "]",
            ":", ",", "/", "//", "/*", "*/", "#", "?", "&", "=", "%", "%0", "%00", "%E2%82", "%ff", "+", "-", ".", "@", "$", "${", "${HOME}", "$$", "0", "1", "-1", "1e999", "-1e999", "1e-400",
            "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "0x", "NaN", "Infinity", "null", "true", "[]", "{}", "\"\"", "<script>", "\u001b[2J",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xFF, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF8],
    ];

    /// <summary>Inputs for a target.</summary>
    public static Arbitrary<byte[]> For(FuzzTarget target)
    {
        Gen<byte[]> word = Gen.Frequency((3, Gen.Elements<byte[]>([.. target.Words.Select(Encoding.UTF8.GetBytes)])), (1, Gen.Elements(Everywhere)), (1, Bytes(4)));
        Gen<byte[]> row =
            from count in Gen.Choose(0, 24)
            from words in word.ArrayOf(count)
            select words.SelectMany(bytes => bytes).ToArray();
        Gen<byte[]> changed =
            from seed in Gen.Elements<byte[]>([.. target.Corpus])
            from count in Gen.Choose(1, 4)
            from changes in Change(word).ArrayOf(count)
            select changes.Aggregate(seed, (bytes, change) => change(bytes));
        return Arb.From(Gen.Frequency((3, row), (6, changed), (1, Bytes(64))));
    }

    private static Gen<byte[]> Bytes(int most) =>
        from count in Gen.Choose(0, most)
        from bytes in Gen.Choose(0, 255).ArrayOf(count)
        select bytes.Select(value => (byte)value).ToArray();

    /// <summary>Puts something in, takes something out, or doubles something.</summary>
    private static Gen<Func<byte[], byte[]>> Change(Gen<byte[]> word) =>
        from place in Gen.Choose(0, 9999)
        from length in Gen.Choose(0, 12)
        from insert in Gen.Frequency((3, word), (1, Gen.Constant(Array.Empty<byte>())))
        from doubles in Gen.Frequency((1, Gen.Constant(true)), (5, Gen.Constant(false)))
        select (Func<byte[], byte[]>)(bytes =>
        {
            int start = place * (bytes.Length + 1) / 10000;
            int end = Math.Min(bytes.Length, start + length);
            return doubles ? [.. bytes[..end], .. bytes[start..]] : [.. bytes[..start], .. insert, .. bytes[end..]];
        });
}
