using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>
/// MiniMax's device sign-in: the user code itself is polled with, the answer brings the state back, times are milliseconds, and an
/// end is a moment where RFC 8628 has a duration.
/// </summary>
internal sealed class UserCodeFlow(OAuthClient client, OAuthSettings settings, TimeProvider clock)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:user_code";

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);

    public async Task<OAuthResult<OAuthCredential>> RunAsync(ISignInPrompt prompt, CancellationToken cancellationToken)
    {
        var pkce = Pkce.Create();
        string state = Pkce.RandomText();
        OAuthResult<JsonDocument> asked = await client.PostDeviceAsync(
            settings.DeviceAuthorizationEndpoint!,
            [
                KeyValuePair.Create("response_type", "code"),
                KeyValuePair.Create("scope", string.Join(' ', settings.Scopes)),
                KeyValuePair.Create("code_challenge", pkce.Challenge),
                KeyValuePair.Create("code_challenge_method", Pkce.Method),
                KeyValuePair.Create("state", state),
            ],
            cancellationToken).ConfigureAwait(false);
        if (asked.Value is not { } document) return asked.Error!;
        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.Text("state") != state) return new OAuthError("state_mismatch", "the answer belongs to another request");
            if (DeviceFlow.CodeOf(root) is not { } userCode || DeviceFlow.Page(settings, root.Text("verification_uri")) is not { } page)
            {
                return new OAuthError("invalid_response", "the server gave no user code");
            }
            DateTimeOffset now = clock.GetUtcNow();
            TimeSpan life = TokenResponse.ExpiryOf(root, now) - now is { } left && left > TimeSpan.Zero && left < LongestLife ? left : LongestLife;
            TimeSpan interval = root.TryGetProperty("interval", out JsonElement wait) && wait.ValueKind == JsonValueKind.Number
                ? TimeSpan.FromMilliseconds(Math.Clamp(wait.GetDouble(), ShortestInterval.TotalMilliseconds, LongestInterval.TotalMilliseconds))
                : DevicePolling.DefaultInterval;
            prompt.ShowDeviceCode(new DeviceCode(userCode, page, null, life));
            return await new DevicePolling(prompt, clock).RunAsync(interval, life, token => AskAsync(userCode, pkce, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> AskAsync(string userCode, Pkce pkce, CancellationToken cancellationToken)
    {
        OAuthResult<JsonDocument> answer = await client.PostDeviceAsync(
            settings.TokenEndpoint!,
            [
                KeyValuePair.Create("grant_type", GrantType),
                KeyValuePair.Create("user_code", userCode),
                KeyValuePair.Create("code_verifier", pkce.Verifier),
            ],
            cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } document) return answer.Error!;
        using (document)
        {
            return document.RootElement.Text("status") switch
            {
                "success" => client.ToCredential(document.RootElement, previous: null),
                "error" => new OAuthError("access_denied", "the provider refused the sign-in"),
                _ => DevicePolling.Pending,
            };
        }
    }
}
