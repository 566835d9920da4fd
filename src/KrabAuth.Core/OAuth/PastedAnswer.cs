using System.Security.Cryptography;
using System.Text;

namespace KrabAuth.OAuth;

/// <summary>Reads what a person pastes in place of the redirect: the whole address, <c>code#state</c>, the query alone, or the code.</summary>
internal static class PastedAnswer
{
    /// <summary>Reads it and checks the state, where it has one. A code alone has none; the proof key guards that.</summary>
    /// <returns>The answer, or what is wrong with it; both null for nothing at all.</returns>
    public static (AuthorizationAnswer? Answer, string? Problem) Read(string? text, string expectedState)
    {
        // A terminal that wraps an address puts line breaks and spaces into it.
        string pasted = new([.. (text ?? string.Empty).Where(c => !char.IsWhiteSpace(c))]);
        if (pasted.Length == 0) return (null, null);
        Dictionary<string, string>? query;
        bool bare = false;
        if (Uri.TryCreate(pasted, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
        {
            query = CallbackRequest.ReadQuery(uri.Query.TrimStart('?'));
        }
        else if (pasted.Contains('#', StringComparison.Ordinal))
        {
            string[] parts = pasted.Split('#');
            query = new Dictionary<string, string> { ["code"] = parts[0], ["state"] = parts[1] };
            bare = true;
        }
        else if (pasted.Contains("code=", StringComparison.Ordinal) || pasted.Contains("error=", StringComparison.Ordinal))
        {
            // Some browsers hide the http:// of the address that they show.
            query = CallbackRequest.ReadQuery(pasted[(pasted.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        }
        else
        {
            query = new Dictionary<string, string> { ["code"] = pasted };
            bare = true;
        }
        if (query is null) return (null, "a parameter stands twice");
        if (query.TryGetValue("state", out string? state) && state.Length > 0 && !Same(state, expectedState)) return (null, "State mismatch: it belongs to another sign-in");
        string? issuer = query.GetValueOrDefault("iss");
        if (query.TryGetValue("error", out string? error)) return (new AuthorizationAnswer(null, OAuthError.FromCallback(error, query.GetValueOrDefault("error_description")), issuer), null);
        return query.TryGetValue("code", out string? code) && code.Length > 0 ? (new AuthorizationAnswer(code, null, issuer, bare), null) : (null, "Missing authorization code");
    }

    private static bool Same(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
