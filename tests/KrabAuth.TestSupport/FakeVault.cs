using KrabAuth.Secrets;

namespace KrabAuth.TestSupport;

/// <summary>A vault with what a test put into it. It counts how often it was asked.</summary>
public sealed class FakeVault : ISecretVault
{
    private readonly List<(VaultEntry Entry, string Secret)> _secrets = [];

    /// <summary>The number of secrets that were asked for.</summary>
    public int Reads { get; private set; }

    /// <summary>What the vault says instead of answering.</summary>
    public string? Trouble { get; set; }

    public FakeVault Add(string vault, string name, string secret, params (string Name, string Value)[] metadata)
    {
        _secrets.Add((new VaultEntry(vault, name, metadata.ToDictionary(pair => pair.Name, pair => pair.Value)), secret));
        return this;
    }

    public Task<Secret?> GetAsync(string? vault, string name, CancellationToken cancellationToken)
    {
        Reads++;
        if (Trouble is not null) throw new IOException(Trouble);
        return Task.FromResult<Secret?>(Secret.Of(_secrets.Find(secret => secret.Entry.Name == name && (vault is null || secret.Entry.Vault == vault)).Secret));
    }

    public Task<IReadOnlyList<VaultEntry>> ListAsync(string vault, CancellationToken cancellationToken) => Trouble is null
        ? Task.FromResult<IReadOnlyList<VaultEntry>>([.. _secrets.Select(secret => secret.Entry).Where(entry => entry.Vault == vault)])
        : throw new IOException(Trouble);
}
