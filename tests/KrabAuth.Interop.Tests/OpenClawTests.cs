using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>A gateway and KrabAuth that find the same token expired: one of them renews it, and both use what came of it.</summary>
public sealed class OpenClawTests : IClassFixture<OpenIdServer>, IClassFixture<OpenClaw>
{
    private const int Rounds = 4;
    private const int Each = 4;

    private readonly OpenIdServer _server;
    private readonly OpenClaw _openClaw;

    public OpenClawTests(OpenIdServer server, OpenClaw openClaw)
    {
        openClaw.Require();
        (_server, _openClaw) = (server, openClaw);
    }

    [Fact]
    public async Task Its_processes_and_ours_renew_one_profile_with_one_request()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using var home = new TempHome(_server, "openai-codex");
            string id = await home.WriteExpiredAsync(_server);
            ServerStats before = await _server.StatsAsync();
            List<Session> sessions = [];
            try
            {
                for (int i = 0; i < Each; i++)
                {
                    sessions.Add(Theirs(home, id));
                    sessions.Add(Session.Krabauth(home, "models", "auth", "token", "--profile-id", id));
                }
                Outcome[] outcomes = await Task.WhenAll(sessions.Select(session => session.FinishAsync()));
                string token = Assert.Single(outcomes.Select(outcome => outcome.Succeeded().Trim()).Distinct());
                Assert.Equal((string?)home.Profile(id)["access"], token);
                Assert.Equal("alice", await _server.OwnerAsync(OpenClaw.Unwrap(token)));
            }
            finally
            {
                sessions.ForEach(session => session.Dispose());
            }
            ServerStats after = await _server.StatsAsync();
            Assert.Equal((1, 1, 0), (after.Requests - before.Requests, after.Refreshed - before.Refreshed, after.ReuseDetected - before.ReuseDetected));
            home.AssertWhole(isAtRest: true);
        }
    }

    [Fact]
    public async Task What_one_renewed_the_other_renews_next()
    {
        using var home = new TempHome(_server, "openai-codex");
        string id = await home.WriteExpiredAsync(_server);
        for (int turn = 0; turn < 4; turn++)
        {
            using Session session = turn % 2 == 0 ? Theirs(home, id) : Session.Krabauth(home, "models", "auth", "token", "--profile-id", id);
            Assert.Equal("alice", await _server.OwnerAsync(OpenClaw.Unwrap((await session.FinishAsync()).Succeeded().Trim())));
            home.Expire(id);
        }
        Assert.Equal(0, (await _server.StatsAsync()).ReuseDetected);
    }

    private Session Theirs(TempHome home, string id) => _openClaw.StartRedirected(home, _server, "alice", "token", OpenClaw.Modules, Path.GetDirectoryName(home.StorePath)!, id);
}
