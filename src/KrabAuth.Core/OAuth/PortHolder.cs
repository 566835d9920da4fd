using System.Globalization;

namespace KrabAuth.OAuth;

/// <summary>Finds out who has a port, where the system tells without asking for rights.</summary>
internal static class PortHolder
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A text such as <c> (node, process 4711)</c>, or nothing.</summary>
    public static string Describe(int port)
    {
        if (!OperatingSystem.IsLinux() || FindInode(port) is not { } inode) return string.Empty;
        string link = $"socket:[{inode}]";
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (!Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(descriptor => new FileInfo(descriptor).LinkTarget == link)) continue;
                // A program names itself as it likes: what could move the cursor goes.
                return $" ({OAuthText.Clean(File.ReadAllText(Path.Combine(process, "comm")))}, process {Path.GetFileName(process)})";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }
        return string.Empty;
    }

    /// <summary>Columns of /proc/net/tcp: local address and port in hexadecimal (the port in four digits), state 0A is listening, the tenth is the inode.</summary>
    private static string? FindInode(int port)
    {
        string wanted = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string table in Tables.Where(File.Exists))
        {
            foreach (string line in File.ReadLines(table).Skip(1))
            {
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 9 && columns[1].EndsWith(wanted, StringComparison.Ordinal) && columns[3] == "0A") return columns[9];
            }
        }
        return null;
    }
}
