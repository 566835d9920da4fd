using System.Text;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>Reads a <c>.env</c> file: lines <c>NAME=value</c>, with <c>export</c>, quotes and comments as usual. Nothing in it is expanded or run.</summary>
internal static class DotEnvFile
{
    /// <summary>The variables of a file; none where there is no file.</summary>
    /// <exception cref="Diagnostics.KrabAuthException"><c>StoreUnreadable</c>.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
        => FileGuard.ReadAll(path) is { } bytes ? Parse(Encoding.UTF8.GetString(bytes)) : new Dictionary<string, string>();

    /// <summary>The variables of a text. The last line of a name counts, as everywhere.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = text.StartsWith('\uFEFF') ? 1 : 0;
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at) is >= 0 and var found ? found : text.Length;
            ReadOnlySpan<char> line = text.AsSpan(at, end - at).Trim();
            int equals = text.IndexOf('=', at, end - at);
            int next = end + 1;
            if (line is not [] and not ['#', ..] && equals > 0 && NameOf(text[at..equals]) is { } name) variables[name] = ReadValue(text, equals + 1, end, ref next);
            at = next;
        }
        return variables;
    }

    private static string? NameOf(string text)
    {
        string name = text.Trim();
        if (name.StartsWith("export ", StringComparison.Ordinal)) name = name[7..].Trim();
        return name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') ? name : null;
    }

    private static string ReadValue(string text, int start, int lineEnd, ref int next)
    {
        while (start < lineEnd && text[start] is ' ' or '\t') start++;
        if (start < lineEnd && text[start] is '"' or '\'' or '`')
        {
            // A quoted value may go on over several lines.
            int close = Closing(text, start);
            if (close > 0)
            {
                int rest = text.IndexOf('\n', close);
                next = rest < 0 ? text.Length : rest + 1;
                string inner = text[(start + 1)..close];
                return text[start] == '"' ? inner.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal) : inner;
            }
        }
        string value = text[start..lineEnd];
        int comment = value.IndexOf('#', StringComparison.Ordinal);
        return (comment < 0 ? value : value[..comment]).Trim();
    }

    private static int Closing(string text, int start)
    {
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] == text[start] && text[i - 1] != '\\') return i;
        }
        return -1;
    }
}
