namespace KrabAuth.Agents;

/// <summary>What became of a provider's default model.</summary>
public enum DefaultModelState
{
    /// <summary>The provider has none that is known.</summary>
    None,

    /// <summary>The configuration names another one, or none, and keeps it so.</summary>
    Available,

    /// <summary>The configuration named it already.</summary>
    Current,

    /// <summary>The configuration names it now.</summary>
    Set,
}

/// <summary>A provider's default model beside that of the configuration.</summary>
/// <param name="Model">The provider's, as <c>provider/model</c>; null if none is known.</param>
/// <param name="Configured">What <c>agents.defaults.model</c> names now; null if nothing.</param>
/// <param name="State">What became of it.</param>
public sealed record DefaultModelOffer(string? Model, string? Configured, DefaultModelState State)
{
    /// <summary>The model and what became of it.</summary>
    public override string ToString() => Model is null ? "none" : $"{Model} ({State})";
}
