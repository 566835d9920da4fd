using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <summary>What became of a profile or a provider since somebody was last told.</summary>
public enum MonitorEvent
{
    /// <summary>It fails: somebody has to act now.</summary>
    Failed,

    /// <summary>It warns: somebody has to act soon.</summary>
    Warning,

    /// <summary>It failed or warned, and is fine again.</summary>
    Recovered,

    /// <summary>It failed or warned, and is there no more.</summary>
    Removed,
}

/// <summary>How something stood when somebody was last told. Holds no secret.</summary>
/// <param name="Kind">A profile, or a provider as the sum of its profiles.</param>
/// <param name="Provider">The provider.</param>
/// <param name="ProfileId">The profile, where it is one.</param>
/// <param name="Result">What the check said.</param>
/// <param name="Status">How it stood.</param>
/// <param name="Reason">Why: the stable code of <see cref="AuthCheck.Reason"/>.</param>
public sealed record MonitoredState(AuthCheckKind Kind, string Provider, string? ProfileId, AuthCheckResult Result, AuthStatus Status, string Reason)
{
    /// <summary>What it is about: the profile, or the provider.</summary>
    public string Target => ProfileId ?? Provider;

    internal static MonitoredState Of(AuthCheck check) => new(check.Kind, check.Provider, check.ProfileId, check.Result, check.Status, check.Reason);

    /// <summary>
    /// Whether somebody who knows the one has to hear of the other. What is fine has no news: an access token ends and is renewed
    /// every hour.
    /// </summary>
    internal bool IsSameNews(MonitoredState other)
        => Result == other.Result && (Result == AuthCheckResult.Passed || Status == other.Status);
}

/// <summary>One thing that somebody has to be told.</summary>
public sealed record MonitorChange
{
    /// <summary>What became of it.</summary>
    public required MonitorEvent Event { get; init; }

    /// <summary>How it stood; <see langword="null"/> where nothing was known of it.</summary>
    public MonitoredState? Before { get; init; }

    /// <summary>How it stands; <see langword="null"/> where it is there no more.</summary>
    public AuthCheck? Check { get; init; }

    /// <summary>Why nobody could be told, which is tried again at the next run; <see langword="null"/> where all went well.</summary>
    public string? Problem { get; init; }

    /// <summary>A profile, or a provider as the sum of its profiles.</summary>
    public AuthCheckKind Kind => Check?.Kind ?? Before!.Kind;

    /// <summary>The provider.</summary>
    public string Provider => Check?.Provider ?? Before!.Provider;

    /// <summary>The profile, where it is one.</summary>
    public string? ProfileId => Check is null ? Before!.ProfileId : Check.ProfileId;

    /// <summary>What it is about: the profile, or the provider.</summary>
    public string Target => ProfileId ?? Provider;

    /// <summary>The command that mends it; <see langword="null"/> where there is nothing to do.</summary>
    public Remedy? Remedy => Check?.Remedy;

    /// <summary>One line for people.</summary>
    public string Message => Event switch
    {
        MonitorEvent.Failed => $"{Target} fails: {Check!.ReasonText}.",
        MonitorEvent.Warning when Check!.Status == AuthStatus.Expiring => $"{Target} expires in {Check.ExpiresInText}.",
        MonitorEvent.Warning => $"{Target} needs attention soon: {Check!.ReasonText}.",
        MonitorEvent.Recovered => $"{Target} is fine again; it was: {Before!.Reason}.",
        _ => $"{Target} is there no more; it was: {Before!.Reason}.",
    };

    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>What one run of the monitor came to.</summary>
/// <param name="Time">When it was.</param>
/// <param name="Checks">What was checked, as <see cref="HealthInspector.Check(TimeSpan?, IReadOnlyCollection{string}?, IReadOnlyCollection{string}?)"/> gives it.</param>
/// <param name="Changes">What is new.</param>
public sealed record MonitorReport(DateTimeOffset Time, IReadOnlyList<AuthCheck> Checks, IReadOnlyList<MonitorChange> Changes);
