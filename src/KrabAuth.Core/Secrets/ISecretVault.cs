namespace KrabAuth.Secrets;

/// <summary>A secret that a vault lists, without the secret.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Name">The secret's name in it.</param>
/// <param name="Metadata">What the vault tells of it.</param>
public sealed record VaultEntry(string Vault, string Name, IReadOnlyDictionary<string, string> Metadata);

/// <summary>The vaults that a front end can reach. Core knows no other way to them.</summary>
public interface ISecretVault
{
    /// <summary>Gives a secret, or <see langword="null"/> if the vault has none of that name.</summary>
    /// <param name="vault">The vault; <see langword="null"/> for the default one.</param>
    /// <param name="name">The secret's name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">The vault cannot be used; the message says why and holds no secret.</exception>
    Task<Secret?> GetAsync(string? vault, string name, CancellationToken cancellationToken);

    /// <summary>Lists the secrets of a vault.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IOException">The vault cannot be used; the message says why and holds no secret.</exception>
    Task<IReadOnlyList<VaultEntry>> ListAsync(string vault, CancellationToken cancellationToken);
}
