using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>One agent and where its files are.</summary>
/// <param name="Id">The normalised id.</param>
/// <param name="Directory">The agent directory.</param>
public sealed record AgentPaths(string Id, string Directory)
{
    /// <summary>The credentials, and in the one-file format everything else.</summary>
    public string StorePath => Path.Combine(Directory, "auth-profiles.json");

    /// <summary>Order and use, in the two-file format.</summary>
    public string StatePath => Path.Combine(Directory, "auth-state.json");

    /// <summary>The gateways' cache of credentials; where there is no store, a file of the time before there were any.</summary>
    public string LegacyPath => Path.Combine(Directory, "auth.json");

    /// <summary>What says that <see cref="LegacyPath"/> is a cache, and whose entries in it KrabAuth keeps.</summary>
    internal string CacheRecordPath => Path.Combine(Directory, ".auth.json.krabauth");

    /// <summary>The agent whose profiles every other one inherits.</summary>
    internal static AgentPaths MainOf(StateDirectory state)
        => new(AgentId.Main, state.AgentDirectoryOverride ?? DefaultDirectory(state, AgentId.Main));

    /// <summary>Where an agent is unless the configuration says otherwise.</summary>
    internal static string DefaultDirectory(StateDirectory state, string id) => Path.Combine(state.Root, "agents", id, "agent");
}
