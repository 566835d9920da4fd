namespace KrabAuth.Host;

/// <summary>What Core may know of the process it runs in. Everything else reaches it through parameters.</summary>
public interface IHostEnvironment
{
    /// <summary>The value of an environment variable, or <see langword="null"/> when it is not set.</summary>
    string? GetVariable(string name);

    /// <summary>The home directory that the operating system names for the user, or <see langword="null"/>.</summary>
    string? UserHomeDirectory { get; }

    /// <summary>The directory that relative paths are resolved against; <see langword="null"/> where it was removed while the process stood in it.</summary>
    string? CurrentDirectory { get; }
}
