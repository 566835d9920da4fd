using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// The last refresh of a profile that the server did not answer, kept beside the profile's lock. Whoever was waiting for that lock
/// when it failed takes its error for an answer: sixty-four programs in a line do not ask a server in trouble sixty-four times.
/// </summary>
/// <param name="At">When it failed, in Unix milliseconds.</param>
/// <param name="Fingerprint">Which refresh token was sent.</param>
/// <param name="Error">What came of it.</param>
internal sealed record FailedRefresh(long At, string Fingerprint, OAuthError Error)
{
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
            : null;
    }

    /// <summary>Writes it, for those who wait. Call it with the profile's lock in hand.</summary>
    public void Write(string path) => AtomicFile.Write(path, JsonText.Serialize(new JsonObject
    {
        ["at"] = At,
        ["refresh"] = Fingerprint,
        ["code"] = Error.Code,
        ["description"] = Error.Description,
        ["status"] = Error.StatusCode,
    }));
}
