using KrabAuth.Secrets;

namespace KrabAuth.Onboarding;

/// <summary>How a key that is given to onboarding is kept.</summary>
public enum SecretInputMode
{
    /// <summary>In the store.</summary>
    Plaintext,

    /// <summary>Where it is: the store holds the name of its environment variable.</summary>
    Ref,
}

/// <summary>What is known when onboarding begins. What is missing is asked for, or is an error where nobody can be asked.</summary>
public sealed record OnboardingRequest
{
    /// <summary>The auth choice, under any of its words. Nothing is added without one.</summary>
    public string? AuthChoice { get; init; }

    /// <summary>The key or token, where it was given already.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Whose token it is, which the choice <c>token</c> does not say by itself.</summary>
    public string? ForProvider { get; init; }

    /// <summary>The id, or its name part; without it <c>&lt;provider&gt;:default</c>, or what the account says.</summary>
    public string? ProfileId { get; init; }

    /// <summary>How long a token lives.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>How a key is kept.</summary>
    public SecretInputMode SecretInputMode { get; init; }

    /// <summary>Whether a person can be asked for what is missing.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Whether a sign-in, which needs a person, is refused.</summary>
    public bool NonInteractive { get; init; }

    /// <summary>Whether to make the provider's default model that of the configuration.</summary>
    public bool SetDefault { get; init; }

    /// <summary>Whether to leave out the check at the end.</summary>
    public bool SkipCheck { get; init; }

    /// <summary>Whether to leave the browser to the user.</summary>
    public bool NoBrowser { get; init; }

    /// <summary>Whether another account, or an OAuth sign-in, under the same id may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>How long to wait for a person to sign in; as long as the flow itself where none is given.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
