using System.Text.Json.Nodes;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Changes of the texts of a store: what comes out of them, letter by letter.</summary>
public sealed class AuthStoreEditorTests
{
    // The member is free where nothing is said in it.
    [Theory]
    [InlineData("""{"a":1,"old":"k","b":2}""", """{"a":1,"new":"k","b":2}""", true)]
    [InlineData("""{"a":1,"old":"k","new":""}""", """{"a":1,"new":"k"}""", true)]
    [InlineData("""{"new":"  ","old":"k","b":2}""", """{"new":"k","b":2}""", true)]
    [InlineData("""{"new":null,"old":"k"}""", """{"new":"k"}""", true)]
    [InlineData("""{"new":"x","old":"k"}""", null, false)]
    [InlineData("""{"new":5,"old":"k"}""", null, false)]
    [InlineData("""{"a":1}""", null, false)]
    [InlineData("""["old"]""", null, false)]
    public void A_member_is_renamed_where_the_name_is_free(string entry, string? after, bool isRenamed)
    {
        var root = new JsonObject { ["profiles"] = new JsonObject { ["p:a"] = JsonNode.Parse(entry) } };
        Assert.Equal(isRenamed, new AuthStoreEditor(root, null).RenameIn("p:a", "old", "new"));
        Assert.Equal(after ?? entry, root["profiles"]!["p:a"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"p":{"k":1},"profiles":{"x":{}}}""", """{"profiles":{"x":{},"p:default":{"k":1}}}""", true)]
    [InlineData("""{"p":{"k":1}}""", """{"profiles":{"p:default":{"k":1}}}""", true)]
    [InlineData("""{"p":{"k":1},"profiles":{"p:default":{}}}""", null, false)]
    [InlineData("""{"p":"text","profiles":{}}""", null, false)]
    [InlineData("""{"p":{},"profiles":{}}""", null, false)]
    public void What_stands_beside_the_profiles_is_moved_unless_its_id_is_taken(string store, string? after, bool isMoved)
    {
        JsonObject root = Object(store);
        Assert.Equal(isMoved, new AuthStoreEditor(root, null).Take("p", (name, flat) => flat.Count == 0 ? null : ($"{name}:default", (JsonObject)flat.DeepClone())));
        Assert.Equal(after ?? store, root.ToJsonString());
    }

    [Theory]
    [InlineData("""{"order":{"p":[]}}""", null, null)]
    [InlineData("{}", """{"order":{"p":[]}}""", null)]
    [InlineData("""{"order":{"p":[]}}""", "{}", null)]
    [InlineData("{}", "{}", """{"order":{"p":["p:a"]}}""")]
    [InlineData("""{"order":{"q":[]}}""", """{"order":{"r":[]}}""", """{"order":{"r":[],"p":["p:a"]}}""")]
    [InlineData("""{"order":{"q":[]}}""", null, """{"order":{"q":[],"p":["p:a"]}}""")]
    public void State_is_adopted_unless_either_file_has_it(string first, string? second, string? after)
    {
        JsonObject root = Object(first);
        JsonObject? state = second is null ? null : Object(second);
        new AuthStoreEditor(root, state).AdoptState("order", "p", new JsonArray("p:a"));
        string expected = after ?? second ?? first;
        Assert.Equal(expected, (state ?? root).ToJsonString());
        if (state is not null) Assert.Equal(first, root.ToJsonString());
    }

    [Theory]
    [InlineData("""{"usageStats":{"p:a":{"lastUsed":1,"future":2}}}""", "{}", """{"lastUsed":1,"future":2,"new":3}""")]
    [InlineData("""{"usageStats":{"p:a":{"lastUsed":1}}}""", """{"usageStats":{"p:a":{"lastUsed":9}}}""", """{"lastUsed":9,"new":3}""")]
    [InlineData("""{"usageStats":{"p:b":{"lastUsed":1}}}""", "{}", """{"new":3}""")]
    public void A_record_of_use_begins_in_the_second_file_with_all_that_the_first_remembers(string first, string second, string after)
    {
        (JsonObject root, JsonObject state) = (Object(first), Object(second));
        new AuthStoreEditor(root, state).ChangeUsage("p:a", stats => stats["new"] = 3);
        Assert.Equal(after, state["usageStats"]!["p:a"]!.ToJsonString());
        Assert.Equal(first, root.ToJsonString());
    }

    private static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();
}
