using System.Globalization;
using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.OAuth;

/// <summary>The sign-in on another device (RFC 8628).</summary>
internal sealed class DeviceFlow(OAuthClient client, OAuthSettings settings, TimeProvider clock)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>RFC 8628 §3.2: five seconds where the server says nothing; §3.5: five more at each slow_down, for good.</summary>
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);

    /// <summary>Asks for a code, shows it, and waits until the person has used it.</summary>
    public async Task<OAuthResult<OAuthCredential>> RunAsync(ISignInPrompt prompt, CancellationToken cancellationToken)
    {
        if (settings.DeviceFlow == DeviceFlowStyle.OpenAI) return await new OpenAIDeviceFlow(client, settings, clock).RunAsync(prompt, cancellationToken).ConfigureAwait(false);
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
            JsonElement? root = document.RootElement;
            TimeSpan life = Seconds(root, "expires_in") is { } seconds && seconds < LongestLife ? seconds : LongestLife;
            if (root.Text("device_code") is not { Length: > 0 } deviceCode || root.Text("user_code") is not { Length: > 0 } userCode || userCode.Any(char.IsControl)
                || Page(root.Text("verification_uri") ?? root.Text("verification_url")) is not { } page)
            {
                return new OAuthError("invalid_response", "the server gave no device code");
            }
            prompt.ShowDeviceCode(new DeviceCode(userCode, page, Page(root.Text("verification_uri_complete")), life));
            return await PollAsync(prompt, deviceCode, pkce, Seconds(root, "interval") ?? DefaultInterval, life, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<OAuthResult<OAuthCredential>> PollAsync(
        ISignInPrompt prompt, string deviceCode, Pkce pkce, TimeSpan interval, TimeSpan life, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            TimeSpan left = life - clock.GetElapsedTime(started);
            prompt.ShowTimeLeft(left);
            await Task.Delay(interval < left ? interval : left, clock, cancellationToken).ConfigureAwait(false);
            if (interval >= left) return new OAuthError("expired_token", "the code was not used in time");
            OAuthResult<JsonDocument> answer = await client.PostDeviceAsync(
                settings.TokenEndpoint!,
                [
                    KeyValuePair.Create("grant_type", GrantType),
                    KeyValuePair.Create("device_code", deviceCode),
                    KeyValuePair.Create("code_verifier", pkce.Verifier),
                ],
                cancellationToken).ConfigureAwait(false);
            if (answer.Value is { } document)
            {
                using (document)
                {
                    return client.ToCredential(document.RootElement, previous: null);
                }
            }
            switch (answer.Error!)
            {
                case { Code: "authorization_pending" }:
                    break;
                case { Code: "slow_down" }:
                    interval += DefaultInterval;
                    break;
                case { IsTransient: true }:
                    // RFC 8628 §3.5: back off exponentially when the server cannot be reached.
                    interval *= 2;
                    break;
                case var error:
                    return error;
            }
        }
    }

    private static TimeSpan? Seconds(JsonElement? root, string name)
    {
        if (root.Number(name) is { } number and > 0) return TimeSpan.FromSeconds(Math.Min(number, 86_400));
        return double.TryParse(root.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double text) && text is > 0 and < 86_400 ? TimeSpan.FromSeconds(text) : null;
    }

    private Uri? Page(string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && ServerMetadata.IsAllowed(uri, settings.Issuer ?? settings.TokenEndpoint!) ? uri : null;
}
