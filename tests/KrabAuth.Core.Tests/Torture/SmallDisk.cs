using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>A state directory on a file system of its own that holds 64 pages and no more. Only root can have one, on Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;
    private const int Pages = 64;

    private SmallDisk(TempState state) => State = state;

    public TempState State { get; }

    private string Filler => Path.Combine(State.Root, "filler");

    /// <summary>Mounts one, or skips the test and says why.</summary>
    public static SmallDisk Mount(TempState? state = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small disk, and only on Linux.");
        state ??= new TempState();
        try
        {
            Shell.Run("mount", "-t", "tmpfs", "-o", $"size={Page * Pages},mode=700", "krabauth-test", state.Root);
        }
        catch (InvalidOperationException e)
        {
            state.Dispose();
            Assert.Skip($"A small disk cannot be mounted here: {e.Message}");
        }
        return new SmallDisk(state);
    }

    /// <summary>Fills the disk but for so many pages.</summary>
    public void Fill(int free = 0)
    {
        Free();
        using var file = new FileStream(Filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        byte[] page = new byte[Page];
        try
        {
            while (true) file.Write(page);
        }
        catch (IOException)
        {
            // Full, as it has to be.
        }
        file.SetLength(Math.Max(0, file.Length / Page - free) * Page);
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Filler);

    /// <summary>Lets nobody write on it any more.</summary>
    public void Close() => Shell.Run("mount", "-o", "remount,ro", State.Root);

    public void Dispose()
    {
        Shell.Run("umount", "-l", State.Root);
        State.Dispose();
    }
}
