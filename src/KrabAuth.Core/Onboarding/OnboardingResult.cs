using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Onboarding;

/// <summary>What onboarding did.</summary>
public sealed record OnboardingResult
{
    /// <summary>The choice that was made.</summary>
    public required string AuthChoice { get; init; }

    /// <summary>The provider; empty if nothing was added.</summary>
    public required string Provider { get; init; }

    /// <summary>The profile that serves now; null if nothing was added.</summary>
    public string? ProfileId { get; init; }

    /// <summary>Where its credential came from.</summary>
    public required OnboardingAction Action { get; init; }

    /// <summary>The environment variable, where it came from one.</summary>
    public string? Variable { get; init; }

    /// <summary>What became of the default model.</summary>
    public required DefaultModelOffer DefaultModel { get; init; }

    /// <summary>What a look at the profile and its provider found; empty if it was left out.</summary>
    public IReadOnlyList<AuthCheck> Checks { get; init; } = [];

    /// <summary>Whether the profile can be used, as far as the files tell.</summary>
    public AuthCheckResult Check => HealthInspector.Worst(Checks);

    /// <summary>The agent; here with product and state directory, so that what acts on a result acts on the store that was set up.</summary>
    public required string Agent { get; init; }

    /// <summary>The product whose files were written.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory that was written.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The profile, and whether it can be used.</summary>
    public override string ToString() => $"{ProfileId ?? AuthChoice}: {Check}";
}
