namespace KrabAuth.Storage;

/// <summary>How a store is laid out.</summary>
public enum StoreFormat
{
    /// <summary>There is none yet.</summary>
    None,

    /// <summary>Credentials, order and use in <c>auth-profiles.json</c>.</summary>
    OneFile,

    /// <summary>Credentials in <c>auth-profiles.json</c>, order and use in <c>auth-state.json</c>.</summary>
    TwoFiles,
}

/// <summary>Where an agent's files are and in what state.</summary>
public sealed record AuthStoreInfo
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The agent directory.</summary>
    public required string AgentDirectory { get; init; }

    /// <summary>The file with the credentials.</summary>
    public required string StorePath { get; init; }

    /// <summary>The file with order and use; the same in the one-file format.</summary>
    public required string StatePath { get; init; }

    /// <summary>The configuration file.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Where the store really is, if its path is a link.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>How it is laid out.</summary>
    public required StoreFormat Format { get; init; }

    /// <summary>The number of the agent's own profiles.</summary>
    public required int ProfileCount { get; init; }

    /// <summary>The number of profiles that it inherits from main.</summary>
    public required int InheritedCount { get; init; }

    /// <summary>The number of entries that are no profiles.</summary>
    public required int RejectedCount { get; init; }

    /// <summary>Whether nobody else can read the store.</summary>
    public required bool IsPrivate { get; init; }

    /// <summary>Who holds the lock now, or null.</summary>
    public string? LockedBy { get; init; }

    /// <summary>When the store was last written.</summary>
    public DateTime? LastWriteTime { get; init; }

    /// <summary>The path of the store.</summary>
    public override string ToString() => StorePath;
}
