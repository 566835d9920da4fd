using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>The sign-in on another device (RFC 8628), or what a provider has in its place.</summary>
internal sealed class DeviceFlow(OAuthClient client, OAuthSettings settings, TimeProvider clock)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);

    /// <summary>Asks for a code, shows it, and waits until the person has used it.</summary>
    public Task<OAuthResult<OAuthCredential>> RunAsync(ISignInPrompt prompt, CancellationToken cancellationToken) => settings.DeviceFlow switch
    {
        DeviceFlowStyle.OpenAI => new OpenAIDeviceFlow(client, settings, clock).RunAsync(prompt, cancellationToken),
        DeviceFlowStyle.UserCode => new UserCodeFlow(client, settings, clock).RunAsync(prompt, cancellationToken),
        _ => RunStandardAsync(prompt, cancellationToken),
    };

    /// <summary>The user code of an answer; null if it has none that can be shown.</summary>
    public static string? CodeOf(JsonElement? answer) => answer.Text("user_code") is { Length: > 0 } code && code.All(OAuthText.IsVisible) ? code : null;

    /// <summary>The page where a code is typed, if it may be shown: https, or on this machine where the provider is.</summary>
    public static Uri? Page(OAuthSettings settings, string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && ServerMetadata.IsAllowed(uri, settings.Issuer ?? settings.TokenEndpoint!) ? uri : null;

    private async Task<OAuthResult<OAuthCredential>> RunStandardAsync(ISignInPrompt prompt, CancellationToken cancellationToken)
    {
        var pkce = Pkce.Create();
        OAuthResult<JsonDocument> asked = await client.PostDeviceAsync(
            settings.DeviceAuthorizationEndpoint!,
            [
                KeyValuePair.Create("scope", string.Join(' ', settings.Scopes)),
                KeyValuePair.Create("code_challenge", pkce.Challenge),
                KeyValuePair.Create("code_challenge_method", Pkce.Method),
            ],
            cancellationToken).ConfigureAwait(false);
        if (asked.Value is not { } document) return asked.Error!;
        using (document)
        {
            JsonElement root = document.RootElement;
            TimeSpan life = Seconds(root, "expires_in") is { } seconds && seconds < LongestLife ? seconds : LongestLife;
            if (root.Text("device_code") is not { Length: > 0 } deviceCode || CodeOf(root) is not { } userCode
                || Page(settings, root.Text("verification_uri") ?? root.Text("verification_url")) is not { } page)
            {
                return new OAuthError("invalid_response", "the server gave no device code");
            }
            prompt.ShowDeviceCode(new DeviceCode(userCode, page, Page(settings, root.Text("verification_uri_complete")), life));
            TimeSpan interval = Seconds(root, "interval") ?? DevicePolling.DefaultInterval;
            return await new DevicePolling(prompt, clock).RunAsync(interval, life, token => AskAsync(deviceCode, pkce, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> AskAsync(string deviceCode, Pkce pkce, CancellationToken cancellationToken)
    {
        OAuthResult<JsonDocument> answer = await client.PostDeviceAsync(
            settings.TokenEndpoint!,
            [
                KeyValuePair.Create("grant_type", GrantType),
                KeyValuePair.Create("device_code", deviceCode),
                KeyValuePair.Create("code_verifier", pkce.Verifier),
            ],
            cancellationToken).ConfigureAwait(false);
        if (answer.Value is not { } document) return answer.Error!;
        using (document)
        {
            return client.ToCredential(document.RootElement, previous: null);
        }
    }

    private static TimeSpan? Seconds(JsonElement root, string name)
        => TokenResponse.Number(root, name) is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : null;
}
