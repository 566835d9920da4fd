using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>What an agent sees at a moment.</summary>
public sealed class AuthStoreTests
{
    private const long Now = FrozenClock.VectorNow;

    [Fact]
    public void What_a_clock_that_ran_ahead_left_is_no_wait_and_all_else_stays()
    {
        var sound = new UsageStats { LastFailureAt = Now - 1000, CooldownUntil = Now + 60_000 };
        var ahead = new UsageStats { LastUsed = 5, LastFailureAt = Now + UsageStats.Skew + 1, CooldownUntil = Now + 10_000_000 };
        AuthStore store = Store(("p:a", sound), ("p:b", ahead));
        AuthStore seen = store.At(Now);
        Assert.Same(sound, seen.Stats("p:a"));
        Assert.Equal((5, null, null), (seen.Stats("p:b").LastUsed, seen.Stats("p:b").CooldownUntil, seen.Stats("p:b").LastFailureAt));
        Assert.Equal((store.Profiles, store.Rejected, store.Order, store.LastGood), (seen.Profiles, seen.Rejected, seen.Order, seen.LastGood));
    }

    [Fact]
    public void A_store_of_right_clocks_is_seen_as_it_is()
    {
        AuthStore store = Store(("p:a", new UsageStats { LastFailureAt = Now + UsageStats.Skew, CooldownUntil = Now + 60_000 }));
        Assert.Same(store, store.At(Now));
    }

    // The record of an heir hides main's, but not what a person decided there.
    [Theory]
    [InlineData(UsageStats.DisabledForGood, UsageStats.DisabledForGood)]
    [InlineData(Now + 60_000, null)]
    [InlineData(null, null)]
    public void A_profile_that_a_person_took_out_of_use_is_so_for_those_that_inherit_it(long? above, long? seen)
    {
        AuthStore main = Store(("p:a", new UsageStats { DisabledUntil = above, DisabledReason = "manual" }));
        var own = new AuthStore([]) { UsageStats = new Dictionary<string, UsageStats> { ["p:a"] = new() { LastUsed = 7 } } };
        UsageStats stats = AuthStore.Merge(main, own).Stats("p:a");
        Assert.Equal((7, seen, seen is null ? null : "manual"), (stats.LastUsed, stats.DisabledUntil, stats.DisabledReason));
    }

    private static AuthStore Store(params (string Id, UsageStats Stats)[] profiles)
        => new([.. profiles.Select(profile => new StoredProfile(profile.Id, new ApiKeyCredential("p", Secret.Of("k"))))])
        {
            Rejected = [new RejectedProfile("odd", "unknown_type", "hint")],
            Order = new Dictionary<string, IReadOnlyList<string>> { ["p"] = ["p:a"] },
            LastGood = new Dictionary<string, string> { ["p"] = "p:a" },
            UsageStats = profiles.ToDictionary(profile => profile.Id, profile => profile.Stats),
        };
}
