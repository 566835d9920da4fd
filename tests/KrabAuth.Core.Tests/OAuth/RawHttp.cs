using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Speaks to a port byte by byte, as no well-behaved client would.</summary>
internal static class RawHttp
{
    /// <summary>A request as a browser sends it when it follows the redirect.</summary>
    public static string Get(int port, string target, params string[] headers) => Request("GET", target, [$"Host: localhost:{port}", .. headers]);

    public static string Request(string method, string target, params string[] headers) => $"{method} {target} HTTP/1.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    /// <summary>Sends a text and reads until the other side has closed.</summary>
    public static Task<string> SendAsync(int port, string text, CancellationToken cancellationToken) => SendAsync(port, text, close: false, cancellationToken);

    /// <param name="port">Where to.</param>
    /// <param name="text">What.</param>
    /// <param name="close">Whether to close the own direction after it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string> SendAsync(int port, string text, bool close, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        if (close) client.Client.Shutdown(SocketShutdown.Send);
        return await ReadAsync(stream, cancellationToken);
    }

    public static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var received = new MemoryStream();
        byte[] block = new byte[8192];
        try
        {
            for (int read; (read = await stream.ReadAsync(block, cancellationToken)) > 0;) received.Write(block, 0, read);
        }
        catch (IOException)
        {
            // Hung up on: what came until then is the answer.
        }
        return Encoding.UTF8.GetString(received.ToArray());
    }

    public static int Status(string response) => response.Length > 12 ? int.Parse(response.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;

    public static string? Header(string response, string name) => response.Split("\r\n\r\n")[0].Split("\r\n")
        .Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..]).SingleOrDefault();
}
