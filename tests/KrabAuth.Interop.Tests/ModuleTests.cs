using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>The module signs in to a certified server, renews and revokes.</summary>
public sealed class ModuleTests : IClassFixture<OpenIdServer>, IDisposable
{
    private const string Id = "test:alice@example.com";

    private readonly OpenIdServer _server;
    private readonly TempHome _home;

    public ModuleTests(Node node, OpenIdServer server)
    {
        node.Require();
        PowerShellSession.Require();
        _server = server;
        _home = new TempHome(server);
    }

    public void Dispose() => _home?.Dispose();

    [Fact]
    public async Task Signs_in_through_the_browser_uses_renews_and_revokes()
    {
        using Session session = PowerShellSession.Start(_home, """
            $profile = Connect-KrabProvider test -NoBrowser @at
            "profile $($profile.ProfileId) $($profile.Type) $($profile.Email)"
            "token $(Get-KrabAuthToken -ProfileId $profile.ProfileId -AsPlainText @at)"
            $null = [Console]::In.ReadLine()
            "renewed $((Update-KrabAuthToken $profile.ProfileId @at).ProfileId)"
            "token $(Get-KrabAuthToken test -AsPlainText @at)"
            $null = [Console]::In.ReadLine()
            Disconnect-KrabProvider $profile.ProfileId -Confirm:$false @at | ForEach-Object { "revoked $($_.Revoked)" }
            """);
        await VisitAsync(session, "alice");
        Assert.Equal($"profile {Id} OAuth alice@example.com", await session.LineAsync(line => line.StartsWith("profile ", StringComparison.Ordinal)));
        string first = await TokenAsync(session);
        Assert.Equal("alice", await _server.OwnerAsync(first));
        Assert.Equal(first, (string?)_home.Profile(Id)["access"]);
        ServerStats before = await _server.StatsAsync();
        await session.WriteAsync("\n");
        Assert.Equal($"renewed {Id}", await session.LineAsync(line => line.StartsWith("renewed ", StringComparison.Ordinal)));
        string second = await TokenAsync(session);
        Assert.NotEqual(first, second);
        Assert.Equal("alice", await _server.OwnerAsync(second));
        Assert.Equal(before.Refreshed + 1, (await _server.StatsAsync()).Refreshed);
        await session.WriteAsync("\n");
        Assert.Contains("revoked True", (await session.FinishAsync()).Succeeded(), StringComparison.Ordinal);
        Assert.Null(await _server.OwnerAsync(second));
        Assert.Empty(_home.ProfileIds());
    }

    [Fact]
    public async Task Signs_in_on_another_device_a_second_account_and_the_first_again()
    {
        using Session session = PowerShellSession.Start(_home, """
            (Connect-KrabProvider test -UseDeviceCode -ProfileId work @at).ProfileId
            (Connect-KrabProvider test -NoBrowser @at).ProfileId
            (Connect-KrabProvider test -NoBrowser @at).ProfileId
            """);
        foreach (string account in new[] { "alice", "bob", "alice" }) await VisitAsync(session, account);
        (await session.FinishAsync()).Succeeded();
        Assert.Equal(["test:work", "test:bob@example.com"], _home.ProfileIds());
        Assert.Equal("alice", (string?)_home.Profile("test:work")["accountId"]);
        foreach ((string id, string account) in new[] { ("test:work", "alice"), ("test:bob@example.com", "bob") })
        {
            Assert.Equal(account, await _server.OwnerAsync((string)_home.Profile(id)["access"]!));
        }
    }

    [Fact]
    public async Task Takes_a_pasted_answer_in_each_form()
    {
        string[] forms = ["address", "code#state", "query", "code"];
        using Session session = PowerShellSession.StartOnTerminal(_home, """
            foreach ($name in 'p0', 'p1', 'p2', 'p3') { "profile $((Connect-KrabProvider test -NoBrowser -ProfileId $name @at).ProfileId)" }
            """);
        for (int number = 0; number < forms.Length; number++)
        {
            using var browser = new TestBrowser($"person{number}");
            Uri redirect = await browser.AuthorizeAsync(await session.AddressAsync());
            await session.WriteAsync(Pasted.Form(redirect, forms[number]) + "\r");
            await session.LineAsync(line => line.Contains($"profile test:p{number}", StringComparison.Ordinal));
        }
        (await session.FinishAsync()).Succeeded();
        for (int number = 0; number < forms.Length; number++)
        {
            JsonObject profile = _home.Profile($"test:p{number}");
            Assert.Equal($"person{number}@example.com", (string?)profile["email"]);
            Assert.Equal($"person{number}", await _server.OwnerAsync((string)profile["access"]!));
        }
    }

    [Fact]
    public async Task Says_sign_in_again_where_nothing_else_helps()
    {
        string id = await _home.WriteExpiredAsync(_server);
        string old = File.ReadAllText(_home.StorePath);
        (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded();
        File.WriteAllText(_home.StorePath, old);
        using Session session = PowerShellSession.Start(_home, $$"""
            try { Get-KrabAuthToken -ProfileId {{id}} @at } catch { "id $($_.FullyQualifiedErrorId)"; "next $($_.ErrorDetails.RecommendedAction)" }
            """);
        string output = (await session.FinishAsync()).Succeeded();
        Assert.Contains("id SignInNeeded,", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^next .*Connect-KrabProvider test", output);
    }

    private static async Task VisitAsync(Session session, string account)
    {
        using var browser = new TestBrowser(account);
        await browser.VisitAsync(await session.AddressAsync());
    }

    private static async Task<string> TokenAsync(Session session) => (await session.LineAsync(line => line.StartsWith("token ", StringComparison.Ordinal)))["token ".Length..];
}
