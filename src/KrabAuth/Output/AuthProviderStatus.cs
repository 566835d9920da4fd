using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>How a provider stands and what its credentials come from.</summary>
public sealed class AuthProviderStatus
{
    internal AuthProviderStatus(StatusReport report, ProviderStatus status)
        : this(report, status.Provider)
    {
        Status = status.EffectiveKind == "profiles" ? status.Status : AuthStatus.Static;
        Effective = status.EffectiveKind;
        EffectiveDetail = status.EffectiveDetail;
        Selected = status.Selected;
        Source = status.Source;
        ProfileCount = status.ProfileCount;
        Expires = status.Expires;
        Order = [.. status.Order];
        EnvironmentSource = status.EnvironmentSource;
    }

    internal AuthProviderStatus(StatusReport report, string missingProvider)
    {
        Provider = missingProvider;
        Agent = report.Agent;
        Product = report.Product;
        StateDirectory = report.StateDirectory;
        StorePath = report.StorePath;
    }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>How it stands.</summary>
    public AuthStatus Status { get; } = AuthStatus.Missing;

    /// <summary>What is used: <c>profiles</c>, <c>env</c>, <c>models.json</c> or <c>missing</c>.</summary>
    public string Effective { get; } = "missing";

    /// <summary>The store, or the masked key.</summary>
    public string EffectiveDetail { get; } = "missing";

    /// <summary>The profile that is used now.</summary>
    public string? Selected { get; }

    /// <summary>Where the credential that would be used now comes from; null if there is none.</summary>
    public string? Source { get; }

    /// <summary>The number of profiles.</summary>
    public int ProfileCount { get; }

    /// <summary>The first end among the profiles in use, never null.</summary>
    public DateTimeOffset Expires { get; } = DateTimeOffset.MaxValue;

    /// <summary>The first end in words.</summary>
    public string ExpiresText => DurationText.Expiry(Expires);

    /// <summary>The ids that can be used, in order.</summary>
    public string[] Order { get; } = [];

    /// <summary>The environment variable that holds a key.</summary>
    public string? EnvironmentSource { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The store.</summary>
    public string StorePath { get; }

    /// <summary>The provider.</summary>
    public override string ToString() => Provider;
}
