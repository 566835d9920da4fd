using KrabAuth.Host;
using KrabAuth.Secrets;

namespace KrabAuth.TestSupport;

/// <summary>A keychain in memory that remembers who was asked for, and may refuse.</summary>
public sealed class FakeKeychain : IKeychain
{
    private readonly Dictionary<(string Service, string Account), string> _items = [];

    /// <summary>What was looked for, in order.</summary>
    public List<(string Service, string? Account)> Asked { get; } = [];

    /// <summary>Whether the person says no.</summary>
    public bool Refuses { get; set; }

    public string? this[string service, string account] => _items.GetValueOrDefault((service, account));

    public void Put(string service, string account, string text) => _items[(service, account)] = text;

    public KeychainItem? Find(string service, string? account)
    {
        Asked.Add((service, account));
        if (Refuses) throw new IOException("the keychain answered with 128");
        return _items.Where(item => item.Key.Service == service && (account is null || item.Key.Account == account))
            .Select(item => new KeychainItem(item.Key.Account, Secret.Of(item.Value)))
            .FirstOrDefault();
    }

    public void Replace(string service, KeychainItem item)
    {
        if (!_items.ContainsKey((service, item.Account))) throw new IOException("there is no such item");
        _items[(service, item.Account)] = item.Secret.Reveal();
    }
}
