using System.Globalization;

namespace KrabAuth.Storage;

/// <summary>
/// A place in the line of KrabAuth processes that wait for one lock. Only order depends on it, never exclusion: a lost
/// or doubted ticket costs fairness and nothing else.
/// </summary>
internal sealed class LockQueue : IDisposable
{
    private const int MostAttempts = 8;
    private const string TicketSuffix = ".ticket";
    private static long s_counter;

    private readonly string _directory;
    private readonly string _name;
    private readonly FileStream _ticket;

    private LockQueue(string directory, string name, FileStream ticket)
    {
        _directory = directory;
        _name = name;
        _ticket = ticket;
    }

    /// <summary>Whether nobody stands in line.</summary>
    public static bool IsEmpty(string directory)
        => !Directory.EnumerateFiles(directory, "*" + TicketSuffix).Any();

    /// <summary>Takes the last place; null if there is none to be had, as on a full disk: the wait goes on without a place.</summary>
    public static LockQueue? TryJoin(string directory)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            string name = string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow.Ticks:D20}-{Environment.ProcessId}-{Interlocked.Increment(ref s_counter)}{TicketSuffix}");
            try
            {
                var options = new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    BufferSize = 0,
                    Options = FileOptions.DeleteOnClose,
                };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateDirectory.FileMode;
                return new LockQueue(directory, name, new FileStream(Path.Combine(directory, name), options));
            }
            catch (IOException e) when (e is not DirectoryNotFoundException)
            {
                // Somebody who looked for the dead opened the ticket in the moment before it was locked: take another.
            }
        }
        return null;
    }

    /// <summary>How many stand before this one; zero at the head.</summary>
    public int Ahead() => TicketsAhead().Count();

    /// <summary>Takes those who died while waiting out of the line.</summary>
    public void RemoveDead()
    {
        foreach (string ticket in TicketsAhead()) RemoveIfDead(Path.Combine(_directory, ticket));
    }

    /// <summary>The tickets in a directory that are older than a moment. Who lives that long in a line has its ticket open.</summary>
    public static IReadOnlyList<string> OlderThan(string directory, DateTime momentUtc)
        => [.. Directory.EnumerateFiles(directory, "*" + TicketSuffix).Where(path => File.GetLastWriteTimeUtc(path) < momentUtc)];

    /// <summary>Removes a ticket unless a living process holds it.</summary>
    public static void RemoveIfDead(string path)
    {
        try
        {
            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1))
            {
                // Opened, so nobody holds it any more. Deleted while it is ours, so that it cannot be another's.
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Held by a live process, or gone meanwhile: both are as they should be.
        }
    }

    public void Dispose() => _ticket.Dispose();

    private IEnumerable<string> TicketsAhead()
        => Directory.EnumerateFiles(_directory, "*" + TicketSuffix)
            .Select(static path => Path.GetFileName(path))
            .Where(name => string.CompareOrdinal(name, _name) < 0);
}
