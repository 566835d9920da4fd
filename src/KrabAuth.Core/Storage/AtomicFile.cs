namespace KrabAuth.Storage;

/// <summary>What a file is to hold.</summary>
internal readonly record struct NewContent(string Path, ReadOnlyMemory<byte> Content);

/// <summary>Of files that change together, one was replaced and the next could not be.</summary>
internal sealed class PartlyWrittenException(string written, string unwritten, Exception inner) : IOException(inner.Message, inner)
{
    /// <summary>The last that has its new content.</summary>
    public string Written => written;

    /// <summary>The first that has its old one.</summary>
    public string Unwritten => unwritten;
}

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
    public static void Write(string path, ReadOnlyMemory<byte> content, Action? beforeReplace = null, bool overwrite = true, UnixFileMode? mode = null)
        => Write([new NewContent(path, content)], beforeReplace, overwrite, mode);

    /// <summary>
    /// Writes several files: none of them is replaced before all of them are on the disk. They are replaced one after the other, and one
    /// that was is not put back: somebody may have read it since, and it may hold what is nowhere else.
    /// </summary>
    /// <exception cref="PartlyWrittenException">Some were replaced, and the next could not be.</exception>
    public static void Write(IReadOnlyList<NewContent> files, Action? beforeReplace = null, bool overwrite = true, UnixFileMode? mode = null)
    {
        int replaced = 0;
        string[] temporaries = [.. files.Select(file => $"{file.Path}.{Guid.NewGuid():N}{TemporarySuffix}")];
        try
        {
            for (int i = 0; i < temporaries.Length; i++) WriteTemporary(temporaries[i], files[i].Content.Span, mode);
            beforeReplace?.Invoke();
            for (; replaced < temporaries.Length; replaced++) Replace(temporaries[replaced], files[replaced].Path, overwrite);
        }
        catch (Exception e)
        {
            foreach (string temporary in temporaries) File.Delete(temporary);
            if (replaced > 0) throw new PartlyWrittenException(files[replaced - 1].Path, files[replaced].Path, e);
            throw;
        }
        foreach (string directory in files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct(StringComparer.Ordinal)) NativeFile.FlushDirectory(directory);
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

    private static void WriteTemporary(string path, ReadOnlySpan<byte> content, UnixFileMode? mode)
    {
        using (FileStream stream = PrivateDirectory.CreateFile(path))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        if (mode is { } chosen && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, chosen);
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
                if (overwrite) File.Move(temporary, path, overwrite: true);
                else if (!NativeFile.TryMoveExclusively(temporary, path)) throw new IOException($"{path} is there already.");
                return;
            }
            catch (Exception e) when (OperatingSystem.IsWindows() && attempt < WindowsAttempts && e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(1 << attempt));
            }
        }
    }
}
