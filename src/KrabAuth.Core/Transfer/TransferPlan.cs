using KrabAuth.Secrets;

namespace KrabAuth.Transfer;

/// <summary>Where profiles come from, and what is allowed. Exactly one source is given.</summary>
public sealed record ImportRequest
{
    /// <summary>A file: an export, a store, an <c>auth.json</c> or <c>oauth.json</c>, or a <c>.env</c>.</summary>
    public string? Path { get; init; }

    /// <summary>The password of an export.</summary>
    public Secret? Password { get; init; }

    /// <summary>Another agent, of this product or another.</summary>
    public AuthAgent? From { get; init; }

    /// <summary>The variables of this process that the catalog knows.</summary>
    public bool FromEnvironment { get; init; }

    /// <summary>A SecretManagement vault.</summary>
    public string? Vault { get; init; }

    /// <summary>Only this provider; for a vault, the provider of what it holds.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether a profile of the same id is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether OAuth sign-ins are moved: they are removed where they come from.</summary>
    public bool Move { get; init; }

    /// <summary>Whether OAuth sign-ins are copied, because nobody uses them at the source any longer.</summary>
    public bool IncludeOAuth { get; init; }
}

/// <summary>Where profiles go, and which.</summary>
/// <param name="Path">The file to write.</param>
/// <param name="Password">The password that protects it.</param>
public sealed record ExportRequest(string Path, Secret Password)
{
    /// <summary>Only this provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether OAuth sign-ins go along.</summary>
    public bool IncludeOAuth { get; init; }

    /// <summary>Whether OAuth sign-ins that go along are removed here.</summary>
    public bool Move { get; init; }
}

/// <summary>What a transfer would do now. Doing it decides again, under the lock.</summary>
public sealed class TransferPlan
{
    internal TransferPlan(IReadOnlyList<TransferResult> results) => Results = results;

    /// <summary>What would become of each profile.</summary>
    public IReadOnlyList<TransferResult> Results { get; }

    internal ImportRequest? Import { get; init; }

    internal TransferSource? Source { get; init; }

    internal ExportRequest? Export { get; init; }
}
