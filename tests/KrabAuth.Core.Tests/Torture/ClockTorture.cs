using KrabAuth.Core.Tests.OAuth;
using KrabAuth.Providers;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Torture;

/// <summary>A clock that jumps by a day, back and forward, while everything goes on.</summary>
[Trait("Category", "Torture")]
public sealed class ClockTorture : RefreshTestBase
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Updates_lose_nothing_while_the_clock_jumps()
    {
        var seed = TestSeed.New();
        TestContext.Current.TestOutputHelper!.WriteLine($"{seed}");
        Random random = seed.ToRandom();
        var clock = new JumpingClock();
        // Renewed all the time, so that a jump meets a lock that is held.
        State.Locks = new LockOptions { Clock = clock, Renewal = TimeSpan.FromMilliseconds(1) };
        using var done = new CancellationTokenSource();
        Task jumping = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    clock.Jump(Day * (random.Next(2) * 2 - 1));
                    Thread.Yield();
                }
            },
            Cancellation);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (i, cancellation) => await State.Agent().Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, $"a-key-of-{i}") { ProfileId = $"p:{i}" }, cancellation));
        await done.CancelAsync();
        await jumping;
        Assert.Equal(400, State.Agent().Profiles.List().Count);
        Assert.False(Path.Exists(State.LockPath));
    }

    [Fact]
    public async Task No_refresh_token_is_sent_twice_whichever_way_the_clock_jumps()
    {
        var seed = TestSeed.New();
        TestContext.Current.TestOutputHelper!.WriteLine($"{seed}");
        Random random = seed.ToRandom();
        Store(TimeSpan.FromHours(1));
        for (int jump = 0; jump < 300; jump++)
        {
            // Forward first: one walk in twenty never comes to where the token has expired.
            State.Clock.Advance(Day * (jump == 0 ? 1 : random.Next(2) * 2 - 1));
            string[] tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Token(), Cancellation)));
            Assert.Equal(Access, Assert.Single(tokens.Distinct(StringComparer.Ordinal)));
        }
        Assert.Equal(0, Server.Reuses);
        Assert.InRange(Server.TokenRequests.Count, 1, 300);
        AssertNoSecret(Said);
    }
}
