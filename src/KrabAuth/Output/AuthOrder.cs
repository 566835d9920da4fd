using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Output;

/// <summary>The order of a provider's profiles.</summary>
public sealed class AuthOrder
{
    private AuthOrder(AuthAgent agent, ResolvedOrder order, IReadOnlyList<string>? stored)
    {
        Provider = order.Provider;
        Order = [.. order.Order];
        StoredOrder = stored is null ? null : [.. stored];
        Source = order.Source;
        Selected = order.Selected;
        Agent = agent.Id;
        Product = agent.Workspace.Product;
        StateDirectory = agent.Workspace.State.Root;
    }

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>The profile ids in the order in which they are tried; those that wait are at the end.</summary>
    public string[] Order { get; }

    /// <summary>The order in one line, whole however long: PowerShell shows four elements of an array.</summary>
    public string OrderText => string.Join(", ", Order);

    /// <summary>The stored override as it was written, or null.</summary>
    public string[]? StoredOrder { get; }

    /// <summary>The rule that made the order.</summary>
    public OrderSource Source { get; }

    /// <summary>The profile that is used now.</summary>
    public string? Selected { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>The product.</summary>
    public Product Product { get; }

    /// <summary>The state directory.</summary>
    public string StateDirectory { get; }

    /// <summary>The order in one line.</summary>
    public override string ToString() => OrderText;

    /// <summary>A rule in words.</summary>
    internal static string Describe(OrderSource source) => source switch
    {
        OrderSource.Stored => "the order stored with the agent",
        OrderSource.Config => "auth.order of the configuration",
        OrderSource.ConfigProfiles => "auth.profiles of the configuration, by kind and last use",
        _ => "all stored profiles, by kind and last use",
    };

    internal static AuthOrder Of(AuthAgent agent, string provider) => new(agent, agent.Orders.Resolve(provider), agent.Orders.GetStored(provider));
}
