using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Interop;

/// <summary>What becomes of a profile.</summary>
public enum ExternalLoginAction
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It is made.</summary>
    Add,

    /// <summary>It gets the program's tokens.</summary>
    Update,

    /// <summary>It goes, as another profile holds the same sign-in.</summary>
    Remove,
}

/// <summary>One program's sign-in, and what becomes of it in the store. Holds no secret.</summary>
public sealed record ExternalLogin
{
    /// <summary>The program's short name.</summary>
    public required string Tool { get; init; }

    /// <summary>The profile that shares its sign-in.</summary>
    public required string ProfileId { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>What becomes of the profile.</summary>
    public required ExternalLoginAction Action { get; init; }

    /// <summary>Why: a stable code, such as <c>newer</c>, <c>unchanged</c>, <c>other_account</c>, <c>absent</c>, <c>malformed</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Detail { get; init; }

    /// <summary>The file, or the item of the keychain.</summary>
    public required string Source { get; init; }

    /// <summary>What kind of credential the program holds; null if none was found.</summary>
    public CredentialType? Type { get; init; }

    /// <summary>The end of the program's token, never null: see <see cref="AuthProfile.Expires"/>.</summary>
    public DateTimeOffset Expires { get; init; } = DateTimeOffset.MinValue;

    /// <summary>The end in words.</summary>
    public string ExpiresText => Type is null ? string.Empty : DurationText.Expiry(Expires);

    /// <summary>The agent whose store is meant.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Whether a person should look at it: a file that is there and cannot be used.</summary>
    internal bool IsTrouble => Reason is ExternalReasons.Unreadable or ExternalReasons.Malformed or ExternalReasons.OtherAccount;

    /// <summary>Program and result.</summary>
    public override string ToString() => $"{Tool}: {Action} {ProfileId} ({Reason})";
}
