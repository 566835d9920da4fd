namespace KrabAuth.OAuth;

/// <summary>
/// What a server answered instead of a token: a code (RFC 6749 §5.2, §4.1.2.1; RFC 8628 §3.5) and never its raw body, which
/// may quote the request.
/// </summary>
/// <param name="Code">The code, or <c>http_500</c>, <c>timeout</c>, <c>network</c>, <c>invalid_response</c>.</param>
/// <param name="Description">The server's words, cleaned, shortened and redacted.</param>
/// <param name="StatusCode">The HTTP status, if there was an answer.</param>
/// <param name="RetryAfter">How long the server asks to be left alone.</param>
public sealed record OAuthError(string Code, string? Description = null, int? StatusCode = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Codes after which the refresh token is dead, and only a new sign-in helps.</summary>
    private static readonly string[] DeadGrant =
        ["invalid_grant", "refresh_token_reused", "refresh_token_expired", "refresh_token_invalidated", "invalid_refresh_token", "token_invalidated"];

    /// <summary>What servers say in words that give no such code.</summary>
    private static readonly string[] DeadWords = ["sign in again", "signing in again", "invalid refresh token", "expired or revoked"];

    /// <summary>Whether only signing in again helps.</summary>
    public bool NeedsSignIn => DeadGrant.Contains(Code)
        || (StatusCode is 400 or 401 or 403 && DeadWords.Any(words => Description?.Contains(words, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>Whether another program used the refresh token before.</summary>
    public bool IsReuse => Code == "refresh_token_reused" || Description?.Contains("already been used", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether the same request may well be answered later: the server could not be reached, or has too much to do.</summary>
    public bool IsTransient => Code is "timeout" or "network" || StatusCode is >= 500 or 429;

    /// <summary>Whether the program that asks is refused, not the account: by its id, or by what it may ask for (RFC 6749 §5.2).</summary>
    public bool IsAboutClient => Code is "invalid_client" or "unauthorized_client" or "unsupported_grant_type" or "invalid_scope";

    /// <summary>Whether the server said no, and will say it to the same request again.</summary>
    internal bool IsLasting => !IsTransient && Code is not ("temporarily_unavailable" or "server_error") && (IsAboutClient || NeedsSignIn || StatusCode is >= 400 and not (408 or 425));

    /// <summary>An error that came through the browser: anybody could have written its words, so they are cleaned and cut.</summary>
    internal static OAuthError FromCallback(string code, string? description)
        => new(OAuthText.IsCode(code) ? code : "invalid_response", OAuthText.Clean(description));

    /// <summary>Code and words.</summary>
    public override string ToString() => string.IsNullOrEmpty(Description) ? Code : $"{Code}: {Description}";
}

/// <summary>A value, or the error in its place: what a server says is expected, not exceptional.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class OAuthResult<T>
    where T : class
{
    private OAuthResult(T? value, OAuthError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value, unless there is an error.</summary>
    public T? Value { get; }

    /// <summary>The error, unless there is a value.</summary>
    public OAuthError? Error { get; }

    /// <summary>A value.</summary>
    public static implicit operator OAuthResult<T>(T value) => new(value, null);

    /// <summary>An error.</summary>
    public static implicit operator OAuthResult<T>(OAuthError error) => new(null, error);
}
