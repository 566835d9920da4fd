namespace KrabAuth.Host;

/// <summary>The real process: its environment, its user, its directory.</summary>
public sealed class SystemHostEnvironment : IHostEnvironment
{
    private readonly string? _currentDirectory;

    /// <param name="currentDirectory">
    /// The directory that relative paths mean; a PowerShell session has its own, which is not that of the process.
    /// </param>
    public SystemHostEnvironment(string? currentDirectory = null) => _currentDirectory = currentDirectory;

    /// <inheritdoc/>
    public string? GetVariable(string name) => Environment.GetEnvironmentVariable(name);

    /// <inheritdoc/>
    public string? UserHomeDirectory
    {
        get
        {
            string path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return path.Length == 0 ? null : path;
        }
    }

    /// <inheritdoc/>
    public string? CurrentDirectory
    {
        get
        {
            try
            {
                return _currentDirectory ?? Environment.CurrentDirectory;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }
    }
}
