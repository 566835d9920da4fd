using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class RoutingVectors
{
    // What is written of a window that has run out is a matter of recording failures.
    [Theory]
    [Vectors("routing.json", "order", Elsewhere = ["usage stats after expired cooldown was swept"])]
    public void Order(Vector vector)
    {
        ResolvedOrder order = ProfileOrder.Resolve(
            StoreJson.Read(vector.Given["store"]), ConfigOf(vector), vector.Text("provider")!, vector.Now, vector.Text("preferredProfile"));
        vector.Answer(new JsonArray([.. order.Order.Select(id => (JsonNode?)id)]));
    }

    [Theory]
    [Vectors("routing.json", "eligibility")]
    public void Eligible(Vector vector)
    {
        string code = Eligibility.Check(StoreJson.Read(vector.Given["store"]), ConfigOf(vector), vector.Text("provider")!, vector.Text("profileId")!, vector.Now);
        vector.Answer(new JsonObject { ["eligible"] = code == ReasonCodes.Ok, ["reasonCode"] = code });
    }

    [Theory]
    [Vectors("routing.json", "in-cooldown")]
    public void Waiting(Vector vector)
    {
        string id = vector.Text("profileId")!;
        string provider = id[..id.IndexOf(':', StringComparison.Ordinal)];
        var store = new JsonObject
        {
            ["profiles"] = new JsonObject { [id] = new JsonObject { ["type"] = "api_key", ["provider"] = provider, ["key"] = "k" } },
            ["usageStats"] = vector.Given["usageStats"]?.DeepClone(),
        };
        ResolvedOrder order = ProfileOrder.Resolve(StoreJson.Read(store), new TestConfig().Load(), provider, vector.Now, preferred: null, vector.Text("forModel"));
        vector.Answer(Assert.Single(order.Candidates).Kind is not null);
        Assert.Equal(order.Candidates[0].Kind is null ? id : null, order.Selected);
    }

    [Theory]
    [Vectors("routing.json", "unusable-until")]
    public void End_of_the_wait(Vector vector)
    {
        using JsonDocument document = JsonDocument.Parse(vector.Given["usageStats"]!.ToJsonString());
        vector.Answer(UsageStats.Read(document.RootElement).UnusableUntil);
    }

    private static AuthConfig ConfigOf(Vector vector) => new TestConfig(vector.Given["cfg"]?.ToJsonString()).Load();
}
