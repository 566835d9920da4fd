using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>KrabAuth and npm's proper-lockfile, with the peers' options, at one store.</summary>
public sealed class LockTests : IClassFixture<OpenIdServer>, IDisposable
{
    private readonly Node _node;
    private readonly OpenIdServer _server;
    private readonly TempHome _home;

    public LockTests(Node node, OpenIdServer server)
    {
        node.Require();
        _node = node;
        _server = server;
        _home = new TempHome(server);
    }

    public void Dispose() => _home?.Dispose();

    [Fact]
    public async Task A_peer_that_holds_the_lock_is_waited_for()
    {
        string id = await _home.WriteExpiredAsync(_server);
        int requests = (await _server.StatsAsync()).Requests;
        using Session peer = Session.Start(_home, _node, "locker.mjs", "hold", _home.StorePath);
        await peer.LineAsync(line => line == "held");
        string before = File.ReadAllText(_home.StorePath);
        Task<string> queued = NextTicketAsync();
        using Session token = Session.Krabauth(_home, "models", "auth", "token", "--profile-id", id);
        await queued;
        Assert.False(token.HasExited);
        Assert.Equal(before, File.ReadAllText(_home.StorePath));
        await peer.WriteAsync("\n");
        JsonNode seen = JsonNode.Parse(await peer.LineAsync(line => line.StartsWith('{')))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), seen));
        Assert.Equal("alice", await _server.OwnerAsync((await token.FinishAsync()).Succeeded().Trim()));
        Assert.Equal(0, (await peer.FinishAsync()).ExitCode);
        Assert.Equal(requests + 1, (await _server.StatsAsync()).Requests);
    }

    [Fact]
    public async Task A_peer_waits_while_a_token_is_renewed_and_then_finds_the_new_one()
    {
        string id = await _home.WriteExpiredAsync(_server);
        int asked = await _server.SeenAsync("answer");
        await _server.CloseAsync("answer");
        using Session token = Session.Krabauth(_home, "models", "auth", "token", "--profile-id", id);
        await _server.ArrivalAsync("answer", asked + 1);
        using Session peer = Session.Start(_home, _node, "locker.mjs", "hold", _home.StorePath);
        await peer.LineAsync(line => line == "busy");
        await _server.OpenAsync("answer");
        string access = (await token.FinishAsync()).Succeeded().Trim();
        await peer.LineAsync(line => line == "held");
        await peer.WriteAsync("\n");
        JsonNode seen = JsonNode.Parse(await peer.LineAsync(line => line.StartsWith('{')))!;
        Assert.Equal(access, (string?)seen["profiles"]![id]!["access"]);
        Assert.Equal(0, (await peer.FinishAsync()).ExitCode);
    }

    [Fact]
    public async Task Four_peers_and_four_of_ours_that_write_at_once_lose_nothing()
    {
        _home.WriteEmptyStore();
        List<Session> writers =
        [
            .. Enumerable.Range(0, 4).Select(number => Session.Start(_home, _node, "locker.mjs", "write", _home.StorePath, $"peer{number}", "50")),
            .. Enumerable.Range(0, 4).Select(number => Session.Worker(_home, _home.StateDirectory, $"ours{number}", "50")),
        ];
        try
        {
            Outcome[] outcomes = await Task.WhenAll(writers.Select(writer => writer.FinishAsync()));
            List<string> told = [.. outcomes.SelectMany(outcome => outcome.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            Assert.Equal(400, told.Count);
            Assert.Equal(told.Order(StringComparer.Ordinal), _home.ProfileIds().Order(StringComparer.Ordinal));
            Assert.False(Path.Exists(_home.StorePath + ".lock"));
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }
    }

    /// <summary>Ends as soon as somebody takes a place in the line for the lock.</summary>
    private async Task<string> NextTicketAsync()
    {
        Directory.CreateDirectory(_home.QueueDirectory);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_home.QueueDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var watcher = new FileSystemWatcher(_home.QueueDirectory, "*.ticket");
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, created) => found.TrySetResult(created.Name!);
        watcher.EnableRaisingEvents = true;
        return await found.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
