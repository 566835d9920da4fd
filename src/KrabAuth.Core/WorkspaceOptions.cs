using KrabAuth.Host;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth;

/// <summary>What a front end tells Core: where to work and what the world is like.</summary>
public sealed record WorkspaceOptions
{
    /// <summary>The product; without it the environment's <c>KRABAUTH_PRODUCT</c> decides, else KrabKrab.</summary>
    public Product? Product { get; init; }

    /// <summary>The state directory; without it the product's variable or the home directory decides.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The environment.</summary>
    public IHostEnvironment Host { get; init; } = new SystemHostEnvironment();

    /// <summary>The login shell, which is asked for keys where the configuration says so and a credential is about to be used.</summary>
    public ILoginShell Shell { get; init; } = new SystemLoginShell();

    /// <summary>The clock by which credentials expire.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where Core narrates.</summary>
    public IAuthLog Log { get; init; } = NullAuthLog.Instance;

    /// <summary>The network, or a fake of it; the real one without it. Not disposed.</summary>
    public HttpMessageHandler? Http { get; init; }

    /// <summary>The user's keychain, where the system has one: other programs keep sign-ins in it.</summary>
    public IKeychain? Keychain { get; init; } = OperatingSystem.IsMacOS() ? new SystemKeychain() : null;

    /// <summary>The vaults of the PowerShell session; without it a reference to one cannot be resolved.</summary>
    public ISecretVault? Vault { get; init; }

    /// <summary>What kind of file systems paths are on.</summary>
    public IFileSystems FileSystems { get; init; } = new SystemFileSystems();

    /// <summary>The times of store locks.</summary>
    public LockOptions Locks { get; init; } = new();
}
