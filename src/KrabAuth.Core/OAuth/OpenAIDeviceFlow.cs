using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>OpenAI's own device sign-in: the server makes code and proof key, and hands both over once the person has agreed.</summary>
internal sealed class OpenAIDeviceFlow(OAuthClient client, OAuthSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    public async Task<OAuthResult<OAuthCredential>> RunAsync(ISignInPrompt prompt, CancellationToken cancellationToken)
    {
        OAuthResult<JsonDocument> asked = await client.PostJsonAsync(
            settings.DeviceAuthorizationEndpoint!, [KeyValuePair.Create("client_id", client.ClientId)], cancellationToken).ConfigureAwait(false);
        if (asked.Value is not { } document)
        {
            return asked.Error!.StatusCode == 404 ? new OAuthError("device_code_disabled", "the account does not allow the sign-in with a device code") : asked.Error;
        }
        using (document)
        {
            JsonElement root = document.RootElement;
            string? userCode = root.Text("user_code") ?? root.Text("usercode");
            if (root.Text("device_auth_id") is not { Length: > 0 } id || userCode is not { Length: > 0 } || !userCode.All(OAuthText.IsVisible)) return new OAuthError("invalid_response", "the server gave no device code");
            prompt.ShowDeviceCode(new DeviceCode(userCode, settings.DeviceVerificationUri!, null, Life));
            var endpoint = new Uri(settings.DeviceAuthorizationEndpoint!, "token");
            return await new DevicePolling(prompt, clock).RunAsync(Interval(root), Life, token => AskAsync(endpoint, id, userCode, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> AskAsync(Uri endpoint, string id, string userCode, CancellationToken cancellationToken)
    {
        OAuthResult<JsonDocument> answer = await client.PostJsonAsync(
            endpoint, [KeyValuePair.Create("device_auth_id", id), KeyValuePair.Create("user_code", userCode)], cancellationToken).ConfigureAwait(false);
        // "Not yet" is said with 403 or 404.
        if (answer.Error is { } error) return error.StatusCode is 403 or 404 ? DevicePolling.Pending : error;
        using JsonDocument document = answer.Value!;
        JsonElement root = document.RootElement;
        if (root.Text("authorization_code") is not { Length: > 0 } code || root.Text("code_verifier") is not { Length: > 0 } verifier)
        {
            return new OAuthError("invalid_response", "the server gave no authorization code");
        }
        return await client.ExchangeAsync(code, Pkce.FromVerifier(verifier), settings.DeviceRedirectUri!, state: null, cancellationToken).ConfigureAwait(false);
    }

    private static TimeSpan Interval(JsonElement root)
        => TokenResponse.Number(root, "interval") is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 60)) : DevicePolling.DefaultInterval;
}
