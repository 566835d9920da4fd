using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Diagnostics;

/// <summary>
/// One account as the live view and the page show it: a profile, or a provider that is used and has none. What the check says of it and
/// what it waits for stand beside it.
/// </summary>
/// <param name="Target">The profile, or the provider.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Profile">The profile; <see langword="null"/> for a provider that has none.</param>
/// <param name="Check">What the check says of it.</param>
/// <param name="Wait">What it waits for, if it does.</param>
internal sealed record AccountRow(string Target, string Provider, AuthProfile? Profile, AuthCheck Check, UnusableProfile? Wait)
{
    /// <summary>The accounts of a report: the profiles, then the providers that have none.</summary>
    public static IReadOnlyList<AccountRow> Of(StatusReport report)
    {
        var checks = report.Checks.Where(check => check.Kind == AuthCheckKind.Profile).ToDictionary(check => check.ProfileId!, StringComparer.Ordinal);
        var waits = report.UnusableProfiles.ToDictionary(wait => wait.ProfileId, StringComparer.Ordinal);
        var rows = report.Profiles.Select(profile => new AccountRow(profile.ProfileId, profile.Provider, profile, checks[profile.ProfileId], waits.GetValueOrDefault(profile.ProfileId))).ToList();
        var present = checks.Values.Select(check => check.Provider).ToHashSet(StringComparer.Ordinal);
        rows.AddRange(report.Checks.Where(check => check.Kind == AuthCheckKind.Provider && !present.Contains(check.Provider)).Select(check => new AccountRow(check.Provider, check.Provider, null, check, null)));
        return rows;
    }

    /// <summary>The profile with what tells a person whose it is, or the provider.</summary>
    public string Label => Profile?.Label ?? Provider;

    /// <summary>The same where there is little room.</summary>
    public string ShortLabel => Profile?.ShortLabel ?? Provider;

    /// <summary>Its end, never null: see <see cref="AuthProfile.Expires"/>.</summary>
    public DateTimeOffset Expires => Check.Expires;

    /// <summary>Whether it has an end that is known.</summary>
    public bool HasEnd => Expires > DateTimeOffset.MinValue && Expires < DateTimeOffset.MaxValue;

    /// <summary>Whether a person holds it out of use.</summary>
    public bool IsHeldOut => Profile is { Enabled: false };

    /// <summary>Whether the order leaves it out.</summary>
    public bool IsExcluded => Check.Reason == ReasonCodes.ExcludedByOrder;

    /// <summary>When its wait ends; <see langword="null"/> if it does not wait, or nobody can tell.</summary>
    public DateTimeOffset? WaitsUntil => Wait is null || IsHeldOut ? null : ProfileHealth.FromMilliseconds(Wait.Until);

    /// <summary>What it waits for: the reason, or the kind of the wait.</summary>
    public string WaitReason => Wait?.Reason ?? Wait?.Kind ?? string.Empty;

    /// <summary>How it stands, in words.</summary>
    public string StatusText => Check.Reason == ReasonCodes.SignInNeeded ? "sign in again"
        : Check.Reason == ReasonCodes.RefreshFailing ? "refresh fails"
        : Profile is null && Check.Result == AuthCheckResult.Passed ? "key without profile"
        : Check.Status == AuthStatus.Expired && Profile is { Refreshable: true } ? "expired (refreshable)"
        : Check.Status.ToString().ToLowerInvariant();

    /// <summary>How much it matters.</summary>
    public LiveTone Tone => Check.Result switch
    {
        AuthCheckResult.Failed => LiveTone.Bad,
        AuthCheckResult.Warning => LiveTone.Warn,
        _ when IsHeldOut || IsExcluded => LiveTone.Muted,
        _ when Wait is not null || Check.Status is AuthStatus.Expired or AuthStatus.Missing => LiveTone.Warn,
        _ => LiveTone.Good,
    };
}
