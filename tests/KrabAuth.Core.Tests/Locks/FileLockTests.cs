using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>The lock as the peers of the two-file format make it: a JSON file that names its process.</summary>
public sealed class FileLockTests : LockTestBase
{
    /// <summary>Above what any system gives out.</summary>
    private const int NoProcess = int.MaxValue - 1;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(29);
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task A_held_lock_names_this_process_and_is_gone_after_release()
    {
        using (await Acquire(PeerLockForm.File))
        {
            string text = File.ReadAllText(LockPath);
            Assert.EndsWith("}\n", text, StringComparison.Ordinal);
            JsonNode owner = JsonNode.Parse(text)!;
            Assert.Equal(Environment.ProcessId, owner["pid"]!.GetValue<int>());
            Assert.Equal(Clock.GetUtcNow(), owner["createdAt"]!.GetValue<DateTimeOffset>());
            Assert.Equal(OperatingSystem.IsLinux(), owner["starttime"] is not null);
        }
        Assert.Equal([QueueDirectory], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(LockPath)!));
    }

    [Fact]
    public async Task A_dead_process_holds_nothing_however_fresh()
    {
        MakeFileLock($$"""{ "pid": {{NoProcess}}, "createdAt": "{{Clock.GetUtcNow():O}}" }""");
        Assert.True(await TryOnce(PeerLockForm.File));
    }

    [Fact]
    public async Task A_live_process_holds_its_lock_however_old()
    {
        MakeFileLock($$"""{ "pid": {{Environment.ProcessId}}, "createdAt": "2020-01-01T00:00:00.000Z" }""", TimeSpan.FromDays(1));
        Assert.False(await TryOnce(PeerLockForm.File));
        Assert.True(File.Exists(LockPath));
    }

    [Fact]
    public async Task A_process_that_got_the_id_later_does_not_hold_the_lock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Start times are written on Linux alone.");
        MakeFileLock($$"""{ "pid": {{Environment.ProcessId}}, "starttime": 1 }""");
        Assert.True(await TryOnce(PeerLockForm.File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{ \"pid\": \"text\" }")]
    public async Task A_lock_that_says_nothing_is_judged_by_its_age(string content)
    {
        MakeFileLock(content, Fresh);
        Assert.False(await TryOnce(PeerLockForm.File));
        MakeFileLock(content, Old);
        Assert.True(await TryOnce(PeerLockForm.File));
    }

    [Fact]
    public async Task A_lock_without_a_process_is_judged_by_its_date()
    {
        MakeFileLock($$"""{ "createdAt": "{{Clock.GetUtcNow() - Fresh:O}}" }""", Old);
        Assert.False(await TryOnce(PeerLockForm.File));
        MakeFileLock($$"""{ "createdAt": "{{Clock.GetUtcNow() - Old:O}}" }""");
        Assert.True(await TryOnce(PeerLockForm.File));
    }

    [Fact]
    public async Task A_lock_that_another_took_is_lost_and_left_to_the_other()
    {
        StoreLock held = await Acquire(PeerLockForm.File);
        const string Theirs = """{ "pid": 1 }""";
        MakeFileLock(Theirs, TimeSpan.FromSeconds(-1));
        Assert.Equal("LockLost", Assert.Throws<KrabAuthException>(held.ThrowIfLost).ErrorId);
        held.Dispose();
        Assert.Equal(Theirs, File.ReadAllText(LockPath));
    }

    [Fact]
    public async Task Waiting_ends_with_an_error_that_names_the_process()
    {
        MakeFileLock($$"""{ "pid": {{Environment.ProcessId}} }""");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Acquire(PeerLockForm.File, TimeSpan.Zero));
        Assert.Equal("StoreLocked", error.ErrorId);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_at_the_lock_is_refused_and_nobody_waits_for_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        Shell.Run("mkfifo", LockPath);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Task.Run(() => Acquire(PeerLockForm.File), Cancellation).WaitAsync(Patience.Limit, Cancellation));
        Assert.Equal("UnsafePath", error.ErrorId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_form_follows_the_format_of_the_store(bool twoFiles)
    {
        using var state = TempState.WithStore("{}", twoFiles ? "{}" : null);
        string? form = null;
        await state.Agent().UpdateAsync(
            (_, _) =>
            {
                form = Directory.Exists(state.LockPath) ? "directory" : File.Exists(state.LockPath) ? "file" : "none";
                return true;
            },
            Cancellation);
        Assert.Equal(twoFiles ? "file" : "directory", form);
        Assert.False(Path.Exists(state.LockPath));
    }

    [Fact]
    public async Task Leftovers_of_a_killed_writer_go_with_its_lock()
    {
        using var state = TempState.WithStore("{}", "{}");
        File.WriteAllText(state.LockPath, $$"""{ "pid": {{NoProcess}} }""");
        state.Write("agents/main/agent/auth-profiles.json.0123456789abcdef.krabtmp", "half");
        state.Write("agents/main/agent/auth-state.json.0123456789abcdef.krabtmp", "half");
        await state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq"), Cancellation);
        Assert.Equal(["agents/main/agent/auth-profiles.json", "agents/main/agent/auth-state.json"], state.Files());
    }
}
