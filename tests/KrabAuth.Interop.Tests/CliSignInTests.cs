using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>The command line signs in to a certified server, renews and revokes.</summary>
public sealed class CliSignInTests : IClassFixture<OpenIdServer>, IDisposable
{
    private readonly OpenIdServer _server;
    private readonly TempHome _home;

    public CliSignInTests(Node node, OpenIdServer server)
    {
        node.Require();
        _server = server;
        _home = new TempHome(server);
    }

    public void Dispose() => _home?.Dispose();

    [Fact]
    public async Task Through_the_browser()
    {
        Outcome outcome = await SignInAsync("alice");
        Assert.Contains("Auth profile: test:alice@example.com (test/oauth)", outcome.Succeeded(), StringComparison.Ordinal);
        await AssertSignedInAsync("test:alice@example.com", "alice");
    }

    [Fact]
    public async Task Through_the_browser_while_nobody_writes_to_an_open_standard_input()
    {
        using Session session = Session.Krabauth(_home, "models", "auth", "login", "--provider", "test", "--no-browser");
        using var browser = new TestBrowser("alice");
        Assert.Contains("alice@example.com", await browser.VisitAsync(await session.AddressAsync()), StringComparison.Ordinal);
        (await session.FinishAsync()).Succeeded();
        await AssertSignedInAsync("test:alice@example.com", "alice");
    }

    [Theory]
    [InlineData("address")]
    [InlineData("code#state")]
    [InlineData("query")]
    [InlineData("code")]
    public async Task By_pasting(string form)
    {
        using Session session = Session.Krabauth(_home, "models", "auth", "login", "--provider", "test", "--no-browser");
        using var browser = new TestBrowser("alice");
        Uri redirect = await browser.AuthorizeAsync(await session.AddressAsync());
        (await session.FinishAsync(Pasted.Form(redirect, form) + "\n")).Succeeded();
        await AssertSignedInAsync("test:alice@example.com", "alice");
    }

    [Fact]
    public async Task A_pasted_answer_of_another_sign_in_is_refused_and_the_right_one_still_taken()
    {
        using Session session = Session.Krabauth(_home, "models", "auth", "login", "--provider", "test", "--no-browser");
        using var browser = new TestBrowser("alice");
        Uri redirect = await browser.AuthorizeAsync(await session.AddressAsync());
        await session.WriteAsync($"{TestBrowser.Parameter(redirect, "code")}#another-state\n");
        Outcome outcome = await session.FinishAsync(redirect.AbsoluteUri + "\n");
        outcome.Succeeded();
        Assert.Contains("State mismatch", outcome.Error, StringComparison.Ordinal);
        await AssertSignedInAsync("test:alice@example.com", "alice");
    }

    [Fact]
    public async Task On_another_device()
    {
        int before = (await _server.StatsAsync()).DeviceGrants;
        using Session session = Session.Krabauth(_home, "models", "auth", "login", "--provider", "test", "--device-code");
        using var browser = new TestBrowser("alice");
        await browser.VisitAsync(await session.AddressAsync());
        Outcome outcome = await session.FinishAsync();
        outcome.Succeeded();
        Assert.Contains("Never type a code that somebody sent you", outcome.Output + outcome.Error, StringComparison.Ordinal);
        await AssertSignedInAsync("test:alice@example.com", "alice");
        Assert.Equal(before + 1, (await _server.StatsAsync()).DeviceGrants);
    }

    [Fact]
    public async Task A_person_who_says_no_changes_nothing()
    {
        Outcome outcome = await SignInAsync("nobody");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("access_denied: the person said no", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_home.StorePath));
    }

    [Fact]
    public async Task Two_accounts_stay_two_even_with_one_address()
    {
        foreach (string account in new[] { "alice", "bob", "alice@team" }) (await SignInAsync(account)).Succeeded();
        Assert.Equal(["alice", "bob", "alice@team"], _home.ProfileIds().Select(id => (string?)_home.Profile(id)["accountId"]));
        Assert.Equal(["alice@example.com", "bob@example.com", "alice@example.com"], _home.ProfileIds().Select(id => (string?)_home.Profile(id)["email"]));
        Assert.Equal(["test:alice@example.com", "test:bob@example.com"], _home.ProfileIds().Take(2));
        Assert.StartsWith("test:alice@example.com-", _home.ProfileIds().Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_again_keeps_the_id_that_the_account_has()
    {
        (await SignInAsync("alice", "--profile-id", "work")).Succeeded();
        string first = Refresh("test:work");
        Assert.Contains("Auth profile: test:work ", (await SignInAsync("alice")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(["test:work"], _home.ProfileIds());
        Assert.NotEqual(first, Refresh("test:work"));
    }

    [Fact]
    public async Task Renewing_replaces_both_tokens_and_the_server_sees_no_reuse()
    {
        (await SignInAsync("alice")).Succeeded();
        const string Id = "test:alice@example.com";
        ServerStats before = await _server.StatsAsync();
        for (int round = 0; round < 3; round++)
        {
            JsonObject old = _home.Profile(Id);
            Assert.StartsWith($"Renewed: {Id}, expires ", (await Session.RunAsync(_home, ["models", "auth", "refresh", Id])).Succeeded(), StringComparison.Ordinal);
            Assert.NotEqual((string?)old["refresh"], Refresh(Id));
            Assert.NotEqual((string?)old["access"], (string?)_home.Profile(Id)["access"]);
        }
        await AssertSignedInAsync(Id, "alice");
        ServerStats after = await _server.StatsAsync();
        Assert.Equal((before.Refreshed + 3, before.ReuseDetected), (after.Refreshed, after.ReuseDetected));
    }

    [Fact]
    public async Task Revoking_kills_the_tokens_at_the_server_and_removes_the_profile()
    {
        (await SignInAsync("alice")).Succeeded();
        const string Id = "test:alice@example.com";
        string access = (string)_home.Profile(Id)["access"]!;
        Assert.Equal("alice", await _server.OwnerAsync(access));
        string output = (await Session.RunAsync(_home, ["models", "auth", "logout", Id, "--revoke", "--yes"])).Succeeded();
        Assert.Contains("Its tokens were revoked.", output, StringComparison.Ordinal);
        Assert.Empty(_home.ProfileIds());
        Assert.Null(await _server.OwnerAsync(access));
    }

    private async Task<Outcome> SignInAsync(string account, params string[] more)
    {
        using Session session = Session.Krabauth(_home, ["models", "auth", "login", "--provider", "test", "--no-browser", .. more]);
        using var browser = new TestBrowser(account);
        await browser.VisitAsync(await session.AddressAsync());
        return await session.FinishAsync(string.Empty);
    }

    /// <summary>The store holds the account, and the token that is handed out is that account's by the server's own word.</summary>
    private async Task AssertSignedInAsync(string id, string account)
    {
        JsonObject profile = _home.Profile(id);
        Assert.Equal(("oauth", "test"), ((string?)profile["type"], (string?)profile["provider"]));
        Assert.Equal((account, $"{account}@example.com"), ((string?)profile["accountId"], (string?)profile["email"]));
        Assert.False(string.IsNullOrEmpty((string?)profile["refresh"]));
        Assert.InRange((long)profile["expires"]!, DateTimeOffset.UtcNow.AddMinutes(50).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.AddMinutes(60).ToUnixTimeMilliseconds());
        string token = (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded().Trim();
        Assert.Equal((string?)profile["access"], token);
        Assert.Equal(account, await _server.OwnerAsync(token));
    }

    private string Refresh(string id) => (string)_home.Profile(id)["refresh"]!;
}
