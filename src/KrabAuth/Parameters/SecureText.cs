using System.Net;
using System.Security;

namespace KrabAuth.Parameters;

/// <summary>Between SecureString, in which PowerShell hands secrets over, and the text that is stored or sent.</summary>
internal static class SecureText
{
    public static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;

    public static SecureString Protect(string text)
    {
        var secret = new SecureString();
        foreach (char c in text) secret.AppendChar(c);
        secret.MakeReadOnly();
        return secret;
    }
}
