using System.Text.Json;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>The numbers of waiting.</summary>
public sealed class CooldownTests
{
    private const long Start = FrozenClock.VectorNow;
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    [Fact]
    public void Short_waits_are_of_1_5_25_and_60_minutes_while_failures_follow_soon()
        => Assert.Equal([1, 5, 25, 60, 60, 60], Lengths(FailureReason.RateLimit, 6).Select(length => length / Minute));

    [Fact]
    public void An_account_without_credit_waits_5_10_20_and_24_hours()
        => Assert.Equal([5, 10, 20, 24], Lengths(FailureReason.Billing, 4).Select(length => length / Hour));

    [Fact]
    public void A_credential_that_was_shut_down_waits_10_20_40_and_60_minutes()
        => Assert.Equal([10, 20, 40, 60, 60], Lengths(FailureReason.AuthPermanent, 5).Select(length => length / Minute));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(59_999, 5)]
    [InlineData(60_000, 1)]
    public void Soon_is_sooner_than_the_wait_was_long(long after, long minutes)
    {
        UsageStats stats = Fail(UsageStats.None, FailureReason.RateLimit, Start);
        long now = Start + Minute + after;
        Assert.Equal(minutes * Minute, Fail(stats, FailureReason.RateLimit, now).CooldownUntil - now);
    }

    [Fact]
    public void A_burst_counts_as_one_step()
    {
        UsageStats stats = Fail(UsageStats.None, FailureReason.RateLimit, Start);
        for (int i = 1; i < 15; i++) stats = Fail(stats, FailureReason.RateLimit, Start + (i * 1000));
        Assert.Equal((15, Start + Minute), (stats.ErrorCount, stats.CooldownUntil));
        long now = Start + Minute;
        Assert.Equal(5 * Minute, Fail(stats, FailureReason.RateLimit, now).CooldownUntil - now);
    }

    [Fact]
    public void A_day_after_the_last_failure_all_is_forgotten()
    {
        UsageStats stats = UsageStats.None;
        foreach (int hours in new[] { 0, 5, 15 }) stats = Fail(stats, FailureReason.Billing, Start + (hours * Hour));
        Assert.Equal((3, 3, Start + (35 * Hour)), (stats.ErrorCount, stats.FailureCounts["billing"], stats.DisabledUntil));
        long last = Start + (39 * Hour);
        Assert.Equal((4, 24 * Hour), Result(Fail(stats, FailureReason.Billing, last), last));
        Assert.Equal((1, 5 * Hour), Result(Fail(stats, FailureReason.Billing, last + 1), last + 1));

        static (int, long?) Result(UsageStats stats, long now) => (stats.ErrorCount, stats.DisabledUntil - now);
    }

    [Fact]
    public void A_success_and_a_clearing_begin_anew()
    {
        UsageStats high = Fail(Fail(UsageStats.None, FailureReason.RateLimit, Start), FailureReason.RateLimit, Start + Minute);
        long now = Start + (6 * Minute);
        Assert.Equal(25 * Minute, Fail(high, FailureReason.RateLimit, now).CooldownUntil - now);
        Assert.Equal(Minute, Fail(Cooldown.Succeed(high, CallMark.None, now), FailureReason.RateLimit, now).CooldownUntil - now);
        Assert.Equal(Minute, Fail(Cooldown.Clear(high, includingDisabledByUser: false), FailureReason.RateLimit, now).CooldownUntil - now);
    }

    [Fact]
    public void A_success_does_not_speak_for_a_wait_that_began_after_its_call_or_for_another_model()
    {
        var limit = new RecordedFailure(FailureReason.RateLimit, "anthropic", "opus", null);
        UsageStats stats = Cooldown.Fail(UsageStats.None, limit, Start, CooldownSettings.Default);
        Assert.Equal(stats with { LastUsed = Start + 1 }, Cooldown.Succeed(stats, new CallMark("haiku", Start + 1), Start + 1));
        Assert.Equal(stats with { LastUsed = Start + 1 }, Cooldown.Succeed(stats, new CallMark("opus", Start - 1), Start + 1));
        Assert.Null(Cooldown.Succeed(stats, new CallMark("opus", Start + 1), Start + 2).CooldownUntil);
        Assert.Null(Cooldown.Succeed(stats, CallMark.None, Start + 1).CooldownUntil);
    }

    [Fact]
    public void A_success_of_one_model_ends_its_own_wait_and_the_account_s_and_leaves_those_of_others()
    {
        UsageStats stats = Limit(Limit(UsageStats.None, "opus"), "haiku");
        UsageStats after = Cooldown.Succeed(stats, new CallMark("haiku", Start + 1), Start + 1);
        Assert.Equal((Start + Minute, null, Start + 1), (after.WaitEnd("opus"), after.WaitEnd("haiku"), after.LastUsed));
        after = Cooldown.Succeed(stats, new CallMark("opus", Start + 1), Start + 1);
        Assert.Equal((null, Start + Minute, null), (after.WaitEnd("opus"), after.WaitEnd("haiku"), after.CooldownUntil));
        after = Cooldown.Succeed(Fail(stats, FailureReason.Auth, Start), new CallMark("sonnet", Start + 1), Start + 1);
        Assert.Equal((null, Start + Minute, 3), (after.WaitEnd("sonnet"), after.WaitEnd("opus"), after.ErrorCount));
        Assert.False(Cooldown.Succeed(stats, CallMark.None, Start + 1).HasFailed);

        static UsageStats Limit(UsageStats stats, string model) => Cooldown.Fail(stats, new RecordedFailure(FailureReason.RateLimit, "anthropic", model, null), Start, CooldownSettings.Default);
    }

    [Fact]
    public void A_stated_time_is_the_wait_and_takes_no_step()
    {
        UsageStats stats = Fail(UsageStats.None, FailureReason.RateLimit, Start, stated: Start + 7000);
        Assert.Equal(Start + 7000, stats.CooldownUntil);
        Assert.Equal(Start + 7000, Fail(stats, FailureReason.RateLimit, Start + 1, stated: Start + Hour).CooldownUntil);
        Assert.Equal(Start + 8000 + Minute, Fail(stats, FailureReason.RateLimit, Start + 8000).CooldownUntil);
        Assert.Equal(Start + Minute, Fail(UsageStats.None, FailureReason.RateLimit, Start, stated: Start).CooldownUntil);
    }

    [Fact]
    public void A_limit_of_a_subscription_is_written_as_peers_write_it_and_as_older_ones_read_it()
    {
        var failure = new RecordedFailure(FailureReason.RateLimit, "openai-codex", "gpt-5", new StatedReset(Start + Hour, IsSubscription: true));
        UsageStats stats = Cooldown.Fail(UsageStats.None, failure, Start, CooldownSettings.Default);
        Assert.Equal((Start + Hour, "subscription_limit", "codex_rate_limits", "gpt-5"), (stats.BlockedUntil, stats.BlockedReason, stats.BlockedSource, stats.BlockedModel));
        Assert.Equal((Start + Hour, "rate_limit", null), (stats.CooldownUntil, stats.CooldownReason, stats.CooldownModel));
        Assert.True(stats.IsWaiting(Start, "gpt-4"));
        UsageStats over = Cooldown.Expire(stats, Start + Hour, CooldownSettings.Default);
        Assert.Equal((null, null, null, null), (over.BlockedUntil, over.BlockedReason, over.BlockedSource, over.BlockedModel));
        Assert.Null(Cooldown.Fail(UsageStats.None, failure with { Provider = "anthropic" }, Start, CooldownSettings.Default).BlockedUntil);
    }

    [Fact]
    public void What_a_peer_wrote_climbs_as_far_as_it_tells()
    {
        // A peer's five minutes, which ended a minute ago; and a day that an account was without credit.
        var stats = new UsageStats { ErrorCount = 2, FailureCounts = new Dictionary<string, int> { ["rate_limit"] = 2 }, LastFailureAt = Start - (6 * Minute), CooldownUntil = Start - Minute, CooldownReason = "rate_limit" };
        Assert.Equal((3, 25 * Minute), (Fail(stats, FailureReason.RateLimit, Start).ErrorCount, Fail(stats, FailureReason.RateLimit, Start).CooldownUntil - Start));
        stats = new UsageStats { ErrorCount = 1, FailureCounts = new Dictionary<string, int> { ["billing"] = 1 }, LastFailureAt = Start - (6 * Hour), DisabledUntil = Start - Hour, DisabledReason = "billing" };
        Assert.Equal(10 * Hour, Fail(stats, FailureReason.Billing, Start).DisabledUntil - Start);
    }

    [Fact]
    public void A_note_that_a_peer_left_behind_does_not_count()
    {
        UsageStats ours = Fail(Fail(UsageStats.None, FailureReason.RateLimit, Start), FailureReason.RateLimit, Start + Minute);
        // The peer recorded a success and then a failure of its own, a minute long, and kept our note.
        UsageStats theirs = ours with { ErrorCount = 1, LastFailureAt = Start + Hour, CooldownUntil = Start + Hour + Minute };
        long now = Start + Hour + Minute + 1;
        Assert.Equal(5 * Minute, Fail(theirs, FailureReason.RateLimit, now).CooldownUntil - now);
        Assert.Equal(Minute, Fail(ours with { ErrorCount = 0, CooldownUntil = null }, FailureReason.RateLimit, now).CooldownUntil - now);
    }

    [Fact]
    public void Settings_are_read_where_they_make_sense()
    {
        CooldownSettings settings = Read("""
            {
              "billingBackoffHours": 2, "billingBackoffHoursByProvider": { "Z.AI": 0.5, "openai": -1 }, "billingMaxHours": 6, "authPermanentBackoffMinutes": 3, "authPermanentMaxMinutes": 4,
              "failureWindowHours": 1, "backoffMinutes": [0.5, 2], "overloadedProfileRotations": 2, "overloadedBackoffMs": 100, "rateLimitedProfileRotations": 3
            }
            """);
        Assert.Equal([2, 4, 6, 6], Steps(settings, FailureReason.Billing, "anthropic", 4).Select(wait => wait.TotalHours));
        Assert.Equal([0.5, 1, 2, 4, 6], Steps(settings, FailureReason.Billing, "zai", 5).Select(wait => wait.TotalHours));
        Assert.Equal(2, settings.Wait(FailureReason.Billing, "openai", 1).TotalHours);
        Assert.Equal([3, 4], Steps(settings, FailureReason.AuthPermanent, "openai", 2).Select(wait => wait.TotalMinutes));
        Assert.Equal([0.5, 2, 2], Steps(settings, FailureReason.RateLimit, "openai", 3).Select(wait => wait.TotalMinutes));
        Assert.Equal(1, settings.FailureWindow.TotalHours);
        Assert.Equal([3, 3], Steps(Read("""{ "backoffMinutes": 3 }"""), FailureReason.Unknown, "p", 2).Select(wait => wait.TotalMinutes));
    }

    [Theory]
    [InlineData("""{ "billingBackoffHours": 0, "billingMaxHours": "24", "failureWindowHours": -1, "backoffMinutes": [] }""")]
    [InlineData("""{ "billingBackoffHours": null, "billingBackoffHoursByProvider": [], "authPermanentBackoffMinutes": {}, "backoffMinutes": [1, 0, 5] }""")]
    [InlineData("""{ "authPermanentMaxMinutes": 1e999, "backoffMinutes": "1,5" }""")]
    [InlineData("{}")]
    public void Settings_that_make_no_sense_are_absent(string json)
    {
        CooldownSettings settings = Read(json);
        foreach (FailureReason reason in new[] { FailureReason.Billing, FailureReason.AuthPermanent, FailureReason.Timeout })
        {
            Assert.Equal(Steps(CooldownSettings.Default, reason, "p", 6), Steps(settings, reason, "p", 6));
        }
        Assert.Equal(CooldownSettings.Default.FailureWindow, settings.FailureWindow);
    }

    [Fact]
    public void A_minute_is_the_shortest_disable_and_no_first_wait_is_longer_than_the_longest()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), Read("""{ "authPermanentBackoffMinutes": 0.01, "authPermanentMaxMinutes": 0.02 }""").Wait(FailureReason.AuthPermanent, "p", 3));
        Assert.Equal(TimeSpan.FromHours(30), Read("""{ "billingBackoffHours": 30 }""").Wait(FailureReason.Billing, "p", 1));
        Assert.Equal(TimeSpan.FromDays(366), Read("""{ "billingBackoffHours": 1e300 }""").Wait(FailureReason.Billing, "p", 1));
    }

    private static IEnumerable<long> Lengths(FailureReason reason, int count)
    {
        UsageStats stats = UsageStats.None;
        long now = Start;
        for (int i = 0; i < count; i++)
        {
            stats = Fail(stats, reason, now);
            long until = stats.UnusableUntil!.Value;
            yield return until - now;
            now = until;
        }
    }

    private static IEnumerable<TimeSpan> Steps(CooldownSettings settings, FailureReason reason, string provider, int count)
        => Enumerable.Range(1, count).Select(step => settings.Wait(reason, provider, step));

    private static UsageStats Fail(UsageStats stats, FailureReason reason, long now, long? stated = null)
        => Cooldown.Fail(stats, new RecordedFailure(reason, "anthropic", null, stated is { } until ? new StatedReset(until, false) : null), now, CooldownSettings.Default);

    private static CooldownSettings Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return CooldownSettings.Read(document.RootElement, document.RootElement.TryGetProperty("backoffMinutes", out JsonElement ladder) ? ladder : null);
    }
}
