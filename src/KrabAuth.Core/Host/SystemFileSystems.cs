namespace KrabAuth.Host;

/// <summary>The file systems of the machine.</summary>
public sealed class SystemFileSystems : IFileSystems
{
    /// <inheritdoc/>
    public string? NetworkTypeOf(string path)
    {
        try
        {
            // On Unix a drive may be any directory: it is asked of the file system that it is on.
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(path))! : path);
            return drive.DriveType == DriveType.Network ? drive.DriveFormat : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
