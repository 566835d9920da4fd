using KrabAuth.Profiles;

namespace KrabAuth.Diagnostics;

/// <summary>What a provider made of a credential.</summary>
public enum ProbeStatus
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>The provider refused it.</summary>
    Auth,

    /// <summary>It works, and has been used too much or at a bad moment.</summary>
    RateLimit,

    /// <summary>It works, and somebody has to pay.</summary>
    Billing,

    /// <summary>There was no answer in time.</summary>
    Timeout,

    /// <summary>The provider did not accept the request, or does not have the model.</summary>
    Format,

    /// <summary>It was not tried, or the answer tells nothing.</summary>
    Unknown,

    /// <summary>There is no model to ask for.</summary>
    NoModel,
}

/// <summary>The words of <see cref="ProbeStatus"/>, and what leads to each.</summary>
public static class ProbeStatuses
{
    /// <summary>The word that the peers print.</summary>
    public static string Word(this ProbeStatus status) => status switch
    {
        ProbeStatus.Ok => "ok",
        ProbeStatus.Auth => "auth",
        ProbeStatus.RateLimit => "rate_limit",
        ProbeStatus.Billing => "billing",
        ProbeStatus.Timeout => "timeout",
        ProbeStatus.Format => "format",
        ProbeStatus.NoModel => "no_model",
        _ => "unknown",
    };

    /// <summary>The status for the reason of a failure.</summary>
    /// <param name="reason">The reason, as failures are classified; <see langword="null"/> if it could not be told.</param>
    public static ProbeStatus FromReason(string? reason) => reason switch
    {
        "auth" or "auth_permanent" => ProbeStatus.Auth,
        "rate_limit" or "overloaded" => ProbeStatus.RateLimit,
        "billing" => ProbeStatus.Billing,
        "timeout" => ProbeStatus.Timeout,
        "format" or "model_not_found" => ProbeStatus.Format,
        _ => ProbeStatus.Unknown,
    };
}

/// <summary>What to try, and within which limits.</summary>
public sealed record ProbeOptions
{
    /// <summary>Only these providers; all without it.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Only these profiles; all without it.</summary>
    public IReadOnlyList<string> ProfileIds { get; init; } = [];

    /// <summary>How long one of them may take, the renewal of a token included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How many are under way at a time.</summary>
    public int Concurrency { get; init; } = 2;

    /// <summary>The longest answer that a model is asked for, in tokens.</summary>
    public int MaxTokens { get; init; } = 8;
}

/// <summary>How far a run of requests has come.</summary>
/// <param name="Completed">How many are done.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Label">The one that begins now; <see langword="null"/> when one has ended.</param>
public sealed record ProbeProgress(int Completed, int Total, string? Label);

/// <summary>What became of one credential. Holds no secret.</summary>
public sealed record ProbeResult
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The model that was asked, as <c>provider/model</c>; <see langword="null"/> where none was.</summary>
    public string? Model { get; init; }

    /// <summary>The profile; <see langword="null"/> for a key of the environment or the configuration.</summary>
    public string? ProfileId { get; init; }

    /// <summary>The profile for people, or where the key comes from.</summary>
    public required string Label { get; init; }

    /// <summary><c>profile</c>, <c>env</c> or <c>models.json</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What kind of credential it is.</summary>
    public required CredentialType Mode { get; init; }

    /// <summary>What the provider made of it.</summary>
    public required ProbeStatus Status { get; init; }

    /// <summary>A stable code for why it was not tried or did not work: see <c>about_KrabAuth_Errors</c>.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Why, in words; the provider's are cleaned and cut.</summary>
    public string? Error { get; init; }

    /// <summary>How long the provider took; <see langword="null"/> if it was not asked.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Whether it was left out on purpose, so that its status says nothing about it.</summary>
    internal bool IsSkipped { get; init; }
}

/// <summary>A run of requests over an agent's credentials.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="TargetCount">How many were tried.</param>
/// <param name="Options">What was asked.</param>
/// <param name="Results">What became of each, by provider and label; those that were not tried among them.</param>
public sealed record ProbeReport(DateTimeOffset StartedAt, TimeSpan Duration, int TargetCount, ProbeOptions Options, IReadOnlyList<ProbeResult> Results);
