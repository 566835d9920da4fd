namespace KrabAuth.Profiles;

/// <summary>How a profile or a provider stands.</summary>
public enum AuthStatus
{
    /// <summary>Usable, and not near its end.</summary>
    Ok,

    /// <summary>Usable, and without an end.</summary>
    Static,

    /// <summary>Usable, and near its end.</summary>
    Expiring,

    /// <summary>Past its end.</summary>
    Expired,

    /// <summary>No usable credential, or one whose end cannot be told.</summary>
    Missing,
}
