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

    /// <summary>What a product is called on disk and in the environment, and what earlier versions called it, first things first.</summary>
    [Theory]
    [InlineData(Product.KrabKrab, ".krabkrab", "", "KRABKRAB krabkrab", "krabkrab.json")]
    [InlineData(Product.OpenClaw, ".openclaw", ".clawdbot .moltbot .moldbot", "OPENCLAW", "openclaw.json clawdbot.json moltbot.json moldbot.json")]
    [InlineData(Product.Moltbot, ".clawdbot", ".moltbot", "CLAWDBOT", "moltbot.json clawdbot.json")]
    [InlineData(Product.Clawdbot, ".clawdbot", "", "CLAWDBOT", "clawdbot.json moltbot.json")]
    public void Each_product_has_its_names(Product product, string directory, string legacy, string prefixes, string configs)
    {
        ProductLayout layout = ProductLayout.Of(product);
        Assert.Equal(
            (product, $"{product}", directory, legacy, prefixes, configs),
            (layout.Product, layout.Name, layout.DirectoryName, string.Join(' ', layout.LegacyDirectoryNames), string.Join(' ', layout.VariablePrefixes), string.Join(' ', layout.ConfigFileNames)));
        Assert.Equal(product, ProductLayout.Parse($" {product} ".ToUpperInvariant()));
    }

    [Fact]
    public void Variables_put_the_configuration_the_old_sign_ins_and_the_agent_elsewhere()
    {
        StateDirectory usual = StateDirectory.Find(Product.OpenClaw, "/s", Host());
        Assert.Equal(("/s/openclaw.json", "/s/credentials", null), (usual.ConfigPath, usual.OAuthDirectory, usual.AgentDirectoryOverride));
        FakeHost host = Host(("HOME", "/h"), ("OPENCLAW_CONFIG_PATH", "~/c.json"), ("OPENCLAW_OAUTH_DIR", "/o"), ("PI_CODING_AGENT_DIR", "/pi"));
        var state = StateDirectory.Find(Product.OpenClaw, "/s", host);
        Assert.Equal(("/h/c.json", "/o", "/pi"), (state.ConfigPath, state.OAuthDirectory, state.AgentDirectoryOverride));
        host.Set("OPENCLAW_AGENT_DIR", "/own");
        Assert.Equal("/own", state.AgentDirectoryOverride);
    }

    [Fact]
    public void A_configuration_under_an_old_name_is_used_where_there_is_none_under_the_new()
    {
        using var temp = new TempState();
        string old = temp.Write("moltbot.json", "{}");
        var state = StateDirectory.Find(Product.OpenClaw, temp.Root, temp.Host);
        Assert.Equal(old, state.ConfigPath);
        Assert.Equal(temp.Write("openclaw.json", "{}"), state.ConfigPath);
    }

    [Fact]
    public void A_directory_under_an_old_name_is_used_where_there_is_none_under_the_new()
    {
        using var temp = new TempState();
        FakeHost host = temp.Host.Set("HOME", temp.Home);
        Assert.Equal(Path.Combine(temp.Home, ".openclaw"), Root(host));
        foreach (string name in new[] { ".moldbot", ".moltbot", ".clawdbot", ".openclaw" })
        {
            string directory = Directory.CreateDirectory(Path.Combine(temp.Home, name)).FullName;
            Assert.Equal(directory, Root(host));
        }
    }

    [Fact]
    public void A_variable_puts_the_state_elsewhere_and_a_path_that_was_given_goes_before_it()
    {
        FakeHost host = Host(("HOME", "/h"), ("OPENCLAW_STATE_DIR", "~/s"), ("KRABKRAB_STATE_DIR", "/k"));
        Assert.Equal("/h/s", Root(host));
        Assert.Equal("/given", Root(host, "/given"));
    }

    [Theory]
    [InlineData("1", "OPENCLAW_AUTH_STORE_READONLY", "OPENCLAW_NIX_MODE")]
    [InlineData(" 1 ", "OPENCLAW_AUTH_STORE_READONLY", "OPENCLAW_NIX_MODE")]
    [InlineData("0", null, null)]
    [InlineData("true", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void What_is_managed_elsewhere_is_told_by_a_one(string? value, string? readOnly, string? managed)
    {
        StateDirectory state = StateDirectory.Find(Product.OpenClaw, "/s", Host(("OPENCLAW_AUTH_STORE_READONLY", value), ("OPENCLAW_NIX_MODE", value)));
        Assert.Equal((readOnly, managed), (state.ReadOnlyVariable, state.ManagedVariable));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".openclaw")]
    [InlineData("open claw")]
    public void A_name_of_no_product_is_none(string? name)
    {
        Assert.False(ProductLayout.TryParse(name, out Product product));
        Assert.Equal(default, product);
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
