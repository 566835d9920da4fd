using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>An agent, and where it keeps what.</summary>
public sealed record AgentInfo
{
    /// <summary>The id.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The name for people, if the configuration gives one.</summary>
    public string? Name { get; init; }

    /// <summary>Whether commands mean it where no agent is named.</summary>
    public required bool IsDefault { get; init; }

    /// <summary>Whether the configuration lists it. One that has a directory only is unknown to gateways.</summary>
    public required bool IsConfigured { get; init; }

    /// <summary>The directory of its credentials.</summary>
    public required string AgentDirectory { get; init; }

    /// <summary>The directory that it works in.</summary>
    public required string Workspace { get; init; }

    /// <summary>The directory of its conversations.</summary>
    public required string SessionsDirectory { get; init; }

    /// <summary>The model that it uses, if the configuration gives one.</summary>
    public string? Model { get; init; }

    /// <summary>How many rules of the configuration route to it.</summary>
    public required int Bindings { get; init; }

    /// <summary>The id.</summary>
    public override string ToString() => Agent;
}

/// <summary>An agent to be made.</summary>
/// <param name="Name">Its name; the id is made of it.</param>
public sealed record NewAgent(string Name)
{
    /// <summary>The directory that it works in; without it, one in the state directory.</summary>
    public string? Workspace { get; init; }

    /// <summary>The directory of its credentials; without it, the usual one.</summary>
    public string? AgentDirectory { get; init; }

    /// <summary>The model that it uses; without it, the default one.</summary>
    public string? Model { get; init; }

    /// <summary>Whether keys and static tokens of the default agent are copied to it.</summary>
    public bool CopyProfiles { get; init; }
}

/// <summary>An agent that was made.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="CopiedProfiles">The profiles that were copied to it.</param>
public sealed record CreatedAgent(AgentInfo Agent, IReadOnlyList<string> CopiedProfiles);

/// <summary>An agent that was removed.</summary>
/// <param name="Agent">What it was.</param>
/// <param name="Trash">Where its files are now.</param>
/// <param name="RemovedBindings">How many routing rules went with it.</param>
/// <param name="RemovedAllow">How often other agents were allowed to talk to it.</param>
public sealed record RemovedAgent(AgentInfo Agent, string Trash, int RemovedBindings, int RemovedAllow);
