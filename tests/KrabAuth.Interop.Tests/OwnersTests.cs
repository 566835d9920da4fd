using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>
/// A gateway and a Claude Code that refresh their own sign-ins run beside KrabAuth on the same accounts of a server that lets a
/// refresh token work once: nobody is signed out.
/// </summary>
public sealed class OwnersTests : IClassFixture<OpenIdServer>, IClassFixture<OpenClaw>, IDisposable
{
    private const string Claude = "anthropic:claude-cli";
    private const string Gateway = "openai-codex:gateway";

    /// <summary>So short that everybody has to refresh all the time.</summary>
    private const int TokenLife = 2;

    /// <summary>Claude Code refreshes this long before the end, in milliseconds: before KrabAuth does, which waits for half of a short life.</summary>
    private const string ClaudeMargin = "1200";

    /// <summary>Longer than a token lives: the gateway refreshes when it has ended.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    private readonly Node _node;
    private readonly OpenIdServer _server;
    private readonly OpenClaw _openClaw;
    private readonly TempHome _home;

    public OwnersTests(Node node, OpenIdServer server, OpenClaw openClaw)
    {
        openClaw.Require();
        (_node, _server, _openClaw) = (node, server, openClaw);
        _home = new TempHome(server, "anthropic", "openai-codex");
    }

    public void Dispose() => _home?.Dispose();

    private string ClaudeDirectory => Path.Combine(_home.Root, ".claude");

    /// <summary>KRABAUTH_TEST_OWNERS_SECONDS makes it longer.</summary>
    [Fact]
    public async Task Nobody_is_signed_out_and_no_reuse_is_detected()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("KRABAUTH_TEST_OWNERS_SECONDS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 10;
        await _server.SetLifeAsync(TokenLife);
        await SignInAsync();
        ServerStats before = await _server.StatsAsync();
        using Session claude = Session.Start(_home, _node, "claude.mjs", ClaudeDirectory, _server.Issuer, _server.ClientId, ClaudeMargin).For(TimeSpan.FromSeconds(seconds));
        using Session gateway = _openClaw.StartRedirected(_home, _server, "bob", "loop", OpenClaw.Modules, Path.GetDirectoryName(_home.StorePath)!, Gateway).For(TimeSpan.FromSeconds(seconds));
        await claude.LineAsync(line => line == "running");
        await gateway.LineAsync(line => line == "running");
        var time = Stopwatch.StartNew();
        int[] uses = await Task.WhenAll(
            UseAsync(time, seconds, Claude, ["models", "auth", "sync"]),
            UseAsync(time, seconds, Gateway, ["models", "status", "--json"]));
        Peer claudeDid = await EndAsync(claude);
        Peer gatewayDid = await EndAsync(gateway);
        ServerStats after = await _server.StatsAsync();

        int refreshed = after.Refreshed - before.Refreshed;
        int ours = refreshed - claudeDid.Refreshes - gatewayDid.Refreshes;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{time.Elapsed.TotalSeconds:0} s: {refreshed} refreshes, {claudeDid.Refreshes} of Claude Code ({claudeDid.Adopted} taken over), {gatewayDid.Refreshes} of the gateway ({gatewayDid.Uses} uses), {ours} of KrabAuth ({uses.Sum()} calls); reuse {after.ReuseDetected - before.ReuseDetected}, revoked {after.GrantsRevoked - before.GrantsRevoked}");
        Assert.Empty(claudeDid.Errors);
        Assert.Empty(gatewayDid.Errors);
        Assert.Equal((0, 0), (after.ReuseDetected - before.ReuseDetected, after.GrantsRevoked - before.GrantsRevoked));
        Assert.Equal(after.Refreshes - before.Refreshes, refreshed);
        // Each of them must have refreshed, or the test has shown nothing.
        Assert.True(claudeDid.Refreshes > 0 && gatewayDid.Refreshes > 0 && ours > 0);
        await AssertSignedInAsync();
    }

    /// <summary>Two sign-ins: one that the store alone has, one that Claude Code has too.</summary>
    private async Task SignInAsync()
    {
        IssuedGrant shared = await _server.IssueAsync("alice");
        IssuedGrant own = await _server.IssueAsync("bob");
        TempHome.Write(
            Path.Combine(ClaudeDirectory, ".credentials.json"),
            new JsonObject { ["claudeAiOauth"] = new JsonObject { ["accessToken"] = "expired", ["refreshToken"] = shared.Refresh, ["expiresAt"] = 1, ["scopes"] = new JsonArray("user:inference") }, ["mcpOAuth"] = new JsonObject() }.ToJsonString());
        TempHome.Write(
            _home.StorePath,
            new JsonObject { ["version"] = 1, ["profiles"] = new JsonObject { [Gateway] = new JsonObject { ["type"] = "oauth", ["provider"] = "openai-codex", ["access"] = "expired", ["refresh"] = own.Refresh, ["expires"] = 1, ["accountId"] = "bob" } } }.ToJsonString());
        (await Session.RunAsync(_home, ["models", "auth", "sync", "--tool", "claude"])).Succeeded();
    }

    /// <summary>Uses and renews a profile at a pace that leaves the others their turn, and lets another command run all the time.</summary>
    private async Task<int> UseAsync(Stopwatch time, int seconds, string id, string[] meanwhile)
    {
        string[][] acts = [["models", "auth", "refresh", id], ["models", "auth", "token", "--profile-id", id]];
        int uses = 0;
        int turn = 0;
        for (TimeSpan next = TimeSpan.Zero; time.Elapsed.TotalSeconds < seconds; uses++)
        {
            bool isDue = time.Elapsed >= next;
            if (isDue) next = time.Elapsed + Pace;
            (await Session.RunAsync(_home, isDue ? acts[turn++ % acts.Length] : meanwhile)).Succeeded();
        }
        return uses;
    }

    private static async Task<Peer> EndAsync(Session peer)
    {
        string[] lines = (await peer.FinishAsync(string.Empty)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return JsonSerializer.Deserialize<Peer>(lines[^1], JsonSerializerOptions.Web)!;
    }

    /// <summary>Both owners hold the same, nothing was left behind, and the server still takes it.</summary>
    private async Task AssertSignedInAsync()
    {
        foreach ((string id, string account) in new[] { (Claude, "alice"), (Gateway, "bob") })
        {
            string token = (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded().Trim();
            Assert.Equal(account, await _server.OwnerAsync(OpenClaw.Unwrap(token)));
        }
        JsonObject file = JsonNode.Parse(File.ReadAllText(Path.Combine(ClaudeDirectory, ".credentials.json")))!.AsObject();
        Assert.Equal((string?)file["claudeAiOauth"]!["refreshToken"], (string?)_home.Profile(Claude)["refresh"]);
        Assert.NotNull(file["mcpOAuth"]);
        Assert.Equal([".credentials.json"], Directory.EnumerateFileSystemEntries(ClaudeDirectory).Select(Path.GetFileName));
        Assert.False(Path.Exists(ClaudeDirectory + ".lock"));
    }

    /// <summary>What a peer says at its end.</summary>
    private sealed record Peer(int Refreshes, int Adopted, int Uses, string[] Errors);
}
