using KrabAuth.Diagnostics;
using KrabAuth.Routing;

namespace KrabAuth.Profiles;

/// <summary>The health of a profile with the kind of its credential: what a sum of several needs.</summary>
internal sealed record TypedHealth(CredentialType Type, ProfileHealth Health);

/// <summary>How one profile stands at one moment.</summary>
/// <param name="Status">How it stands. The truth: an access token past its end is expired even if it can be refreshed.</param>
/// <param name="ReasonCode">See <see cref="ReasonCodes"/>.</param>
/// <param name="IsRefreshable">Whether it renews itself without signing in.</param>
/// <param name="Expires">Its end; <see cref="DateTimeOffset.MaxValue"/> for never, <see cref="DateTimeOffset.MinValue"/> where it cannot be told.</param>
/// <param name="RemainingMilliseconds">What is left, negative when past; <see langword="null"/> without an end.</param>
internal sealed record ProfileHealth(AuthStatus Status, string ReasonCode, bool IsRefreshable, DateTimeOffset Expires, long? RemainingMilliseconds)
{
    /// <summary>The reason in words, where the code does not say all of it; else empty.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>What mends it, where that is another step than to renew the credential.</summary>
    public Remedy? Remedy { get; init; }

    /// <summary>Users are warned this long before the end.</summary>
    public static readonly TimeSpan DefaultWarning = TimeSpan.FromHours(24);

    /// <summary>An OAuth token counts as expiring from here on, however short the warning: it is about to be refreshed.</summary>
    private const long RefreshMargin = 300_000;

    /// <param name="credential">The profile's credential.</param>
    /// <param name="stats">What is remembered of its use: a refresh token that the server refused renews nothing.</param>
    /// <param name="now">The moment, in Unix milliseconds.</param>
    /// <param name="warnWithin">How long before the end it counts as expiring.</param>
    public static ProfileHealth Of(Credential credential, UsageStats stats, long now, TimeSpan? warnWithin = null)
    {
        long warning = (long)(warnWithin ?? DefaultWarning).TotalMilliseconds;
        string code = Eligibility.CheckCredential(credential, now);
        bool refused = stats.IsRefused(credential);
        bool refreshable = credential is OAuthCredential { IsRefreshable: true, ReferenceMember: null } && !refused;
        long? remaining = credential.Expires is > 0 ? credential.Expires - now : null;
        AuthStatus status = credential switch
        {
            _ when code is ReasonCodes.MissingCredential or ReasonCodes.InvalidExpires or ReasonCodes.RefusedReference => AuthStatus.Missing,
            ApiKeyCredential or TokenCredential { Expires: null } => AuthStatus.Static,
            OAuthCredential when remaining is null => AuthStatus.Missing,
            _ when remaining <= 0 => AuthStatus.Expired,
            _ when remaining <= (credential.Type == CredentialType.OAuth ? Math.Max(warning, RefreshMargin) : warning) => AuthStatus.Expiring,
            _ => AuthStatus.Ok,
        };
        string reason = code == ReasonCodes.RefusedReference ? code
            : refused ? ReasonCodes.SignInNeeded
            : status == AuthStatus.Expired ? ReasonCodes.Expired
            : status == AuthStatus.Missing && code == ReasonCodes.Ok ? ReasonCodes.InvalidExpires
            : code;
        return new ProfileHealth(status, reason, refreshable, ExpiryOf(credential), remaining);
    }

    /// <summary>A moment in Unix milliseconds; what lies beyond the calendar is its end.</summary>
    public static DateTimeOffset FromMilliseconds(long milliseconds)
        => milliseconds >= UsageStats.DisabledForGood ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset ExpiryOf(Credential credential) => credential switch
    {
        { Expires: > 0 } => FromMilliseconds(credential.Expires.Value),
        ApiKeyCredential or TokenCredential { Expires: null } => DateTimeOffset.MaxValue,
        _ => DateTimeOffset.MinValue,
    };
}
