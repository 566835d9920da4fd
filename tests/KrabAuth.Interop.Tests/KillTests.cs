using System.Diagnostics;
using System.Globalization;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>
/// A process that is killed while it renews: the next use works, or, where the server had used the token up already, an error says
/// that only signing in again helps. Nothing is lost without a word.
/// </summary>
public sealed class KillTests : IClassFixture<OpenIdServer>
{
    private readonly OpenIdServer _server;

    public KillTests(Node node, OpenIdServer server)
    {
        node.Require();
        _server = server;
    }

    /// <summary>When the process dies, in the order of a refresh.</summary>
    private enum Moment
    {
        BeforeTheRequest,
        RequestLost,
        RequestOnItsWay,
        AnswerOnItsWay,
        AfterTheAnswer,
    }

    /// <summary>KRABAUTH_TEST_KILLS raises the number for a long run.</summary>
    [Fact]
    public async Task After_a_kill_the_next_use_works_or_says_sign_in_again()
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("KRABAUTH_TEST_KILLS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : 15;
        var random = new Random(20261121);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        bool signedInAgain = false;
        for (int kill = 0; kill < kills; kill++)
        {
            var moment = (Moment)(kill % 5);
            using var home = new TempHome(_server);
            string id = await home.WriteExpiredAsync(_server);
            int before = (await _server.StatsAsync()).Refreshed;
            await KillAsync(home, id, moment, random);
            bool usedUp = (await _server.StatsAsync()).Refreshed > before;
            home.AssertWhole(isAtRest: false);

            bool works = await UseAsync(home, id, usedUp);
            // A token that was saved before the kill is read without a lock; what the dead process left goes at the next write.
            (await Session.RunAsync(home, ["models", "auth", "order", "set", "--provider", "openrouter", "openrouter:two", "openrouter:one"])).Succeeded();
            home.AssertWhole(isAtRest: true);
            if (!works && !signedInAgain) await SignInAgainAsync(home, id);
            signedInAgain |= !works;
            string key = $"{moment}, {(works ? "works" : "sign in again")}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(Environment.NewLine, counts.Select(count => $"{count.Key}: {count.Value}")));
        // The server must have been made to lose an answer, or the test has shown nothing.
        Assert.Contains("AnswerOnItsWay, sign in again", counts.Keys);
        Assert.Contains("RequestLost, works", counts.Keys);
    }

    private async Task KillAsync(TempHome home, string id, Moment moment, Random random)
    {
        string gate = moment switch
        {
            Moment.BeforeTheRequest => "discovery",
            Moment.RequestLost or Moment.RequestOnItsWay => "request",
            Moment.AnswerOnItsWay => "answer",
            _ => "answered",
        };
        bool isStopped = moment != Moment.AfterTheAnswer;
        int seen = await _server.SeenAsync(gate);
        if (isStopped) await _server.CloseAsync(gate);
        using Session session = Session.Krabauth(home, "models", "auth", "token", "--profile-id", id);
        await _server.ArrivalAsync(gate, seen + 1);
        // The answer is out: the process reads it, writes it, prints it, and dies somewhere between.
        if (!isStopped) SpinFor(TimeSpan.FromMicroseconds(random.Next(0, 150_000)));
        await session.KillAsync();
        int answers = await _server.SeenAsync("answer");
        if (isStopped) await _server.OpenAsync(gate, drop: moment is Moment.BeforeTheRequest or Moment.RequestLost);
        // A request that was under way goes on without the process that sent it.
        if (moment == Moment.RequestOnItsWay) await _server.ArrivalAsync("answer", answers + 1);
    }

    /// <summary>Whether the next use works; if not, the server must have had a reason, and the error must say what helps.</summary>
    private async Task<bool> UseAsync(TempHome home, string id, bool usedUp)
    {
        Outcome next = await Session.RunAsync(home, ["models", "auth", "token", "--profile-id", id]);
        if (next.ExitCode == 0)
        {
            Assert.Equal("alice", await _server.OwnerAsync(next.Output.Trim()));
            return true;
        }
        Assert.True(usedUp, next.Error);
        Assert.Contains("Only signing in again helps.", next.Error, StringComparison.Ordinal);
        Assert.Contains("models auth login --provider test", next.Error, StringComparison.Ordinal);
        return false;
    }

    private async Task SignInAgainAsync(TempHome home, string id)
    {
        using Session session = Session.Krabauth(home, "models", "auth", "login", "--provider", "test", "--no-browser");
        using var browser = new TestBrowser("alice");
        await browser.VisitAsync(await session.AddressAsync());
        (await session.FinishAsync()).Succeeded();
        Assert.True(await UseAsync(home, id, usedUp: false));
    }

    private static void SpinFor(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
        }
    }
}
