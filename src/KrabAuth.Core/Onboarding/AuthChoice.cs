using KrabAuth.Providers;

namespace KrabAuth.Onboarding;

/// <summary>One of the words that <c>--auth-choice</c> takes: a provider, and a way to a credential of it.</summary>
/// <param name="Id">The word, as the newest gateways spell it.</param>
/// <param name="Label">What it is, for people.</param>
public sealed record AuthChoice(string Id, string Label)
{
    /// <summary>The provider; empty where the choice is none of a provider.</summary>
    public string Provider { get; init; } = string.Empty;

    /// <summary>How a credential is got; <see langword="null"/> where it is neither pasted nor signed in for.</summary>
    public SignInMethod? Method { get; init; }

    /// <summary>Whether the sign-in is made on another device (RFC 8628).</summary>
    public bool UseDeviceCode { get; init; }

    /// <summary>The option of the command line that carries the secret, if there is one.</summary>
    public string? Flag { get; init; }

    /// <summary>Other words for the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The generations of gateways that know the word: <c>G1</c> from early 2026, <c>G4</c> from the middle of that year.</summary>
    public IReadOnlyList<string> Generations { get; init; } = [];

    /// <summary>The program whose sign-in is shared, where the choice means one.</summary>
    internal string? Tool { get; init; }

    /// <summary>Why KrabAuth cannot take the choice, where it cannot.</summary>
    internal string? Unavailable { get; init; }

    /// <summary>The choice to take in its place.</summary>
    internal string? Instead { get; init; }

    /// <summary>The word.</summary>
    public override string ToString() => Id;

    internal bool Is(string name) => Names.Any(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));

    internal IEnumerable<string> Names => Aliases.Prepend(Id);
}
