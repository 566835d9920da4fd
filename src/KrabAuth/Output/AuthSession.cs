using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>A profile that a session stays with.</summary>
public sealed class AuthSession
{
    internal AuthSession(AuthAgent agent, SessionPin pin)
    {
        Session = pin.Session;
        Provider = pin.Provider;
        ProfileId = pin.ProfileId;
        Source = pin.Source;
        CompactionCount = pin.CompactionCount;
        UpdatedAt = pin.UpdatedAt;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
    }

    /// <summary>The session's key.</summary>
    public string Session { get; }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>The profile.</summary>
    public string ProfileId { get; }

    /// <summary>Who fixed it: a person, or the choice itself.</summary>
    public SessionPinSource Source { get; }

    /// <summary>How often the session had been compacted then; null if nobody counted.</summary>
    public int? CompactionCount { get; }

    /// <summary>When it was fixed, or last used on a later day.</summary>
    public DateTimeOffset UpdatedAt { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The session and its profile.</summary>
    public override string ToString() => $"{Session}: {ProfileId}";
}
