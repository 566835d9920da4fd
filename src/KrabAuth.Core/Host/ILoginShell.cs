namespace KrabAuth.Host;

/// <summary>The user's login shell, which knows variables that a service or a desktop was started without.</summary>
public interface ILoginShell
{
    /// <summary>Runs the shell once and reads the environment that it has. A failure gives nothing and is told as a warning.</summary>
    /// <param name="host">The environment that names the shell.</param>
    /// <param name="timeout">How long the shell may take.</param>
    /// <param name="log">Where a failure is told.</param>
    /// <param name="cancellationToken">Ends the waiting, and the shell.</param>
    Task<IReadOnlyDictionary<string, string>> ReadAsync(IHostEnvironment host, TimeSpan timeout, IAuthLog log, CancellationToken cancellationToken);
}
