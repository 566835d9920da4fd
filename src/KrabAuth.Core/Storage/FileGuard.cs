using KrabAuth.Diagnostics;

namespace KrabAuth.Storage;

/// <summary>Decides which files are safe to read and to replace, and reads them within limits.</summary>
internal static class FileGuard
{
    /// <summary>Far above 10,000 profiles, far below what would exhaust a machine.</summary>
    public const long LargestFile = 64 * 1024 * 1024;

    /// <summary>
    /// Follows the links at a store's path: people share one store between agents so. Each link and the target must be
    /// the user's own. A path where nothing is yet is its own target.
    /// </summary>
    /// <exception cref="KrabAuthException"><c>UnsafePath</c>, or <c>StoreUnreadable</c> for a link that leads nowhere.</exception>
    public static string ResolveTarget(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is null)
            {
                if (file.Exists && !NativeFile.IsOwnedByCurrentUser(path)) throw AuthErrors.ForeignOwner(path);
                return path;
            }
            if (!NativeFile.IsOwnedByCurrentUser(path)) throw AuthErrors.ForeignOwner(path);
            string? target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            if (target is null || !Path.Exists(target)) throw AuthErrors.StoreUnreadable(path, "the link leads to nothing", null);
            return NativeFile.IsOwnedByCurrentUser(target) ? target : throw AuthErrors.ForeignOwner(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnreadable(path, e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Reads a whole file; <see langword="null"/> if there is none.</summary>
    /// <exception cref="KrabAuthException"><c>StoreUnreadable</c>.</exception>
    public static byte[]? ReadAll(string path) => ReadAll(path, LargestFile);

    /// <summary>Reads a whole file that is not larger than the given number of bytes; <see langword="null"/> if there is none.</summary>
    /// <exception cref="KrabAuthException"><c>StoreUnreadable</c>.</exception>
    public static byte[]? ReadAll(string path, long largest)
    {
        try
        {
            if (Directory.Exists(path)) throw AuthErrors.StoreUnreadable(path, "it is a directory", null);
            if (!File.Exists(path)) return NativeFile.IsOutOfReach(path) ? throw AuthErrors.StoreUnreadable(path, "permission denied", new UnauthorizedAccessException()) : null;
            if (!NativeFile.IsRegularFile(path)) throw AuthErrors.StoreUnreadable(path, "it is not an ordinary file", null);
            // A peer may replace the file at any time; its delete must not fail because of this reader.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            if (stream.Length > largest)
            {
                throw AuthErrors.StoreUnreadable(path, $"it has {Size(stream.Length)}, more than the {Size(largest)} that are read", null);
            }
            byte[] content = new byte[stream.Length];
            int read = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return read == content.Length ? content : content[..read];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuthErrors.StoreUnreadable(path, e is UnauthorizedAccessException ? "permission denied" : e.Message, e);
        }
    }

    private static string Size(long bytes) => bytes >= 1024 * 1024 ? $"{bytes / (1024 * 1024)} MiB" : $"{bytes} bytes";

    /// <summary>Makes a directory for KrabAuth's own files, or checks that the one there is the user's and no link.</summary>
    public static void EnsureOwnDirectory(string path)
    {
        if (NativeFile.TryCreateDirectoryExclusively(path)) return;
        if (new DirectoryInfo(path).LinkTarget is not null) throw AuthErrors.UnsafeLink(path);
        if (!NativeFile.IsOwnedByCurrentUser(path)) throw AuthErrors.ForeignOwner(path);
    }

    /// <summary>Whether others than its owner can change a file or directory. Always false on Windows, where a list of rights guards it.</summary>
    public static bool IsWritableByOthers(string path)
        => !OperatingSystem.IsWindows() && Path.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    /// <summary>Whether the file can be read by others than its owner. Always false on Windows, where a protected list of rights guards it.</summary>
    public static bool IsExposed(string path)
        => !OperatingSystem.IsWindows()
            && File.Exists(path)
            && (File.GetUnixFileMode(path) & ~(PrivateDirectory.FileMode | UnixFileMode.UserExecute)) != 0;
}
