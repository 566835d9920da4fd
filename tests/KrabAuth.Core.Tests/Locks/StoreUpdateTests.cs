using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Locks;

/// <summary>Updates of a store under its lock, as the use cases make them.</summary>
public sealed class StoreUpdateTests
{
    private const string Store = """{ "version": 1, "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_updates_at_once_lose_none()
    {
        using var state = new TempState();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation },
            async (i, cancellation) => await state.Agent().Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, $"a-key-of-{i}") { ProfileId = $"p:{i}" }, cancellation));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"p:{i}").Order(StringComparer.Ordinal),
            state.Agent().Profiles.List().Select(profile => profile.ProfileId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_that_is_lost_before_the_write_leaves_the_file_untouched(bool takenByAnother)
    {
        using var state = TempState.WithStore(Store);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().UpdateAsync(
            (_, editor) =>
            {
                editor.Remove("p:a");
                Directory.Delete(state.LockPath);
                if (takenByAnother) File.WriteAllText(state.LockPath, "{}");
                return true;
            },
            Cancellation));
        Assert.Equal("LockLost", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
        IEnumerable<string> others = takenByAnother ? ["agents/main/agent/auth-profiles.json.lock"] : [];
        Assert.Equal(["agents/main/agent/auth-profiles.json", .. others], state.Files());
    }

    [Fact]
    public async Task A_change_that_fails_leaves_the_file_untouched_and_lets_go()
    {
        using var state = TempState.WithStore(Store);
        await Assert.ThrowsAsync<InvalidOperationException>(() => state.Agent().UpdateAsync<bool>(
            (_, editor) =>
            {
                editor.Remove("p:a");
                throw new InvalidOperationException();
            },
            Cancellation));
        Assert.Equal(Store, state.ReadStore());
        Assert.False(Path.Exists(state.LockPath));
        await state.Agent().Profiles.RemoveAsync("p:a", Cancellation);
    }

    [Fact]
    public async Task A_store_that_is_locked_is_not_changed()
    {
        using var state = TempState.WithStore(Store);
        state.Locks = new LockOptions { Timeout = TimeSpan.Zero };
        Directory.CreateDirectory(state.LockPath);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.RemoveAsync("p:a", Cancellation));
        Assert.Equal("StoreLocked", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public void Reading_needs_no_lock()
    {
        using var state = TempState.WithStore(Store);
        Directory.CreateDirectory(state.LockPath);
        Assert.Single(state.Agent().Profiles.List());
        Assert.True(Directory.Exists(state.LockPath));
    }

    [Fact]
    public async Task A_file_that_a_peer_is_writing_is_read_when_the_peer_has_finished()
    {
        using var state = TempState.WithStore(Store[..40]);
        Directory.CreateDirectory(state.LockPath);
        Task<int> reading = Task.Run(() => state.Agent().Profiles.List().Count, Cancellation);
        // The reader stands in line: so it has met the half file.
        while (!Directory.Exists(state.InAgent(".auth-profiles.json.queue")) || LockQueue.IsEmpty(state.InAgent(".auth-profiles.json.queue")))
        {
            Assert.False(reading.IsCompleted, "the half file was taken for whole, or for damaged");
            await Task.Yield();
        }
        Assert.False(reading.IsCompleted);
        File.WriteAllText(state.StorePath, Store);
        Directory.Delete(state.LockPath);
        Assert.Equal(1, await reading.WaitAsync(Patience.Limit, Cancellation));
    }

    [Fact]
    public async Task A_change_sees_what_was_written_while_it_waited()
    {
        using var state = TempState.WithStore(Store);
        Directory.CreateDirectory(state.LockPath);
        Task adding = state.Agent().Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, "a-key-of-b") { ProfileId = "p:b" }, Cancellation);
        Assert.False(adding.IsCompleted);
        File.WriteAllText(state.StorePath, Store.Replace("p:a", "p:peer", StringComparison.Ordinal));
        Directory.Delete(state.LockPath);
        await adding.WaitAsync(Patience.Limit, Cancellation);
        Assert.Equal(["p:b", "p:peer"], state.Agent().Profiles.List().Select(profile => profile.ProfileId));
    }
}
