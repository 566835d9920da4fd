using System.Buffers.Text;
using System.Text;
using KrabAuth.Secrets;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>JSON Web Tokens with the claims that a test gives them.</summary>
internal static class Jwt
{
    public static string Text(string payload) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.sig";

    public static Secret Of(string payload) => Secret.Of(Text(payload));
}
