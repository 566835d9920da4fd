namespace KrabAuth.Storage;

/// <summary>A file that is kept as it was.</summary>
internal static class BackupFile
{
    /// <summary>A name beside a file that nothing has: <c>&lt;file&gt;.&lt;kind&gt;.&lt;milliseconds&gt;.bak</c>, as the gateways name theirs.</summary>
    public static string PathOf(string path, string kind, long now)
    {
        while (Path.Exists($"{path}.{kind}.{now}.bak")) now++;
        return $"{path}.{kind}.{now}.bak";
    }
}
