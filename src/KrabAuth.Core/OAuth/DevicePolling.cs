using KrabAuth.Profiles;

namespace KrabAuth.OAuth;

/// <summary>Waits for the person who signs in on another device: RFC 8628 §3.5, which the flows of single providers keep too.</summary>
internal sealed class DevicePolling(ISignInPrompt prompt, TimeProvider clock)
{
    /// <summary>§3.2: five seconds where the server says nothing; §3.5: five more at each <c>slow_down</c>, for good.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    /// <summary>What a flow answers while the person has not agreed yet.</summary>
    public static readonly OAuthError Pending = new("authorization_pending");

    private static readonly OAuthError Expired = new("expired_token", "the code was not used in time");

    /// <summary>Asks again and again until there is an answer, or the code has ended.</summary>
    /// <param name="interval">How long to wait before each question.</param>
    /// <param name="life">How long the code can be used.</param>
    /// <param name="ask">One question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OAuthResult<OAuthCredential>> RunAsync(
        TimeSpan interval, TimeSpan life, Func<CancellationToken, Task<OAuthResult<OAuthCredential>>> ask, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            TimeSpan left = life - clock.GetElapsedTime(started);
            // An answer may have taken longer than the code lived.
            if (left <= TimeSpan.Zero) return Expired;
            prompt.ShowTimeLeft(left);
            await Task.Delay(interval < left ? interval : left, clock, cancellationToken).ConfigureAwait(false);
            if (interval >= left) return Expired;
            OAuthResult<OAuthCredential> answer = await ask(cancellationToken).ConfigureAwait(false);
            switch (answer.Error)
            {
                case null:
                    return answer;
                case { Code: "authorization_pending" }:
                    break;
                case { Code: "slow_down" }:
                    interval += DefaultInterval;
                    break;
                case { IsTransient: true }:
                    // RFC 8628 §3.5: back off exponentially when the server cannot be reached.
                    interval *= 2;
                    break;
                default:
                    return answer;
            }
        }
    }
}
