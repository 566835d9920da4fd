using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Diagnostics;

/// <summary>What a check says of a profile or a provider.</summary>
public enum AuthCheckResult
{
    /// <summary>Nothing to do.</summary>
    Passed,

    /// <summary>Something to do soon. Exit code 2.</summary>
    Warning,

    /// <summary>Something to do now. Exit code 1.</summary>
    Failed,
}

/// <summary>What a check looked at.</summary>
public enum AuthCheckKind
{
    /// <summary>One profile.</summary>
    Profile,

    /// <summary>A provider, as the sum of its profiles.</summary>
    Provider,

    /// <summary>A credential, tried at its provider.</summary>
    Probe,
}

/// <summary>The result of a check of one profile or provider.</summary>
public sealed record AuthCheck
{
    /// <summary>What was looked at.</summary>
    public required AuthCheckKind Kind { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The profile, where it is one.</summary>
    public string? ProfileId { get; init; }

    /// <summary>Whether anything has to be done.</summary>
    public required AuthCheckResult Result { get; init; }

    /// <summary>How it stands.</summary>
    public required AuthStatus Status { get; init; }

    /// <summary>A stable code: <c>ok</c>, <c>expired</c>, <c>refreshable</c>, <c>missing_credential</c>, <c>excluded_by_auth_order</c>, <c>disabled</c>, <c>missing</c> …</summary>
    public required string Reason { get; init; }

    /// <summary>What the reason does not say: which variable is not set, what the provider answered, why it was not asked. Empty where there is no more to say.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>The reason, and what it does not say.</summary>
    internal string ReasonText => Detail.Length == 0 ? Reason : $"{Reason} ({Detail})";

    /// <summary>How long the provider took to answer, where the check is a probe and it was asked.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>The end, never null: see <see cref="AuthProfile.Expires"/>.</summary>
    public DateTimeOffset Expires { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>What is left, negative when past; null without an end.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>What to do, as a PowerShell line; empty when there is nothing to do.</summary>
    public string Recommendation { get; init; } = string.Empty;

    /// <summary>What is left in one unit, or <c>never</c>.</summary>
    public string ExpiresInText => Expires == DateTimeOffset.MaxValue ? "never" : DurationText.Remaining((long?)ExpiresIn?.TotalMilliseconds);

    /// <summary>The end in words: <c>never</c>, <c>unknown</c>, or local date and time.</summary>
    public string ExpiresText => DurationText.Expiry(Expires);

    /// <summary>What it is about: the profile, or the provider.</summary>
    public string Target => ProfileId ?? Provider;

    /// <summary>The agent; here with product and state directory, so that what acts on a check acts on the store that was checked.</summary>
    public required string Agent { get; init; }

    /// <summary>The product whose files were read.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory that was read.</summary>
    public required string StateDirectory { get; init; }

    internal Remedy? Remedy { get; init; }

    /// <summary>What was looked at and the result.</summary>
    public override string ToString() => $"{Target}: {Result} ({Reason})";
}
