namespace KrabAuth.Routing;

/// <summary>Who fixed a profile for a session.</summary>
public enum SessionPinSource
{
    /// <summary>A person, with <c>/model …@profile</c> or a command. Stays until it is cleared or a new session starts.</summary>
    User,

    /// <summary>The choice itself, so that a conversation stays with one account and what the provider cached for it.</summary>
    Auto,
}

/// <summary>A profile that a session stays with, for one provider.</summary>
/// <param name="Session">The session's key, as its owner calls it.</param>
/// <param name="Provider">The provider.</param>
/// <param name="ProfileId">The profile.</param>
/// <param name="Source">Who fixed it.</param>
public sealed record SessionPin(string Session, string Provider, string ProfileId, SessionPinSource Source)
{
    /// <summary>How often the session had been compacted when the profile was fixed; <see langword="null"/> if nobody counted.</summary>
    public int? CompactionCount { get; init; }

    /// <summary>When it was fixed, or last used on a later day.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Which session a choice is for, and what happened to it since the last.</summary>
/// <param name="Session">The session's key, as its owner calls it.</param>
public sealed record SessionTurn(string Session)
{
    /// <summary>Whether the session starts anew: the next profile is taken, whoever fixed the last.</summary>
    public bool IsNew { get; init; }

    /// <summary>How often the session was compacted, if anybody counts; more than at the last turn moves an automatic pin on.</summary>
    public int? CompactionCount { get; init; }
}
