using System.Globalization;
using System.Text;
using KrabAuth.Diagnostics;

namespace KrabAuth.Storage;

/// <summary>
/// The file by which KrabAuth's own processes exclude one another, held open and locked by the operating system: a process
/// that dies lets go at once. It also remembers which modification times its holder gave to the peers' lock directory, so
/// that a directory left by a killed process is known for what it is, and nobody waits until it is stale.
/// </summary>
internal sealed class LockHolder : IDisposable
{
    private static readonly string Machine = ReadMachine();

    private readonly FileStream _file;
    private readonly bool _locksWork;
    private readonly string[] _previous;
    private DateTime _lastStamp;

    private LockHolder(FileStream file, bool locksWork)
    {
        _file = file;
        _locksWork = locksWork;
        _previous = ReadRecord(file);
    }

    /// <summary>Opens the file for this process alone; <see langword="null"/> while another one has it.</summary>
    public static LockHolder? TryOpen(string path)
    {
        FileStream file;
        try
        {
            file = Open(path);
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            return null;
        }
        return new LockHolder(file, LocksWork(path));
    }

    /// <summary>A full disk or too many open files is no holder, and waiting does not help. EWOULDBLOCK; a sharing or lock violation on Windows.</summary>
    private static bool IsHeldElsewhere(IOException e)
        => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>Whether a lock directory with this time was made by a holder that is gone (this process has the file now).</summary>
    public bool WasLeftBehind(DateTime lockTime)
        => _locksWork && _previous.Length > 1 && _previous[0] == Machine && _previous.AsSpan(1).Contains(Text(lockTime));

    /// <summary>Remembers a time before it is given to the lock directory.</summary>
    public void Record(DateTime stamp)
    {
        // The one before stays: a kill between this line and the touch leaves the directory with it.
        Write($"{Machine}\n{Text(stamp)}\n{Text(_lastStamp)}\n");
        _lastStamp = stamp;
    }

    /// <summary>Forgets: the lock was released, or the file system does not keep times exactly enough to know one's own.</summary>
    public void Forget() => Write(string.Empty);

    public void Dispose() => _file.Dispose();

    private void Write(string record)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(record);
        // One write over the old record and then the new length: never an empty file in between.
        RandomAccess.Write(_file.SafeFileHandle, bytes, 0);
        RandomAccess.SetLength(_file.SafeFileHandle, bytes.Length);
    }

    private static string[] ReadRecord(FileStream file)
    {
        byte[] buffer = new byte[512];
        int read = RandomAccess.Read(file.SafeFileHandle, buffer, 0);
        return Encoding.UTF8.GetString(buffer, 0, read).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static FileStream Open(string path)
    {
        // It is written over: a link here would have the record written over whatever it leads to.
        if (new FileInfo(path).LinkTarget is not null) throw AuthErrors.UnsafeLink(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateDirectory.FileMode;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Some network file systems, and <c>DOTNET_SYSTEM_IO_DISABLEFILELOCKING</c>, let two openers through. Exclusion then
    /// rests on the lock directory alone, and what looks left behind may be alive.
    /// </summary>
    private static bool LocksWork(string path)
    {
        try
        {
            Open(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string Text(DateTime stamp) => stamp.Ticks.ToString(CultureInfo.InvariantCulture);

    private static string ReadMachine()
    {
        // File locks are seen by every process of one kernel, containers included, and by no other.
        const string BootId = "/proc/sys/kernel/random/boot_id";
        return File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : Environment.MachineName;
    }
}
