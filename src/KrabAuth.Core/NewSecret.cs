using KrabAuth.Providers;

namespace KrabAuth;

/// <summary>What a user pasted, and where it goes.</summary>
/// <param name="Provider">The provider, under any of its names.</param>
/// <param name="Method">What kind of secret it is.</param>
/// <param name="SecretText">The secret as pasted.</param>
public sealed record NewSecret(string Provider, SignInMethod Method, string SecretText)
{
    /// <summary>The id, or its name part; without it <c>&lt;provider&gt;:manual</c>.</summary>
    public string? ProfileId { get; init; }

    /// <summary>How long the token lives; a key has no such time.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>The account's e-mail.</summary>
    public string? Email { get; init; }

    /// <summary>A name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether an OAuth sign-in under the same id may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Where the secret is kept instead, such as <c>env:NAME</c>; <see cref="SecretText"/> is not looked at then.</summary>
    public string? Reference { get; init; }
}
