namespace KrabAuth.Storage;

/// <summary>Replaces a file whole or not at all.</summary>
internal static class AtomicFile
{
    internal const string TemporarySuffix = ".krabtmp";
    private const int WindowsAttempts = 10;

    /// <summary>
    /// Writes a temporary file beside the target (0600, created exclusively), flushes it, renames it over the target and
    /// flushes the directory. The temporary file never outlives a call that returns or throws.
    /// </summary>
    /// <param name="path">The target; links were resolved by the caller.</param>
    /// <param name="content">The new content.</param>
    /// <param name="beforeReplace">Called when all but the rename is done: the last moment to refuse by throwing.</param>
    /// <param name="mode">The mode that the file gets in the end, where another program chose it; 0600 without it.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">There is a file and it may not be replaced; or the disk says no.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, Action? beforeReplace = null, bool overwrite = true, UnixFileMode? mode = null)
    {
        string directory = Path.GetDirectoryName(path)!;
        string temporary = $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            using (FileStream stream = PrivateDirectory.CreateFile(temporary))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            if (mode is { } chosen && !OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, chosen);
            beforeReplace?.Invoke();
            Replace(temporary, path, overwrite);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        NativeFile.FlushDirectory(directory);
    }

    /// <summary>
    /// Removes what a killed writer left. Call it only with the target's lock in hand, when no other writer can be at work.
    /// </summary>
    public static void RemoveLeftovers(string path)
    {
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.*{TemporarySuffix}"))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>
    /// Temporary files in a directory that no living writer can still need: KrabAuth's, and those of the programs that share the files
    /// (<c>&lt;file&gt;.&lt;id&gt;.tmp</c>).
    /// </summary>
    public static IReadOnlyList<string> OlderThan(string directory, DateTime momentUtc)
        => [.. Directory.EnumerateFiles(directory).Where(path => IsTemporary(Path.GetFileName(path)) && File.GetLastWriteTimeUtc(path) < momentUtc)];

    private static bool IsTemporary(string name)
        => name.EndsWith(TemporarySuffix, StringComparison.Ordinal) || (name.EndsWith(".tmp", StringComparison.Ordinal) && name.Split('.') is { Length: > 2 } parts && Guid.TryParse(parts[^2], out _));

    private static void Replace(string temporary, string path, bool overwrite)
    {
        // Virus scanners and indexers hold a file open for a moment after it was written; only Windows minds.
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Move(temporary, path, overwrite);
                return;
            }
            catch (Exception e) when (OperatingSystem.IsWindows() && attempt < WindowsAttempts && e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(1 << attempt));
            }
        }
    }
}
