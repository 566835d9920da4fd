using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>What holds of every order, whatever stands in the store and in the configuration.</summary>
public sealed class OrderProperties
{
    private const long Now = FrozenClock.VectorNow;

    [Fact]
    public void The_same_input_gives_the_same_order() => Holds((question, _, _, order) =>
    {
        ResolvedOrder again = Resolve(question, Generators.Read(question.Store), Generators.ReadConfig(question.Config));
        Assert.Equal(order.Order, again.Order);
        Assert.Equal(order.Candidates, again.Candidates);
        Assert.Equal((order.Source, order.Selected), (again.Source, again.Selected));
    });

    [Fact]
    public void An_order_names_eligible_profiles_once_each() => Holds((question, store, config, order) =>
    {
        Assert.Equal(order.Order.Distinct(StringComparer.Ordinal), order.Order);
        Assert.All(order.Order, id => Assert.Equal(ReasonCodes.Ok, Eligibility.Check(store, config, question.Provider, id, Now)));
    });

    [Fact]
    public void Every_profile_of_the_provider_is_accounted_for_once_with_a_reason() => Holds((question, store, _, order) =>
    {
        List<string> candidates = [.. order.Candidates.Select(candidate => candidate.ProfileId)];
        Assert.Equal(candidates.Distinct(StringComparer.Ordinal), candidates);
        Assert.Subset(candidates.ToHashSet(), store.OfProvider(question.Provider).Select(profile => profile.Id).ToHashSet());
        Assert.Equal(order.Order, order.Candidates.Where(candidate => candidate.Rank is not null).OrderBy(candidate => candidate.Rank).Select(candidate => candidate.ProfileId));
        Assert.All(order.Candidates, candidate => Assert.Equal(candidate.Rank is not null, candidate.Eligible));
        Assert.Equal(Enumerable.Range(1, order.Order.Count), order.Candidates.Select(candidate => candidate.Rank).OfType<int>());
    });

    [Fact]
    public void Those_that_wait_come_last_the_first_to_come_back_first() => Holds((question, _, _, order) =>
    {
        List<OrderCandidate> ranked = [.. order.Candidates.Where(candidate => candidate.Rank is not null && candidate.ProfileId != question.Preferred)];
        List<OrderCandidate> waiting = [.. ranked.SkipWhile(candidate => candidate.Kind is null)];
        Assert.All(waiting, candidate => Assert.NotNull(candidate.Kind));
        Assert.Equal(waiting.Select(candidate => candidate.UnusableUntil).Order(), waiting.Select(candidate => candidate.UnusableUntil));
        Assert.All(waiting, candidate => Assert.True(candidate.UnusableUntil > Now));
    });

    [Fact]
    public void The_first_that_can_be_used_now_is_selected() => Holds((_, _, _, order) =>
        Assert.Equal(order.Candidates.FirstOrDefault(candidate => candidate is { Rank: not null, Kind: null })?.ProfileId, order.Selected));

    [Fact]
    public void An_order_that_a_person_made_is_obeyed() => Holds((question, store, config, order) =>
    {
        if (order.Source is not (OrderSource.Stored or OrderSource.Config)) return;
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> orders = order.Source == OrderSource.Stored ? store.Order : config.Order;
        IReadOnlyList<string> authored = orders.First(entry => ProviderId.Same(entry.Key, question.Provider)).Value;
        if (order.Order.Any(id => !authored.Contains(id)))
        {
            // Only where every id of it has gone does something else take its place.
            Assert.All(authored, id => Assert.False(store.TryGet(id, out _)));
            return;
        }
        List<string> available = [.. order.Candidates.Where(candidate => candidate is { Rank: not null, Kind: null } && candidate.ProfileId != question.Preferred).Select(candidate => candidate.ProfileId)];
        Assert.Equal(authored.Distinct(StringComparer.Ordinal).Where(available.Contains), available);
    });

    [Fact]
    public void A_preferred_profile_that_is_in_the_order_is_first() => Holds((question, _, _, order) =>
    {
        if (question.Preferred is not null && order.Order.Contains(question.Preferred)) Assert.Equal(question.Preferred, order.Order[0]);
    });

    [Fact]
    public void Without_an_order_sign_ins_come_before_tokens_and_tokens_before_keys() => Holds((question, store, _, order) =>
    {
        if (order.Source is OrderSource.Stored or OrderSource.Config) return;
        IEnumerable<CredentialType> types = order.Candidates
            .Where(candidate => candidate is { Rank: not null, Kind: null } && candidate.ProfileId != question.Preferred)
            .Select(candidate => store.TryGet(candidate.ProfileId, out StoredProfile? profile) ? profile.Credential.Type : CredentialType.ApiKey);
        Assert.Equal(types.OrderByDescending(type => type), types);
    });

    private static void Holds(Action<OrderCase, AuthStore, AuthConfig, ResolvedOrder> property) => Property.Holds(Generators.OrderCases, question =>
    {
        AuthStore store = Generators.Read(question.Store);
        AuthConfig config = Generators.ReadConfig(question.Config);
        property(question, store, config, Resolve(question, store, config));
    });

    private static ResolvedOrder Resolve(OrderCase question, AuthStore store, AuthConfig config)
        => ProfileOrder.Resolve(store, config, question.Provider, Now, question.Preferred, question.Model);
}
