using KrabAuth.Secrets;

namespace KrabAuth.Host;

/// <summary>An item of a keychain.</summary>
/// <param name="Account">The account that it is filed under.</param>
/// <param name="Secret">What it holds.</param>
public sealed record KeychainItem(string Account, Secret Secret);

/// <summary>The keychain in which other programs keep their sign-ins. May ask the person for leave.</summary>
public interface IKeychain
{
    /// <summary>The item of a service, and of an account if one is given; <see langword="null"/> if there is none.</summary>
    /// <exception cref="IOException">It could not be read: locked, refused, or no answer in time.</exception>
    KeychainItem? Find(string service, string? account);

    /// <summary>Changes an item that is there.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    void Replace(string service, KeychainItem item);
}
