using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>The very moment at which a wait ends, and records that peers left half.</summary>
public sealed class CooldownEdgeTests
{
    private const long Start = FrozenClock.VectorNow;
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    [Fact]
    public void A_moment_of_zero_is_none()
    {
        var stats = new UsageStats { ErrorCount = 2, FailureCounts = new Dictionary<string, int> { ["auth"] = 2 }, LastFailureAt = 0 };
        Assert.Equal(3, Fail(stats, FailureReason.Auth, Start).ErrorCount);
        // Nothing tells when a peer's wait began.
        stats = new UsageStats { ErrorCount = 1, LastFailureAt = 0, CooldownUntil = Start - 1, CooldownReason = "rate_limit" };
        Assert.Equal(Start + Minute, Fail(stats, FailureReason.RateLimit, Start).CooldownUntil);
        // An end of zero does not replace a note of ours.
        stats = Fail(UsageStats.None, FailureReason.RateLimit, Start) with { CooldownUntil = 0 };
        Assert.Equal(Start + (6 * Minute), Fail(stats, FailureReason.RateLimit, Start + Minute).CooldownUntil);
    }

    [Fact]
    public void The_count_stays_where_no_number_is_larger()
    {
        var stats = new UsageStats { ErrorCount = int.MaxValue, FailureCounts = new Dictionary<string, int> { ["auth"] = int.MaxValue } };
        UsageStats next = Fail(stats, FailureReason.Auth, Start);
        Assert.Equal((int.MaxValue, int.MaxValue), (next.ErrorCount, next.FailureCounts["auth"]));
    }

    [Fact]
    public void A_success_does_not_speak_for_the_wait_of_a_missing_model_that_began_after_its_call_and_lasts()
    {
        UsageStats stats = Miss(UsageStats.None, "m1", Start);
        var older = new CallMark("m1", Start - 1);
        Assert.Equal(stats with { LastUsed = Start + 1 }, Cooldown.Succeed(stats, older, Start + 1));
        Assert.Equal(0, Cooldown.Succeed(stats, older, Start + Minute).ErrorCount);
        // Another model's wait that is over does not end it.
        UsageStats two = stats with { ModelWaits = new Dictionary<string, ModelWait>(stats.ModelWaits) { ["m2"] = new("model_not_found", new WaitWindow(Start - Hour, Start - 1, 1)) } };
        Assert.Equal(two with { LastUsed = Start + 1 }, Cooldown.Succeed(two, older, Start + 1));
    }

    [Fact]
    public void A_clearing_leaves_the_reason_of_what_a_person_disabled_alone()
    {
        UsageStats cleared = Cooldown.Clear(Fail(UsageStats.None, FailureReason.Billing, Start), includingDisabledByUser: false);
        Assert.Equal((null, null), (cleared.DisabledUntil, cleared.DisabledReason));
        var disabled = new UsageStats { DisabledUntil = UsageStats.DisabledForGood, DisabledReason = UsageStats.ManualReason };
        Assert.True(Cooldown.Clear(disabled, includingDisabledByUser: false) is { IsDisabledByUser: true, DisabledReason: UsageStats.ManualReason });
        Assert.True(Cooldown.Clear(disabled, includingDisabledByUser: true) is { IsDisabledByUser: false, DisabledReason: null });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("m1")]
    public void A_success_does_not_enable_what_a_person_disabled(string? model)
    {
        var disabled = new UsageStats { DisabledUntil = UsageStats.DisabledForGood, DisabledReason = UsageStats.ManualReason };
        Assert.True(Cooldown.Succeed(disabled, new CallMark(model, null), Start).IsDisabledByUser);
    }

    [Fact]
    public void While_the_account_waits_a_failure_is_its_newest_reason_and_a_missing_model_is_none()
    {
        UsageStats stats = Miss(Fail(UsageStats.None, FailureReason.Auth, Start), "m1", Start + 1);
        Assert.Equal(("auth", Start + Minute), (stats.CooldownReason, stats.CooldownUntil));
        Assert.Empty(stats.ModelWaits);
        stats = Fail(stats, FailureReason.Timeout, Start + 2);
        Assert.Equal(("timeout", Start + Minute), (stats.CooldownReason, stats.CooldownUntil));
    }

    /// <summary>A peer that knows when the subscription is whole again need not write a short wait beside it.</summary>
    [Fact]
    public void What_waits_for_a_stated_reset_waits_for_nothing_else()
    {
        var stats = new UsageStats { BlockedUntil = Start + Hour };
        Assert.Null(Fail(stats, FailureReason.RateLimit, Start).CooldownUntil);
        Assert.Equal(Start + Hour + Minute, Fail(stats, FailureReason.RateLimit, Start + Hour).CooldownUntil);
    }

    [Fact]
    public void A_model_s_wait_has_one_place()
    {
        UsageStats stats = Limit(Limit(UsageStats.None, "m2", Start), "m1", Start);
        Assert.Equal(("m2", "m1"), (stats.CooldownModel, Assert.Single(stats.ModelWaits).Key));
        stats = Limit(stats, "m1", Start + Minute);
        Assert.Equal(("m1", Start + (6 * Minute)), (stats.CooldownModel, stats.CooldownUntil));
        Assert.Empty(stats.ModelWaits);
    }

    [Fact]
    public void A_model_that_makes_room_for_the_account_keeps_its_wait()
    {
        UsageStats stats = Fail(Limit(UsageStats.None, "m1", Start), FailureReason.Auth, Start + 1000);
        Assert.Equal(("auth", null, Start + 1000 + Minute), (stats.CooldownReason, stats.CooldownModel, stats.CooldownUntil));
        Assert.Equal(new ModelWait("rate_limit", new WaitWindow(Start, Start + Minute, 1)), stats.ModelWaits["m1"]);
        // A peer's, of which nothing tells when it began; its clock is a little ahead.
        foreach (long? failed in new long?[] { null, Start + 30_000 })
        {
            var theirs = new UsageStats { ErrorCount = 1, LastFailureAt = failed, CooldownUntil = Start + 30_000, CooldownReason = "rate_limit", CooldownModel = "m1" };
            Assert.Equal(new WaitWindow(Start, Start + 30_000, 1), Fail(theirs, FailureReason.Auth, Start).ModelWaits["m1"].Window);
        }
    }

    [Fact]
    public void At_its_end_a_wait_of_another_model_keeps_nothing()
    {
        Assert.Equal(0, Cooldown.Succeed(Limit(UsageStats.None, "m1", Start), new CallMark("m2", null), Start + Minute).ErrorCount);
        Assert.Equal(1, Cooldown.Succeed(Limit(UsageStats.None, "m1", Start), new CallMark("m2", null), Start + Minute - 1).ErrorCount);
        Assert.Equal(0, Cooldown.Succeed(Miss(UsageStats.None, "m1", Start), new CallMark("m2", null), Start + Minute).ErrorCount);
        Assert.Equal(1, Cooldown.Succeed(Miss(UsageStats.None, "m1", Start), new CallMark("m2", null), Start + Minute - 1).ErrorCount);
    }

    [Fact]
    public void An_answer_of_a_model_ends_the_ladder_of_the_account_and_not_that_of_another_model()
    {
        UsageStats stats = Fail(Limit(UsageStats.None, "m1", Start), FailureReason.Billing, Start);
        UsageStats after = Cooldown.Succeed(stats, new CallMark("m2", null), Start + 1);
        Assert.Equal((null, Start + Minute, "m1"), (after.DisabledUntil, after.CooldownUntil, after.CooldownModel));
        Assert.Equal(new WaitWindow(Start, Start + Minute, 1), Assert.Single(after.Windows).Value);
        Assert.Equal("rate_limit", Assert.Single(after.FailureCounts).Key);
    }

    /// <summary>Where somebody set a short time to forget, a wait that is over in that time is not climbed from.</summary>
    [Fact]
    public void What_is_long_ago_ends_a_ladder_as_soon_as_its_wait_ends()
    {
        CooldownSettings settings = CooldownSettings.Default with { FailureWindow = TimeSpan.FromSeconds(30) };
        var billing = new RecordedFailure(FailureReason.Billing, "anthropic", null, null);
        UsageStats stats = Cooldown.Fail(Cooldown.Fail(UsageStats.None, billing, Start, settings), billing, Start + (5 * Hour), settings);
        Assert.Equal((1, Start + (10 * Hour)), (stats.ErrorCount, stats.DisabledUntil));
        var missing = new RecordedFailure(FailureReason.ModelNotFound, "anthropic", "m1", null);
        stats = Cooldown.Fail(Cooldown.Fail(UsageStats.None, missing, Start, settings), missing, Start + Minute, settings);
        Assert.Equal(Start + (2 * Minute), stats.WaitEnd("m1"));
    }

    /// <summary>An answer to a call from before the wait is written down as a use and does not break the ladder.</summary>
    [Fact]
    public void A_long_wait_is_climbed_from_though_the_profile_was_used_after_its_begin()
    {
        UsageStats stats = Fail(Fail(UsageStats.None, FailureReason.Billing, Start), FailureReason.Billing, Start + (5 * Hour));
        stats = Cooldown.Succeed(stats, new CallMark(null, Start), Start + (5 * Hour) + 1);
        stats = Fail(stats, FailureReason.Billing, Start + (13 * Hour));
        Assert.Equal(Start + (15 * Hour), stats.DisabledUntil);
        Assert.Equal(Start + (35 * Hour), Fail(stats, FailureReason.Billing, Start + (15 * Hour)).DisabledUntil);
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(1, 2)]
    public void A_note_whose_wait_a_peer_dropped_counts_unless_the_profile_worked_since_its_begin(long usedAfter, long minutes)
    {
        UsageStats stats = Fail(UsageStats.None, FailureReason.RateLimit, Start) with { CooldownUntil = null, LastUsed = Start + usedAfter };
        Assert.Equal(Start + (minutes * Minute), Fail(stats, FailureReason.RateLimit, Start + Minute).CooldownUntil);
    }

    [Theory]
    [InlineData(FailureReason.RateLimit, 1)]
    [InlineData(FailureReason.Billing, 5 * 60)]
    public void A_note_whose_wait_a_peer_replaced_does_not_count_even_where_nothing_tells_when_that_began(FailureReason reason, long minutes)
    {
        UsageStats stats = Fail(UsageStats.None, reason, Start);
        long end = stats.UnusableUntil!.Value + 1000;
        stats = stats with { LastFailureAt = null, FailureCounts = new Dictionary<string, int>(), CooldownUntil = stats.CooldownUntil is null ? null : end, DisabledUntil = stats.DisabledUntil is null ? null : end };
        Assert.Equal(end + (minutes * Minute), Fail(stats, reason, end).UnusableUntil);
    }

    /// <summary>A short wait and a long one that end together are two.</summary>
    [Fact]
    public void A_peer_s_short_wait_is_told_from_a_long_one_of_the_same_end()
    {
        long end = Start + Hour;
        UsageStats stats = Cooldown.Fail(Fail(UsageStats.None, FailureReason.RateLimit, Start), new RecordedFailure(FailureReason.Billing, "anthropic", null, new StatedReset(end, false)), Start + 1, CooldownSettings.Default);
        stats = stats with { CooldownUntil = end, CooldownReason = "rate_limit", CooldownModel = "m1", LastFailureAt = end - (5 * Minute) };
        Assert.Equal(new WaitWindow(end - (5 * Minute), end, 2), Fail(stats, FailureReason.Auth, end - Minute).ModelWaits["m1"].Window);
    }

    /// <summary>A long wait for which another reason came keeps its place on the ladder that it began on.</summary>
    [Fact]
    public void A_long_wait_whose_reason_changed_is_one_wait()
    {
        UsageStats stats = Fail(Fail(UsageStats.None, FailureReason.Billing, Start), FailureReason.AuthPermanent, Start + 1);
        Assert.Equal(("auth_permanent", Start + (5 * Hour)), (stats.DisabledReason, stats.DisabledUntil));
        Assert.Equal("billing", Assert.Single(Cooldown.Expire(stats, Start + 2, CooldownSettings.Default).Windows).Key);
    }

    [Fact]
    public void The_step_of_a_peer_s_wait_is_the_first_that_is_no_shorter_and_at_most_the_eleventh()
    {
        Assert.Equal([1, 2, 2, 3, 11], new[] { Minute, Minute + 1, 5 * Minute, 25 * Minute, long.MaxValue }.Select(length => CooldownSettings.Default.StepOf(FailureReason.RateLimit, length)));
        Assert.Equal([1, 2, 3], new[] { 5 * Hour, 10 * Hour, 20 * Hour }.Select(length => CooldownSettings.Default.StepOf(FailureReason.Billing, length)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(11, 1024)]
    [InlineData(12, 1024)]
    [InlineData(1000, 1024)]
    [InlineData(0, 1)]
    public void A_wait_doubles_ten_times(int step, int minutes)
        => Assert.Equal(TimeSpan.FromMinutes(minutes), CooldownSettings.Doubled(TimeSpan.FromMinutes(1), TimeSpan.FromDays(366), step));

    [Fact]
    public void The_ladder_may_stand_elsewhere_than_the_other_settings()
    {
        using JsonDocument document = JsonDocument.Parse("""{ "ladder": [2, 4], "cooldowns": { "billingBackoffHours": 2 } }""");
        CooldownSettings settings = CooldownSettings.Read(null, document.RootElement.GetProperty("ladder"));
        Assert.Equal([TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4)], settings.Ladder);
        Assert.Equal(CooldownSettings.Default.Billing, settings.Billing);
        Assert.Equal((TimeSpan.FromHours(2), CooldownSettings.Default.Ladder), (CooldownSettings.Read(document.RootElement.GetProperty("cooldowns"), null).Billing, CooldownSettings.Read(document.RootElement.GetProperty("cooldowns"), null).Ladder));
        Assert.Same(CooldownSettings.Default, CooldownSettings.Read(null, null));
    }

    private static UsageStats Fail(UsageStats stats, FailureReason reason, long now) => Fail(stats, reason, null, now);

    private static UsageStats Limit(UsageStats stats, string model, long now) => Fail(stats, FailureReason.RateLimit, model, now);

    private static UsageStats Miss(UsageStats stats, string model, long now) => Fail(stats, FailureReason.ModelNotFound, model, now);

    private static UsageStats Fail(UsageStats stats, FailureReason reason, string? model, long now)
        => Cooldown.Fail(stats, new RecordedFailure(reason, "anthropic", model, null), now, CooldownSettings.Default);
}
