namespace KrabAuth.Storage;

/// <summary>A file that is kept as it was.</summary>
internal static class BackupFile
{
    /// <summary>Copies a file beside itself, for its owner alone.</summary>
    /// <returns>Where the copy is; null if there is no file.</returns>
    public static string? Keep(string path, string kind, long now)
    {
        string target = FileGuard.ResolveTarget(path);
        if (FileGuard.ReadAll(target) is not { } content) return null;
        string backup = PathOf(target, kind, now);
        AtomicFile.Write(backup, content, overwrite: false);
        return backup;
    }

    /// <summary>A name beside a file that nothing has: <c>&lt;file&gt;.&lt;kind&gt;.&lt;milliseconds&gt;.bak</c>, as the gateways name theirs.</summary>
    public static string PathOf(string path, string kind, long now)
    {
        while (Path.Exists($"{path}.{kind}.{now}.bak")) now++;
        return $"{path}.{kind}.{now}.bak";
    }
}
