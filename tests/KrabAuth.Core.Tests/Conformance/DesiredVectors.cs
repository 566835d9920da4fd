using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <summary>What users asked the peers for.</summary>
public sealed class DesiredVectors
{
    // Marking a profile as used is not Core's yet.
    [Theory]
    [Vectors("commands.json", "desired", Elsewhere = ["read-only attribute on auth-profiles.json does not fail a request"])]
    public async Task Wish(Vector vector) => vector.Answer(vector.Name switch
    {
        "corrupt auth-profiles.json is not overwritten" => await Overwrite(vector),
        "UTF-8 BOM is accepted" => ProfilesOf(vector),
        "unknown top-level fields and unknown profile fields survive a write" => await KeepUnknown(vector),
        "type apiKey (camel case) is read as api_key" => Read(vector),
        "expired access token with refresh token is shown as expired (refreshable), not ok" => Status(vector),
        "stale ids in an explicit order are reported" => Stale(vector),
        _ => throw new ArgumentException("A new wish needs a test.", nameof(vector)),
    });

    private static TempState StateOf(Vector vector)
        => TempState.WithStore(vector.Given["file"] is JsonValue text ? text.GetValue<string>() : vector.Given["file"]!.ToJsonString());

    private static Task Add(TempState state, string id) => state.Agent().Profiles.AddAsync(
        new NewSecret("p", SignInMethod.ApiKey, "a-new-key-of-some-length") { ProfileId = id }, TestContext.Current.CancellationToken);

    private static async Task<JsonNode> Overwrite(Vector vector)
    {
        using TempState state = StateOf(vector);
        await Assert.ThrowsAsync<KrabAuthException>(() => Add(state, "p:a"));
        return new JsonObject { ["error"] = true, ["fileAfter"] = state.ReadStore() };
    }

    private static JsonObject ProfilesOf(Vector vector)
    {
        using TempState state = StateOf(vector);
        return new JsonObject { ["profiles"] = new JsonArray([.. state.Agent().Profiles.List().Select(profile => (JsonNode?)profile.ProfileId)]) };
    }

    private static async Task<JsonNode> KeepUnknown(Vector vector)
    {
        using TempState state = StateOf(vector);
        await Add(state, "p:b");
        JsonNode after = JsonNode.Parse(state.ReadStore())!;
        Assert.NotNull(after["profiles"]!["p:b"]);
        JsonNode before = vector.Given["file"]!;
        var kept = new JsonArray();
        if (JsonNode.DeepEquals(after["future"], before["future"])) kept.Add("future");
        if (JsonNode.DeepEquals(after["profiles"]!["p:a"], before["profiles"]!["p:a"])) kept.Add("profiles.p:a.extra");
        return new JsonObject { ["kept"] = kept };
    }

    private static JsonObject Read(Vector vector)
    {
        using TempState state = StateOf(vector);
        return new JsonObject { ["profiles"] = StoreJson.Write(state.Agent().Read())["profiles"]!.DeepClone() };
    }

    private static JsonObject Status(Vector vector)
    {
        using var state = TempState.WithStore(new JsonObject { ["profiles"] = new JsonObject { ["openai-codex:a"] = vector.Given["profile"]!.DeepClone() } }.ToJsonString());
        AuthProfile profile = state.Agent().Profiles.Get("openai-codex:a");
        Assert.Equal("expired (refreshable)", profile.StatusText);
        return new JsonObject { ["status"] = profile.Status.ToString().ToLowerInvariant(), ["refreshable"] = profile.Refreshable };
    }

    private static JsonObject Stale(Vector vector)
    {
        var profiles = new JsonObject();
        foreach (JsonNode? id in vector.Given["profiles"]!.AsArray()) profiles[id!.GetValue<string>()] = CommandVectors.Credential("p", "api_key");
        using var state = TempState.WithStore(new JsonObject { ["profiles"] = profiles, ["order"] = vector.Given["order"]!.DeepClone() }.ToJsonString());
        state.Agent().Orders.Resolve("p");
        string warning = Assert.Single(state.Log.Warnings);
        // What is wished for is that it is said, not how.
        return new JsonObject { ["warning"] = warning.Contains("p:gone", StringComparison.Ordinal) && warning.EndsWith("does not exist.", StringComparison.Ordinal) ? "p:gone does not exist" : warning };
    }
}
