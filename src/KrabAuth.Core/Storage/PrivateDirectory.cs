using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace KrabAuth.Storage;

/// <summary>Directories and files that no other user can look into.</summary>
internal static class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What a mode gives to other users.</summary>
    public const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The mode of every file that may hold a secret: 0600.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the directory and what is missing above it, each with mode 0700. Existing ones stay as they are.</summary>
    public static void Ensure(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) Ensure(parent);
        if (OperatingSystem.IsWindows())
        {
            new DirectoryInfo(path).Create(CurrentUserOnly());
            return;
        }
        Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Creates a file that did not exist, closed to others from its first byte. A link at that name is an error.</summary>
    public static FileStream CreateFile(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var security = new FileSecurity();
            Restrict(security, InheritanceFlags.None);
            return new FileInfo(path).Create(System.IO.FileMode.CreateNew, FileSystemRights.Write, FileShare.None, 4096, FileOptions.None, security);
        }
        return new FileStream(path, new FileStreamOptions
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            UnixCreateMode = FileMode,
        });
    }

    [SupportedOSPlatform("windows")]
    private static DirectorySecurity CurrentUserOnly()
    {
        var security = new DirectorySecurity();
        Restrict(security, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit);
        return security;
    }

    [SupportedOSPlatform("windows")]
    private static void Restrict(FileSystemSecurity security, InheritanceFlags inheritance)
    {
        using WindowsIdentity user = WindowsIdentity.GetCurrent();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(user.User!, FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
    }
}
