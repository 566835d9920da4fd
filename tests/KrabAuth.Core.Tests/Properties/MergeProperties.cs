using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.Conformance;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>What holds of every pair of stores when an agent's own is laid over main's.</summary>
public sealed class MergeProperties
{
    [Fact]
    public void Every_profile_of_either_is_there_once_and_the_agents_own_wins() => Holds((main, own, merged) =>
    {
        Assert.Equal(
            main.Profiles.Concat(own.Profiles).Select(profile => profile.Id).ToHashSet(),
            merged.Profiles.Select(profile => profile.Id).ToHashSet());
        Assert.Equal(merged.Profiles.Count, merged.Profiles.DistinctBy(profile => profile.Id).Count());
        Assert.All(merged.Profiles, profile =>
        {
            AuthStore source = own.TryGet(profile.Id, out _) ? own : main;
            Assert.True(source.TryGet(profile.Id, out StoredProfile? original));
            Assert.Same(original.Credential, profile.Credential);
            Assert.Equal(source == main, profile.IsInherited);
        });
    });

    [Fact]
    public void Nothing_but_an_order_that_names_others_too_refers_to_a_profile_that_is_in_neither() => Holds((_, _, merged) =>
    {
        Assert.All(merged.Order.Values, ids => Assert.True(ids.Count == 0 || ids.Any(id => merged.TryGet(id, out _))));
        Assert.All(merged.LastGood.Values, id => Assert.True(merged.TryGet(id, out _)));
        Assert.All(merged.UsageStats.Keys, id => Assert.True(merged.TryGet(id, out _)));
    });

    [Fact]
    public void An_order_of_the_agent_replaces_that_of_main() => Holds((main, own, merged) =>
        Assert.All(own.Order, entry =>
        {
            bool counts = entry.Value.Count == 0 || entry.Value.Any(id => merged.TryGet(id, out StoredProfile? _));
            Assert.Equal(entry.Value, (counts ? merged.Order : merged.LostOrder)[entry.Key]);
            // Main's, in whatever spelling, is out of the way.
            Assert.DoesNotContain(merged.Order.Keys.Except(own.Order.Keys), key => ProviderId.Same(key, entry.Key));
        }));

    [Fact]
    public void Over_nothing_a_store_stays_what_it_is_but_for_dead_references() => Holds((main, _, _) =>
    {
        JsonObject once = StoreJson.Write(AuthStore.Merge(main, AuthStore.Empty));
        Assert.True(JsonNode.DeepEquals(once, StoreJson.Write(AuthStore.Merge(AuthStore.Empty, main))));
        Assert.True(JsonNode.DeepEquals(once["profiles"], StoreJson.Write(main)["profiles"]));
    });

    [Fact]
    public void What_was_merged_is_clean_merging_it_again_drops_nothing_more() => Holds((_, _, merged) =>
        Assert.True(JsonNode.DeepEquals(StoreJson.Write(merged), StoreJson.Write(AuthStore.Merge(AuthStore.Empty, merged)))));

    private static void Holds(Action<AuthStore, AuthStore, AuthStore> property) => Property.Holds(Generators.StorePairs, pair =>
    {
        AuthStore main = Generators.Read(pair.Main);
        AuthStore own = Generators.Read(pair.Own);
        property(main, own, AuthStore.Merge(main, own));
    });
}
