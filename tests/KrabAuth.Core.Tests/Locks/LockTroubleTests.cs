using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>Locks where the file system does not do what they need.</summary>
public sealed class LockTroubleTests : LockTestBase
{
    // CVE-2025-68146, CVE-2026-22701: a lock file that follows a link writes over what it leads to.
    [Fact]
    public async Task A_link_at_the_record_of_the_holder_is_refused_and_what_it_leads_to_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        (await Acquire()).Dispose();
        string holder = Path.Combine(QueueDirectory, "holder");
        File.Delete(holder);
        string victim = State.Write("victim", "something precious");
        File.CreateSymbolicLink(holder, victim);
        Assert.Equal("UnsafePath", (await Assert.ThrowsAsync<KrabAuthException>(() => Acquire())).ErrorId);
        Assert.Equal("something precious", File.ReadAllText(victim));
        Assert.False(Path.Exists(LockPath));
    }

    [Fact]
    public async Task A_lock_that_cannot_be_let_go_of_is_told_and_no_failure_of_the_work()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no link to plant there.");
        StoreLock held = await Acquire();
        Directory.Delete(LockPath);
        File.CreateSymbolicLink(LockPath, State.InState("elsewhere"));
        held.Dispose();
        Assert.Contains(State.Log.Warnings, warning => warning.Contains($"The lock {LockPath} could not be removed", StringComparison.Ordinal));
        File.Delete(LockPath);
        Assert.True(await TryOnce());
    }

    [Fact]
    public async Task A_refresh_that_cannot_be_locked_is_our_error_and_asks_nobody()
    {
        State.Http = new FakeAuthorizationServer();
        // A file where the directory of these locks has to be.
        State.Write("locks", "in the way");
        State.Write("agents/main/agent/auth-profiles.json", """
            { "version": 1, "profiles": { "openai-codex:me": { "type": "oauth", "provider": "openai-codex", "access": "a", "refresh": "r", "expires": 1 } } }
            """);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => State.Agent().Credentials.ForProfileAsync("openai-codex:me", Cancellation));
        Assert.Equal("StoreUnwritable", error.ErrorId);
        Assert.Empty(((FakeAuthorizationServer)State.Http).Requests);
    }
}
