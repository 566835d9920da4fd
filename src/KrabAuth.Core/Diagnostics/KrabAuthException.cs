namespace KrabAuth.Diagnostics;

/// <summary>What kind of thing went wrong; front ends map it to their own categories and exit codes.</summary>
public enum AuthErrorKind
{
    /// <summary>A parameter or an input is not usable as given.</summary>
    InvalidInput,

    /// <summary>What was named does not exist.</summary>
    NotFound,

    /// <summary>What was to be made exists already.</summary>
    AlreadyExists,

    /// <summary>A file is there but its content cannot be understood.</summary>
    CorruptData,

    /// <summary>A file cannot be read or written by this user.</summary>
    PermissionDenied,

    /// <summary>A file or link is refused because using it would be unsafe.</summary>
    Unsafe,

    /// <summary>Another program holds a lock.</summary>
    Busy,

    /// <summary>No usable credential: missing, expired, or waiting.</summary>
    Unauthenticated,
}

/// <summary>
/// An error that tells what went wrong, with which profile or file, and what to do next. Its <see cref="ErrorId"/> is
/// stable (see <c>about_KrabAuth_Errors</c>); its texts hold no secret. Made by <see cref="AuthErrors"/> alone.
/// </summary>
public sealed class KrabAuthException : Exception
{
    internal KrabAuthException(string errorId, AuthErrorKind kind, string message, Remedy remedy, string? target = null, Exception? inner = null)
        : base(message, inner)
    {
        ErrorId = errorId;
        Kind = kind;
        Remedy = remedy;
        Target = target;
    }

    /// <summary>The stable name of the error, such as <c>ProfileNotFound</c>.</summary>
    public string ErrorId { get; }

    /// <summary>What kind of thing went wrong.</summary>
    public AuthErrorKind Kind { get; }

    /// <summary>What to do next.</summary>
    public Remedy Remedy { get; }

    /// <summary>The profile id, provider or path that the error is about.</summary>
    public string? Target { get; }
}
