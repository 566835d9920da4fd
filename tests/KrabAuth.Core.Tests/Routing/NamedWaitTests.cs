using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Which of several waits is named, and what those that wait have in common.</summary>
public sealed class NamedWaitTests
{
    private const long Now = FrozenClock.VectorNow;

    [Fact]
    public void A_long_wait_comes_before_a_stated_reset_and_that_before_a_short_wait_each_while_it_lasts()
    {
        UsageStats stats = Cooling(Now + 3) with { DisabledUntil = Now + 1, DisabledReason = "billing", BlockedUntil = Now + 2 };
        Assert.Equal(new NamedWait("disabled", "billing", null), NamedWait.Of(stats, Now));
        Assert.Equal(new NamedWait("blocked", "rate_limit", null), NamedWait.Of(stats, Now + 1));
        Assert.Equal(new NamedWait("cooldown", "auth", null), NamedWait.Of(stats, Now + 2));
    }

    [Fact]
    public void A_short_wait_names_its_model_while_it_lasts_and_to_who_asks_for_it_or_for_none()
    {
        UsageStats stats = Cooling(Now + 10, "m1");
        Assert.Equal("m1", NamedWait.Of(stats, Now).Model);
        Assert.Equal("m1", NamedWait.Of(stats, Now, "m1").Model);
        Assert.Null(NamedWait.Of(stats, Now, "m2").Model);
        Assert.Null(NamedWait.Of(stats, Now + 10).Model);
        // Other failures than a limit are the account's, whatever was asked for.
        Assert.Null(NamedWait.Of(stats with { CooldownReason = "auth" }, Now, "m1").Model);
    }

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, null)]
    [InlineData(11, "m1")]
    public void Of_short_waits_that_which_ends_last_is_named_and_else_the_account_s(long end, string? model)
    {
        UsageStats stats = Waiting(Cooling(Now + 10), "m1", "rate_limit", Now + end);
        foreach (string? asked in new[] { "m1", null })
        {
            Assert.Equal(new NamedWait("cooldown", model is null ? "auth" : "rate_limit", model), NamedWait.Of(stats, Now, asked));
        }
    }

    [Fact]
    public void Another_model_s_wait_does_not_hide_that_of_the_one_that_is_asked_for()
    {
        UsageStats stats = Waiting(Cooling(Now + 100, "m1"), "m2", "rate_limit", Now + 50);
        Assert.Equal("m2", NamedWait.Of(stats, Now, "m2").Model);
        Assert.Equal("m1", NamedWait.Of(stats, Now).Model);
        // A model that an account does not have is nobody's wait but its own.
        stats = Waiting(Cooling(Now + 10), "m1", "model_not_found", Now + 50);
        Assert.Equal(new NamedWait("cooldown", "auth", null), NamedWait.Of(stats, Now));
        Assert.Equal(new NamedWait("cooldown", "model_not_found", "m1"), NamedWait.Of(stats, Now, "m1"));
    }

    [Fact]
    public void What_all_wait_for_is_what_lasts_and_not_what_is_over()
    {
        UsageStats disabled = new() { DisabledUntil = Now + 1, DisabledReason = "billing" };
        UsageStats blocked = new() { BlockedUntil = Now + 1 };
        Assert.Equal(FailureReason.Billing, Unavailability.Reason([disabled], Now));
        Assert.Null(Unavailability.Reason([disabled], Now + 1));
        Assert.Equal(FailureReason.RateLimit, Unavailability.Reason([blocked], Now));
        Assert.Null(Unavailability.Reason([blocked], Now + 1));
        // What happens now outweighs what was counted.
        UsageStats counted = Cooling(Now + 1) with { FailureCounts = new Dictionary<string, int> { ["auth"] = 999 } };
        Assert.Equal(FailureReason.RateLimit, Unavailability.Reason([counted, blocked], Now));
        Assert.Equal(FailureReason.Auth, Unavailability.Reason([counted], Now));
    }

    private static UsageStats Cooling(long until, string? model = null) => new() { CooldownUntil = until, CooldownReason = model is null ? "auth" : "rate_limit", CooldownModel = model };

    private static UsageStats Waiting(UsageStats stats, string model, string reason, long until)
        => stats with { ModelWaits = new Dictionary<string, ModelWait> { [model] = new(reason, new WaitWindow(Now - 1, until, 1)) } };
}
