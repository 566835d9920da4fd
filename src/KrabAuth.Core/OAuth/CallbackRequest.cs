using System.Text;

namespace KrabAuth.OAuth;

/// <summary>The head of one HTTP request to the loopback listener, read strictly: what is not plainly right is refused.</summary>
internal sealed record CallbackRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The longest head that is read. A callback needs some hundred bytes.</summary>
    public const int LargestHead = 8 * 1024;

    /// <summary>Reads the head from a connection; null if it is malformed, too long, or ends too early.</summary>
    public static async Task<CallbackRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LargestHead];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0) return null;
            length += read;
            int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return Parse(buffer.AsSpan(0, end));
        }
        return null;
    }

    /// <summary>Reads a head without its last empty line.</summary>
    public static CallbackRequest? Parse(ReadOnlySpan<byte> head)
    {
        foreach (byte b in head)
        {
            // Nothing but visible ASCII, space, tab and the line ends below: no header needs more, and no trick gets less.
            if (b is (< 0x20 and not (byte)'\r' and not (byte)'\n' and not (byte)'\t') or > 0x7E) return null;
        }
        string[] lines = Encoding.ASCII.GetString(head).Split("\r\n");
        if (lines.Any(line => line.AsSpan().IndexOfAny('\r', '\n') >= 0)) return null;
        string[] request = lines[0].Split(' ');
        if (request.Length != 3 || lines[0].Contains('\t', StringComparison.Ordinal) || request[2] is not ("HTTP/1.1" or "HTTP/1.0") || !request[1].StartsWith('/')) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line[..colon].Contains(' ', StringComparison.Ordinal)) return null;
            // A header that stands twice could be read in two ways.
            if (!headers.TryAdd(line[..colon], line[(colon + 1)..].Trim())) return null;
        }
        int mark = request[1].IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? request[1] : request[1][..mark];
        return ReadQuery(mark < 0 ? string.Empty : request[1][(mark + 1)..]) is { } query ? new CallbackRequest(request[0], path, query, headers) : null;
    }

    /// <summary>Reads a query; null if a parameter stands twice (RFC 6749 §3.1).</summary>
    public static Dictionary<string, string>? ReadQuery(string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Decode(equals < 0 ? pair : pair[..equals]);
            string value = equals < 0 ? string.Empty : Decode(pair[(equals + 1)..]);
            if (!query.TryAdd(name, value)) return null;
        }
        return query;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
