using KrabAuth.Profiles;

namespace KrabAuth.Core.Tests.Properties;

public sealed class RelativeTimeTests
{
    [Theory]
    [InlineData(0, "now")]
    [InlineData(29, "now")]
    [InlineData(-29, "now")]
    [InlineData(30, "in 1m")]
    [InlineData(-90, "2m ago")]
    [InlineData(3 * 3600, "in 3h")]
    [InlineData(-2 * 86400, "2d ago")]
    [InlineData(-47 * 3600, "47h ago")]
    public void A_distance_is_told_in_one_unit(int seconds, string expected) => Assert.Equal(expected, DurationText.Relative(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_moment_has_its_distance_and_the_ends_of_time_have_none()
    {
        var now = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
        Assert.Equal($"{DurationText.Expiry(now.AddHours(3))} (in 3h)", DurationText.Moment(now.AddHours(3), now));
        Assert.Equal("never", DurationText.Moment(DateTimeOffset.MaxValue, now));
        Assert.Equal("unknown", DurationText.Moment(DateTimeOffset.MinValue, now));
    }
}
