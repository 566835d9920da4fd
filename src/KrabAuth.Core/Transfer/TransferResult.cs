using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Transfer;

/// <summary>What happens, or happened, to one profile of a transfer.</summary>
public enum TransferAction
{
    /// <summary>Nothing; the reason says why.</summary>
    Skipped,

    /// <summary>It was new here.</summary>
    Imported,

    /// <summary>It took the place of the one of the same id.</summary>
    Updated,

    /// <summary>It was written to the file.</summary>
    Exported,
}

/// <summary>What became of one profile of a transfer, and why. Holds no secret.</summary>
public sealed record TransferResult
{
    /// <summary>The profile's id.</summary>
    public required string ProfileId { get; init; }

    /// <summary>The provider; empty for an entry that is no profile.</summary>
    public required string Provider { get; init; }

    /// <summary>What kind of credential it is; null for an entry that is no profile.</summary>
    public CredentialType? Type { get; init; }

    /// <summary>What happens.</summary>
    public required TransferAction Action { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether it is gone where it came from.</summary>
    public bool Moved { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The product.</summary>
    public required Product Product { get; init; }

    /// <summary>The state directory.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The profile and what became of it.</summary>
    public override string ToString() => $"{ProfileId}: {Action} ({Reason})";
}

/// <summary>A profile on its way.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Entry">Its entry as it was written, members included that KrabAuth does not know.</param>
/// <param name="Credential">What it holds; null if it is no profile.</param>
/// <param name="Problem">Why it is no profile.</param>
internal sealed record TransferEntry(string Id, JsonObject? Entry, Credential? Credential, string? Problem)
{
    /// <summary>Reads an entry as a store has it.</summary>
    public static TransferEntry Read(string id, JsonNode? node)
    {
        (Credential? credential, RejectedProfile? rejected) = CredentialReader.Read(id, node);
        return new TransferEntry(id, node?.DeepClone() as JsonObject, credential, rejected is null ? null : $"it is no profile: {rejected.Hint}");
    }

    /// <summary>An entry of a secret that was found somewhere.</summary>
    public static TransferEntry Of(string id, Credential credential)
    {
        var entry = new JsonObject();
        CredentialWriter.Write(entry, credential, null);
        return new TransferEntry(id, entry, credential, null);
    }

    /// <summary>The entries of a store's text.</summary>
    public static IReadOnlyList<TransferEntry> ReadAll(JsonObject? store)
        => store?["profiles"] is JsonObject profiles ? [.. profiles.Select(member => Read(member.Key, member.Value))] : [];
}
