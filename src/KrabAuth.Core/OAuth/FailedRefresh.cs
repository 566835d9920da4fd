using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// The last refresh of a profile that the server did not answer, kept beside the profile's lock. Whoever was waiting for that lock
/// when it failed takes its error for an answer: sixty-four programs in a line do not ask a server in trouble sixty-four times. It stays
/// until a renewal succeeds, so that a check can tell of a sign-in that renews itself no more.
/// </summary>
/// <param name="At">When it failed, in Unix milliseconds.</param>
/// <param name="Fingerprint">Which refresh token was sent.</param>
/// <param name="Error">What came of it.</param>
internal sealed record FailedRefresh(long At, string Fingerprint, OAuthError Error)
{
    /// <summary>What passes by itself has passed by then: until it is over, nobody has to hear of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>When the first of the failures in a row was, in Unix milliseconds.</summary>
    public long Since { get; init; } = At;

    /// <summary>The end of the token that was to be renewed: whoever renews it gives it another, even if the refresh token stays.</summary>
    public long? Expires { get; init; }

    /// <summary>The note of a failure, one more of those before it if they were about the same token.</summary>
    public static FailedRefresh Of(OAuthCredential credential, OAuthError error, long now, FailedRefresh? before)
    {
        var failed = new FailedRefresh(now, TokenRefresher.Fingerprint(credential.Refresh!), error) { Expires = credential.Expires };
        return before is not null && before.IsAbout(credential) && before.Since <= now ? failed with { Since = before.Since } : failed;
    }

    /// <summary>Whether it is about this token, and not about one before it.</summary>
    private bool IsAbout(OAuthCredential credential) => Expires is not null && Expires == credential.Expires && Fingerprint == TokenRefresher.Fingerprint(credential.Refresh!);

    /// <summary>
    /// Whether somebody has to hear of it: of a refusal at once, as it will be the same next time; of a server that cannot be reached
    /// once the token is over and an hour of trying has not helped.
    /// </summary>
    public bool Matters(OAuthCredential credential, long now)
        => IsAbout(credential) && At <= now && (Error.IsLasting || (credential.Expires <= now && At - Since >= (long)Patience.TotalMilliseconds));

    /// <summary>Whether it answers a wait that began then and is for this refresh token. A clock that was set back makes it say no.</summary>
    public bool Answers(long since, long now, Secret refresh) => At > since && At <= now && Fingerprint == TokenRefresher.Fingerprint(refresh);

    /// <summary>Reads it; null if there is none, or none that can be read.</summary>
    public static FailedRefresh? Read(string path)
    {
        if (!File.Exists(path) || FileGuard.ReadAll(path) is not { } bytes || StrictJson.Check(bytes).Json is not { } json) return null;
        using JsonDocument document = json.ToDocument();
        JsonElement? root = document.RootElement;
        return root.Number("at") is { } at && root.Text("refresh") is { } fingerprint && root.Text("code") is { } code
            ? new FailedRefresh((long)at, fingerprint, new OAuthError(code, root.Text("description"), (int?)root.Number("status")))
            {
                Since = (long?)root.Number("since") ?? (long)at,
                Expires = (long?)root.Number("expires"),
            }
            : null;
    }

    /// <summary>Writes it, for those who wait. Call it with the profile's lock in hand.</summary>
    public void Write(string path) => AtomicFile.Write(path, JsonText.Serialize(new JsonObject
    {
        ["at"] = At,
        ["since"] = Since,
        ["refresh"] = Fingerprint,
        ["expires"] = Expires,
        ["code"] = Error.Code,
        ["description"] = Error.Description,
        ["status"] = Error.StatusCode,
    }));
}
