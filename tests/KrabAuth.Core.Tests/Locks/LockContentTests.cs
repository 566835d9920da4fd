using System.Globalization;
using System.Text.Json.Nodes;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>What a lock says, how it is judged, and that it is made whole or not at all.</summary>
public sealed class LockContentTests : LockTestBase
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(30);

    private string Scratch => Directory.CreateDirectory(State.InState("scratch")).FullName;

    [Theory]
    [InlineData("""{ "createdAt": "2026-01-02T03:03:35.000Z" }""", false)]
    [InlineData("""{ "createdAt": "2026-01-02T03:03:34.999Z" }""", true)]
    [InlineData("""{ "createdAt": "2026-01-02T03:03:35" }""", false)]
    [InlineData("""{ "createdAt": "2027-01-02T03:03:35Z" }""", false)]
    [InlineData("""{ "createdAt": "yesterday" }""", true)]
    [InlineData("""{ "createdAt": 5 }""", false)]
    [InlineData("""{ "pid": 2147483646, "createdAt": 5 }""", true)]
    [InlineData("""{ "pid": 2147483646, "createdAt": "2027-01-02T03:03:35Z" }""", true)]
    public void A_lock_that_was_renewed_just_now_is_judged_by_what_it_says(string content, bool abandoned)
        => Assert.Equal(abandoned, new PeerLock(PeerLockForm.File, Now, content).IsAbandoned(Now, Stale));

    [Theory]
    [InlineData(null, "another program, last sign of life 2026-01-02 03:04:05Z")]
    [InlineData("garbage", "another program, last sign of life 2026-01-02 03:04:05Z")]
    [InlineData("""{ "pid": 7 }""", "process 7, since 2026-01-02 03:04:05Z")]
    public void A_lock_tells_who_has_it_and_since_when(string? content, string told)
        => Assert.Equal(told, new PeerLock(content is null ? PeerLockForm.Directory : PeerLockForm.File, Now, content).Describe());

    [Theory]
    [InlineData(PeerLockForm.Directory)]
    [InlineData(PeerLockForm.File)]
    internal void A_lock_that_stands_is_not_made_again(PeerLockForm form)
    {
        MakeFileLock("theirs");
        Assert.False(PeerLock.TryCreate(LockPath, form, Now, Scratch));
        Assert.Equal("theirs", File.ReadAllText(LockPath));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
    }

    [Fact]
    public void What_a_killed_process_of_this_number_left_is_in_nobodys_way()
    {
        File.WriteAllText(Path.Combine(Scratch, $"{Environment.ProcessId}{AtomicFile.TemporarySuffix}"), "half");
        Assert.True(PeerLock.TryCreate(LockPath, PeerLockForm.File, Now, Scratch));
        Assert.Equal(Environment.ProcessId, JsonNode.Parse(File.ReadAllText(LockPath))!["pid"]!.GetValue<int>());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
    }

    [Fact]
    public void A_lock_that_cannot_be_put_in_its_place_leaves_nothing()
    {
        Assert.ThrowsAny<IOException>(() => PeerLock.TryCreate(State.InState("missing/store.lock"), PeerLockForm.File, Now, Scratch));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
    }

    [Fact]
    public void A_lock_that_changed_since_it_was_looked_at_stays()
    {
        MakeDirectoryLock(TimeSpan.FromMinutes(1));
        PeerLock found = PeerLock.Find(LockPath)!;
        MakeDirectoryLock(TimeSpan.Zero);
        found.Remove(LockPath);
        Assert.True(Directory.Exists(LockPath));
        PeerLock.Find(LockPath)!.Remove(LockPath);
        Assert.False(Directory.Exists(LockPath));
    }

    // The peers compare it with field 22 of proc_pid_stat(5).
    [Fact]
    public void The_start_that_a_lock_names_is_that_of_the_kernel()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Start times are written on Linux alone.");
        Assert.True(PeerLock.TryCreate(LockPath, PeerLockForm.File, Now, Scratch));
        string fields = File.ReadAllText("/proc/self/stat").Split(") ")[^1];
        Assert.Equal(
            long.Parse(fields.Split(' ')[22 - 3], CultureInfo.InvariantCulture),
            JsonNode.Parse(File.ReadAllText(LockPath))!["starttime"]!.GetValue<long>());
    }
}
