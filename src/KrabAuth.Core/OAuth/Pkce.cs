using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KrabAuth.OAuth;

/// <summary>
/// A proof key (RFC 7636): a verifier of 256 random bits (§7.1), new for each request, and its S256 challenge (§4.2). There
/// is no plain method here to fall back to (§7.2), and nothing else, the state least of all, is made of the verifier.
/// </summary>
public sealed class Pkce
{
    private Pkce(string verifier) => Verifier = verifier;

    /// <summary>The <c>code_challenge_method</c>.</summary>
    public const string Method = "S256";

    /// <summary>BASE64URL(SHA256(ASCII(verifier))).</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The secret half. It goes to the token endpoint and nowhere else.</summary>
    internal string Verifier { get; }

    /// <summary>Makes a new one.</summary>
    public static Pkce Create() => new(RandomText());

    /// <summary>A known verifier: the appendix of the RFC, and device flows whose server chooses it.</summary>
    internal static Pkce FromVerifier(string verifier) => new(verifier);

    /// <summary>256 random bits as 43 characters that need no escaping in a URL.</summary>
    internal static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The challenge, never the verifier.</summary>
    public override string ToString() => Challenge;
}
