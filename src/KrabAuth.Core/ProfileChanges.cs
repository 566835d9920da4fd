namespace KrabAuth;

/// <summary>Changes to a profile; what is null stays.</summary>
public sealed record ProfileChanges
{
    /// <summary>A new secret in place of the old one.</summary>
    public string? SecretText { get; init; }

    /// <summary>Where the secret is kept from now on, such as <c>env:NAME</c>: the secret itself leaves the store.</summary>
    public string? Reference { get; init; }

    /// <summary>The new end; <see cref="DateTimeOffset.MaxValue"/> means none.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The e-mail; an empty text removes it.</summary>
    public string? Email { get; init; }

    /// <summary>The name for people; an empty text removes it.</summary>
    public string? DisplayName { get; init; }
}
