using System.Collections.Concurrent;
using KrabAuth.Diagnostics;
using KrabAuth.Host;

namespace KrabAuth.Storage;

/// <summary>The directories on the way to a store: whoever can change one of them can put another store in its place.</summary>
internal static class StoreWay
{
    /// <summary>What this process has warned of already: agents share most of their way.</summary>
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    /// <summary>Warns once of all that other users can change, from the agent directory up to the state directory.</summary>
    /// <param name="directory">The agent directory.</param>
    /// <param name="root">The state directory. An agent directory that is elsewhere is looked at alone.</param>
    /// <param name="log">What is warned on.</param>
    public static void WarnIfOpen(string directory, string root, IAuthLog log)
    {
        if (OperatingSystem.IsWindows()) return;
        var open = new List<string>();
        string at = Path.TrimEndingDirectorySeparator(directory), end = Path.TrimEndingDirectorySeparator(root);
        while (true)
        {
            if (IsOpenToAll(at) && Warned.TryAdd(at, true)) open.Add(at);
            if (!at.StartsWith(end + Path.DirectorySeparatorChar, StringComparison.Ordinal)) break;
            at = Path.GetDirectoryName(at)!;
        }
        if (open.Count == 0) return;
        log.Warning($"Other users can change {string.Join(", ", open)}, and put files of their own in the place of your credentials. To close {(open.Count == 1 ? "it" : "them")}: chmod go-w {string.Join(' ', open.Select(CommandWord.Shell))}");
    }

    /// <summary>
    /// Whether every user can put files there. That the group may is usual where each user has a group of their own (umask 002); the doctor
    /// tells of it. A warning must not end the read that it is about.
    /// </summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsOpenToAll(string path)
    {
        try
        {
            return Directory.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went away in between, or its file system has no modes.
            return false;
        }
    }

    /// <summary>Closes the agent directory to other users. What is above it belongs to the gateways too, and stays as it is.</summary>
    public static void Close(string directory, IAuthLog log)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            UnixFileMode mode = File.GetUnixFileMode(directory), closed = mode & ~PrivateDirectory.Others;
            if (mode == closed) return;
            File.SetUnixFileMode(directory, closed);
            log.Verbose($"{directory} had mode {Convert.ToString((int)mode, 8)}; it is closed to other users now.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some file systems have no modes. The store is closed by its own as far as it can be.
            log.Verbose($"{directory} cannot be closed to other users: {e.Message}");
        }
    }
}
