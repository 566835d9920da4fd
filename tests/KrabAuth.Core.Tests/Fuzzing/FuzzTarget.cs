using System.Text;

namespace KrabAuth.Core.Tests.Fuzzing;

/// <summary>Something that reads what others wrote.</summary>
/// <param name="Name">Its name, which is that of its folder in the corpus too.</param>
/// <param name="Read">Reads an input, and fails if it is not read as it must be: any exception but an error of our own is a defect.</param>
/// <param name="Words">What its inputs are made of, beside those of the corpus.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read, IReadOnlyList<string> Words)
{
    /// <summary>Everything that ever failed here, and what was nasty elsewhere.</summary>
    public IReadOnlyList<byte[]> Corpus { get; } = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", Name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>A target that reads a text.</summary>
    public static FuzzTarget OfText(string name, Action<string> read, params IReadOnlyList<string> words) => new(name, bytes => read(Text(bytes)), words);

    /// <summary>A text from bytes: each pair of bytes <c>FF xx</c>, which no UTF-8 has, stands for half a character.</summary>
    private static string Text(byte[] bytes)
    {
        if (!bytes.AsSpan().Contains((byte)0xFF)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder();
        for (int start = 0; start < bytes.Length;)
        {
            int end = Array.IndexOf(bytes, (byte)0xFF, start);
            if (end < 0) end = bytes.Length;
            text.Append(Encoding.UTF8.GetString(bytes, start, end - start));
            if (end + 1 < bytes.Length) text.Append((char)(0xD800 + (bytes[end + 1] << 3)));
            start = end + 2;
        }
        return text.ToString();
    }
}
