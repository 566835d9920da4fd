using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Where the home is, as the peers find it.</summary>
public sealed class HomeDirectoryTests
{
    private const string TermuxPrefix = "/data/data/com.termux/files/usr";

    [Theory]
    [InlineData("/h", "/u", "/h")]
    [InlineData(" /h ", "/u", "/h")]
    [InlineData(null, "/u", "/u")]
    [InlineData("", "/u", "/u")]
    [InlineData("undefined", "/u", "/u")]
    [InlineData("null", "/u", "/u")]
    [InlineData(null, null, "/data/data/com.termux/files/home")]
    public void The_first_that_says_something_counts(string? home, string? profile, string expected)
        => Assert.Equal(expected + "/.openclaw", Root(Host(("HOME", home), ("USERPROFILE", profile), ("PREFIX", TermuxPrefix), ("ANDROID_DATA", "/data"))));

    [Theory]
    [InlineData(TermuxPrefix, null)]
    [InlineData("/usr", "/data")]
    [InlineData(null, "/data")]
    public void A_phone_is_told_by_both_of_its_marks(string? prefix, string? data)
        => Assert.Equal("/system/.openclaw", Root(Host(("PREFIX", prefix), ("ANDROID_DATA", data))));

    [Theory]
    [InlineData("/own", "/own")]
    [InlineData("~", "/h")]
    [InlineData("~/own", "/h/own")]
    [InlineData("~other", "/work/~other")]
    [InlineData("own", "/work/own")]
    [InlineData("o/wn", "/work/o/wn")]
    public void The_products_own_goes_before_all(string configured, string expected)
    {
        FakeHost host = Host(("HOME", "/h"), ("OPENCLAW_HOME", configured));
        Assert.Equal(expected + "/.openclaw", Root(host));
        Assert.Equal(expected + "/s", Root(host, "~/s"));
    }

    [Fact]
    public void Where_nothing_tells_it_is_the_current_directory()
    {
        FakeHost host = Host();
        host.UserHomeDirectory = string.Empty;
        Assert.Equal("/work/.openclaw", Root(host));
        Assert.Equal("/work/s", Root(host, "~/s"));
        host.Set("OPENCLAW_HOME", "~/own");
        Assert.Equal("/work/.openclaw", Root(host));
    }

    private static string Root(FakeHost host, string? path = null) => StateDirectory.Find(Product.OpenClaw, path, host).Root;

    private static FakeHost Host(params (string Name, string? Value)[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of other systems.");
        var host = new FakeHost { UserHomeDirectory = "/system", CurrentDirectory = "/work" };
        foreach ((string name, string? value) in variables) host.Set(name, value);
        return host;
    }
}
