namespace KrabAuth.Host;

/// <summary>Tells on what kind of file system a path is.</summary>
public interface IFileSystems
{
    /// <summary>The name of the network file system that a path is on; <see langword="null"/> if it is on a local one, or it cannot be told.</summary>
    string? NetworkTypeOf(string path);
}
