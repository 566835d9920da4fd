using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>With which profile a session goes on.</summary>
public sealed class SessionStickinessTests
{
    private static readonly string[] All = ["p:a", "p:b", "p:c"];

    [Theory]
    // A new session, or one that was compacted, goes on with the next that need not wait, and with the first behind the last.
    [InlineData("p:a", "", "new", "p:b")]
    [InlineData("p:b", "", "new", "p:c")]
    [InlineData("p:c", "", "new", "p:a")]
    [InlineData("p:a", "", "compacted", "p:b")]
    [InlineData("p:c", "", "compacted", "p:a")]
    [InlineData("p:a", "p:b", "new", "p:c")]
    [InlineData("p:b", "p:c", "new", "p:a")]
    [InlineData("p:b", "p:a p:c", "new", "p:b")]
    [InlineData("p:b", "p:a p:b p:c", "new", "p:b")]
    // Else it stays, until it has to wait.
    [InlineData("p:b", "", "same", "p:b")]
    [InlineData("p:b", "p:b", "same", "p:a")]
    [InlineData("p:a", "p:a p:b", "same", "p:c")]
    [InlineData("p:c", "p:a p:b p:c", "same", "p:a")]
    // Without one so far, or with one that is gone, the first that need not wait.
    [InlineData(null, "", "same", "p:a")]
    [InlineData(null, "p:a", "same", "p:b")]
    [InlineData(null, "p:a p:b p:c", "same", "p:a")]
    [InlineData(null, "p:a", "new", "p:b")]
    [InlineData("p:z", "", "new", "p:a")]
    [InlineData("p:z", "", "compacted", "p:a")]
    public void An_automatic_pin(string? current, string waiting, string turn, string expected)
    {
        SessionPin? pin = current is null ? null : new SessionPin("s", "p", current, SessionPinSource.Auto) { CompactionCount = 1 };
        SessionPin? next = Decide(pin, waiting.Split(' '), new SessionTurn("s") { IsNew = turn == "new", CompactionCount = turn == "compacted" ? 2 : null });
        Assert.Equal((expected, SessionPinSource.Auto), (next!.ProfileId, next.Source));
    }

    [Fact]
    public void A_pin_to_which_nothing_happened_is_the_same_one()
    {
        var pin = new SessionPin("s", "p", "p:b", SessionPinSource.Auto) { CompactionCount = 2, UpdatedAt = DateTimeOffset.UnixEpoch };
        Assert.Same(pin, Decide(pin, [], new SessionTurn("s")));
        Assert.Same(pin, Decide(pin, [], new SessionTurn("s") { CompactionCount = 2 }));
        // A count that went back is written down: the next one is told from it.
        Assert.Equal((1, "p:b"), (Decide(pin, [], new SessionTurn("s") { CompactionCount = 1 })!.CompactionCount, Decide(pin, [], new SessionTurn("s") { CompactionCount = 1 })!.ProfileId));
        Assert.Equal(0, Decide(null, [], new SessionTurn("s"))!.CompactionCount);
    }

    [Fact]
    public void A_person_s_pin_stays_until_the_session_starts_anew()
    {
        var pin = new SessionPin("s", "p", "p:b", SessionPinSource.User);
        Assert.Same(pin, Decide(pin, ["p:b"], new SessionTurn("s") { CompactionCount = 7 }));
        SessionPin next = Decide(pin, ["p:a", "p:c"], new SessionTurn("s") { IsNew = true })!;
        Assert.Equal(("p:b", SessionPinSource.Auto), (next.ProfileId, next.Source));
        Assert.Equal("p:a", Decide(pin with { ProfileId = "p:z" }, [], new SessionTurn("s"))!.ProfileId);
    }

    [Fact]
    public void Where_nothing_can_serve_there_is_no_pin()
        => Assert.Null(SessionStickiness.Decide(new SessionPin("s", "p", "p:a", SessionPinSource.Auto), new ResolvedOrder("p", OrderSource.Stored, [], null, []), Store([]), new SessionTurn("s")));

    private static SessionPin? Decide(SessionPin? pin, IReadOnlyList<string> waiting, SessionTurn turn)
    {
        // Waits do not move a profile here: the order is one that a person gave.
        List<OrderCandidate> candidates = [.. All.Select((id, index) => new OrderCandidate(id, ReasonCodes.Ok, waiting.Contains(id) ? "cooldown" : null, null, index + 1))];
        return SessionStickiness.Decide(pin, new ResolvedOrder("p", OrderSource.Stored, All, null, candidates), Store(All), turn);
    }

    private static AuthStore Store(IEnumerable<string> ids) => new([.. ids.Select(id => new StoredProfile(id, new ApiKeyCredential("p", Secret.Of("key"))))]);
}
