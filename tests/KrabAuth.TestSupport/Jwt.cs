using System.Buffers.Text;
using System.Text;
using KrabAuth.Secrets;

namespace KrabAuth.TestSupport;

/// <summary>JSON Web Tokens with the claims that a test gives them.</summary>
public static class Jwt
{
    public static string Text(string payload) => $"e30.{Encode(payload)}.sig";

    public static Secret Of(string payload) => Secret.Of(Text(payload));

    /// <summary>Header or claims as they stand in a token.</summary>
    public static string Encode(string part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));
}
