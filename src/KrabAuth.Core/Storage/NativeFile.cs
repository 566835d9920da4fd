using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace KrabAuth.Storage;

/// <summary>What the base class library does not tell or do: owners, exclusive directories and names, flushed directories.</summary>
internal static partial class NativeFile
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxBasicStats = 0x7ff;
    private const int ErrorAlreadyExists = 183;
    private const int Eexist = 17;
    private const int Eacces = 13;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    /// <summary>
    /// Makes a directory and fails if anything, a link included, has that name; the base class library's call succeeds then.
    /// </summary>
    /// <returns><see langword="false"/> if the name is taken.</returns>
    public static bool TryCreateDirectoryExclusively(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (CreateDirectoryW(path, IntPtr.Zero)) return true;
            int error = Marshal.GetLastPInvokeError();
            return error == ErrorAlreadyExists ? false : throw Failure(path, error);
        }
        if (MakeDirectory(path, 0x1C0) == 0) return true; // 0700
        int errno = Marshal.GetLastPInvokeError();
        return errno == Eexist ? false : throw Failure(path, errno);
    }

    /// <summary>
    /// Gives a file another name in the same file system and fails if anything has it. On Unix the base class library looks first and
    /// renames then: of two that do so at once, both would succeed.
    /// </summary>
    /// <returns><see langword="false"/> if the name is taken; the file has its old one then.</returns>
    public static bool TryMoveExclusively(string path, string newPath)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(path, newPath) == 0)
            {
                File.Delete(path);
                return true;
            }
            if (Marshal.GetLastPInvokeError() == Eexist) return false;
        }
        // A file system without hard links, or a failure that is told in the usual words.
        try
        {
            File.Move(path, newPath, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(newPath))
        {
            return false;
        }
    }

    /// <summary>Makes a rename in this directory survive a power cut. Windows keeps that promise by itself.</summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = OpenForRead(path, 0);
        if (descriptor < 0)
        {
            // One that may be written and not be listed cannot be flushed, and by now the file in it is replaced.
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Eacces) return;
            throw Failure(path, errno);
        }
        try
        {
            // Some file systems (network shares) cannot flush a directory: EINVAL then, and nothing more can be done.
            _ = Fsync(descriptor);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Whether the file or link itself belongs to the user of this process.</summary>
    public static bool IsOwnedByCurrentUser(string path)
    {
        if (OperatingSystem.IsWindows()) return IsOwnedByCurrentWindowsUser(path);
        return Status(path) is not { } status || status.UserId == EffectiveUserId();
    }

    /// <summary>Whether the file belongs to the system's administrator. Never on Windows, where rights and not owners count.</summary>
    public static bool IsOwnedBySystem(string path) => !OperatingSystem.IsWindows() && Status(path) is { UserId: 0 };

    /// <summary>Whether the path itself (no link is followed) is an ordinary file: not a pipe or a device, which a read could wait on for ever.</summary>
    public static bool IsRegularFile(string path)
        => OperatingSystem.IsWindows() || Status(path) is not { } status || (status.Mode & TypeMask) == RegularFile;

    /// <summary>
    /// Whether nobody can tell if there is a file, because a directory above it is closed to this user: it must not be taken for absent.
    /// </summary>
    public static bool IsOutOfReach(string path) => !OperatingSystem.IsWindows() && Status(path) is null && Marshal.GetLastPInvokeError() == Eacces;

    private static unsafe (uint UserId, ushort Mode)? Status(string path)
    {
        byte* buffer = stackalloc byte[512];
        if (OperatingSystem.IsLinux())
        {
            // struct statx: stx_uid at 20, stx_mode at 28, the same on every architecture.
            return Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxBasicStats, buffer) == 0
                ? (*(uint*)(buffer + 20), *(ushort*)(buffer + 28))
                : null;
        }
        if (OperatingSystem.IsMacOS())
        {
            // struct stat with 64-bit inodes: st_mode at 4, st_uid at 16.
            int result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? LStat(path, buffer) : LStatInode64(path, buffer);
            return result == 0 ? (*(uint*)(buffer + 16), *(ushort*)(buffer + 4)) : null;
        }
        return null;
    }

    [SupportedOSPlatform("windows")]
    private static bool IsOwnedByCurrentWindowsUser(string path)
    {
        FileSystemSecurity security = Directory.Exists(path)
            ? new DirectoryInfo(path).GetAccessControl(AccessControlSections.Owner)
            : new FileInfo(path).GetAccessControl(AccessControlSections.Owner);
        using WindowsIdentity user = WindowsIdentity.GetCurrent();
        // What an elevated administrator makes belongs to the group, not to the person.
        return security.GetOwner(typeof(SecurityIdentifier)) is SecurityIdentifier owner
            && (owner == user.User || owner.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid));
    }

    private static Exception Failure(string path, int error)
    {
        string reason = Marshal.GetPInvokeErrorMessage(error);
        const int Eperm = 1, ErrorAccessDenied = 5;
        return error == Eacces || (error == Eperm && !OperatingSystem.IsWindows()) || (error == ErrorAccessDenied && OperatingSystem.IsWindows())
            ? new UnauthorizedAccessException($"{path}: {reason}")
            : new IOException($"{path}: {reason}", error);
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenForRead(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int LStat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int LStatInode64(string path, byte* buffer);

    [LibraryImport("kernel32", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateDirectoryW(string path, IntPtr securityAttributes);
}
