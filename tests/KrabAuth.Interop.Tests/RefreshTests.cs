using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>However many ask at once for a token that has expired, the server is asked once, and its reuse detection stays silent.</summary>
public sealed class RefreshTests : IClassFixture<OpenIdServer>, IDisposable
{
    private readonly OpenIdServer _server;
    private readonly TempHome _home;

    public RefreshTests(Node node, OpenIdServer server)
    {
        node.Require();
        _server = server;
        _home = new TempHome(server);
    }

    public void Dispose() => _home?.Dispose();

    [Fact]
    public async Task Sixty_four_processes_make_one_request_and_get_one_token()
    {
        string id = await _home.WriteExpiredAsync(_server);
        ServerStats before = await _server.StatsAsync();
        List<Session> sessions = [.. Enumerable.Range(0, 64).Select(_ => Session.Krabauth(_home, "models", "auth", "token", "--profile-id", id))];
        try
        {
            Outcome[] outcomes = await Task.WhenAll(sessions.Select(session => session.FinishAsync()));
            string token = Assert.Single(outcomes.Select(outcome => outcome.Succeeded().Trim()).Distinct());
            await AssertOneRequestAsync(before, token);
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    [Fact]
    public async Task Two_hundred_threads_of_one_process_make_one_request_and_get_one_token()
    {
        string id = await _home.WriteExpiredAsync(_server);
        ServerStats before = await _server.StatsAsync();
        using Session worker = Session.Worker(_home, "tokens", _home.StateDirectory, id, "200");
        string[] tokens = (await worker.FinishAsync()).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(200, tokens.Length);
        await AssertOneRequestAsync(before, Assert.Single(tokens.Distinct()));
    }

    [Fact]
    public async Task Who_asks_while_the_server_is_slow_waits_for_its_answer()
    {
        string id = await _home.WriteExpiredAsync(_server);
        ServerStats before = await _server.StatsAsync();
        int asked = await _server.SeenAsync("answer");
        await _server.CloseAsync("answer");
        using Session first = Session.Krabauth(_home, "models", "auth", "token", "--profile-id", id);
        await _server.ArrivalAsync("answer", asked + 1);
        using Session second = Session.Krabauth(_home, "models", "auth", "token", "--profile-id", id);
        using Session third = Session.Krabauth(_home, "models", "auth", "refresh", id);
        await _server.OpenAsync("answer");
        string token = (await first.FinishAsync()).Succeeded().Trim();
        string other = (await second.FinishAsync()).Succeeded().Trim();
        (await third.FinishAsync()).Succeeded();
        // Who insists may come before the second, which then has what is in the store at the end.
        Assert.Contains(other, new[] { token, (string)_home.Profile(id)["access"]! });
        ServerStats after = await _server.StatsAsync();
        // Who insists on a new token may have begun after the first had its own.
        Assert.InRange(after.Refreshes - before.Refreshes, 1, 2);
        Assert.Equal(before.ReuseDetected, after.ReuseDetected);
    }

    [Fact]
    public async Task A_token_that_never_had_a_minute_is_used_for_half_of_its_life()
    {
        string id = await _home.WriteExpiredAsync(_server);
        await _server.SetLifeAsync(55);
        try
        {
            ServerStats before = await _server.StatsAsync();
            string token = (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded().Trim();
            Assert.Equal(token, (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded().Trim());
            await AssertOneRequestAsync(before, token);
        }
        finally
        {
            await _server.SetLifeAsync(3600);
        }
    }

    [Fact]
    public async Task A_token_that_the_server_knows_to_be_used_up_is_sent_once_and_never_again()
    {
        string id = await _home.WriteExpiredAsync(_server);
        string stolen = _home.StorePath + ".copy";
        File.Copy(_home.StorePath, stolen);
        (await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id])).Succeeded();
        File.Copy(stolen, _home.StorePath, overwrite: true);
        ServerStats before = await _server.StatsAsync();
        for (int round = 0; round < 3; round++)
        {
            Outcome outcome = await Session.RunAsync(_home, ["models", "auth", "token", "--profile-id", id]);
            Assert.Equal((1, string.Empty), (outcome.ExitCode, outcome.Output));
            Assert.Contains("models auth login --provider test", outcome.Error, StringComparison.Ordinal);
        }
        ServerStats after = await _server.StatsAsync();
        Assert.Equal((1, 1), (after.Refreshes - before.Refreshes, after.ReuseDetected - before.ReuseDetected));
    }

    private async Task AssertOneRequestAsync(ServerStats before, string token)
    {
        ServerStats after = await _server.StatsAsync();
        Assert.Equal((1, 1, 0), (after.Refreshes - before.Refreshes, after.Refreshed - before.Refreshed, after.ReuseDetected - before.ReuseDetected));
        Assert.Equal("alice", await _server.OwnerAsync(token));
        Assert.Equal(token, (string?)_home.Profile("test:alice")["access"]);
        _home.AssertWhole(isAtRest: true);
    }
}
