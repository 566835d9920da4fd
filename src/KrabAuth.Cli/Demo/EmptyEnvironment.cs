using KrabAuth.Host;

namespace KrabAuth.Cli.Demo;

/// <summary>An environment without variables: none of the user's leads the demo out of its own directory.</summary>
internal sealed class EmptyEnvironment(string directory) : IHostEnvironment
{
    /// <inheritdoc/>
    public string? UserHomeDirectory => directory;

    /// <inheritdoc/>
    public string CurrentDirectory => directory;

    /// <inheritdoc/>
    public string? GetVariable(string name) => null;
}
