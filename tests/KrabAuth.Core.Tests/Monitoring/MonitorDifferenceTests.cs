using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Monitoring;

/// <summary>What is news, from two snapshots alone.</summary>
public sealed class MonitorDifferenceTests
{
    private static readonly AuthCheck Fine = Profile(AuthCheckResult.Passed, AuthStatus.Ok);
    private static readonly AuthCheck Ending = Profile(AuthCheckResult.Warning, AuthStatus.Expiring);
    private static readonly AuthCheck Ended = Profile(AuthCheckResult.Failed, AuthStatus.Expired);
    private static readonly AuthCheck Empty = Profile(AuthCheckResult.Failed, AuthStatus.Missing);

    [Fact]
    public void A_profile_is_news_at_each_step_and_when_it_is_well_again()
    {
        Assert.Equal(MonitorEvent.Warning, Single([Fine], [Ending]));
        Assert.Equal(MonitorEvent.Failed, Single([Ending], [Ended]));
        Assert.Equal(MonitorEvent.Failed, Single([Ended], [Empty]));
        Assert.Equal(MonitorEvent.Recovered, Single([Ended], [Fine]));
        Assert.Equal(MonitorEvent.Removed, Single([Ended], []));
    }

    [Fact]
    public void What_stays_as_it_was_is_no_news()
    {
        Assert.Empty(News([Ended], [Ended]));
        Assert.Empty(News([Fine], []));
        // An access token that ends and is renewed by itself is fine all the while.
        Assert.Empty(News([Fine], [Fine with { Status = AuthStatus.Expired, Reason = "refreshable" }]));
    }

    [Fact]
    public void At_the_first_run_what_is_fine_is_learnt_in_silence()
    {
        var difference = MonitorDifference.Between([], [Fine, Ended with { ProfileId = "openai:b" }]);
        Assert.Equal(["openai:b"], difference.News.Select(change => change.Target));
        Assert.Equal(["openai:a"], difference.Silent.Select(change => change.Target));
    }

    [Fact]
    public void A_provider_is_told_where_no_profile_says_the_same()
    {
        AuthCheck missing = Provider(AuthCheckResult.Failed, AuthStatus.Missing);
        AuthCheck well = Provider(AuthCheckResult.Passed, AuthStatus.Ok);
        Assert.Equal(["openai"], News([], [missing]).Select(change => change.Target));
        Assert.Equal(["openai"], News([missing], [Fine, well]).Select(change => change.Target));
        Assert.Equal(["openai:a"], News([Fine, well], [Ended, missing]).Select(change => change.Target));
        Assert.Equal(["openai:a"], News([Ended, missing], [Fine, well]).Select(change => change.Target));
        Assert.Equal(["openai:a"], News([Ended, missing], [well]).Select(change => change.Target));
    }

    [Fact]
    public void When_one_of_two_failing_profiles_is_mended_the_provider_is_not_told_anew()
    {
        AuthCheck other = Empty with { ProfileId = "openai:b" };
        IReadOnlyList<MonitorChange> news = News(
            [Ended, other, Provider(AuthCheckResult.Failed, AuthStatus.Expired)],
            [Fine, other, Provider(AuthCheckResult.Failed, AuthStatus.Missing)]);
        Assert.Equal(["openai:a is fine again; it was: expired."], news.Select(change => change.Message));
    }

    [Fact]
    public void After_everything_was_remembered_nothing_is_new()
    {
        Gen<AuthCheck> check =
            from result in Gen.Elements(Enum.GetValues<AuthCheckResult>())
            from status in Gen.Elements(Enum.GetValues<AuthStatus>())
            from provider in Gen.Elements("openai", "groq")
            from name in Gen.Elements("a", "b", null)
            select Check(name is null ? AuthCheckKind.Provider : AuthCheckKind.Profile, provider, name is null ? null : $"{provider}:{name}", result, status);
        Gen<List<AuthCheck>> checks = Gen.ListOf(check).Select(list => list.DistinctBy(one => (one.Kind, one.Target)).ToList());
        Properties.Property.Holds(Arb.From(from before in checks from now in checks select (before, now)), pair =>
        {
            (List<AuthCheck> before, List<AuthCheck> now) = pair;
            List<MonitoredState> known = [.. before.Select(MonitoredState.Of)];
            var difference = MonitorDifference.Between(known, now);
            foreach (MonitorChange change in difference.News.Concat(difference.Silent))
            {
                Assert.Equal(1, known.RemoveAll(state => (state.Kind, state.Target) == (change.Kind, change.Target)) + (change.Before is null ? 1 : 0));
                if (change.Check is not null) known.Add(MonitoredState.Of(change.Check));
            }
            Assert.Equal(now.Select(MonitoredState.Of).ToHashSet(), known.ToHashSet());
            var again = MonitorDifference.Between(known, now);
            Assert.Empty(again.News);
            Assert.Empty(again.Silent);
        });
    }

    private static MonitorEvent Single(AuthCheck[] before, AuthCheck[] now) => Assert.Single(News(before, now)).Event;

    private static IReadOnlyList<MonitorChange> News(AuthCheck[] before, AuthCheck[] now) => MonitorDifference.Between([.. before.Select(MonitoredState.Of)], now).News;

    private static AuthCheck Profile(AuthCheckResult result, AuthStatus status) => Check(AuthCheckKind.Profile, "openai", "openai:a", result, status);

    private static AuthCheck Provider(AuthCheckResult result, AuthStatus status) => Check(AuthCheckKind.Provider, "openai", null, result, status);

    private static AuthCheck Check(AuthCheckKind kind, string provider, string? id, AuthCheckResult result, AuthStatus status) => new()
    {
        Kind = kind,
        Provider = provider,
        ProfileId = id,
        Result = result,
        Status = status,
        Reason = MonitorFile.Word(status),
        Agent = "main",
        Product = Product.OpenClaw,
        StateDirectory = "/state",
    };
}
