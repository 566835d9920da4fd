using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>What is remembered about the use of a profile, in the members that the peers read.</summary>
public sealed class UsageWriterTests
{
    private static readonly UsageStats Full = new()
    {
        LastUsed = 1,
        LastFailureAt = 2,
        CooldownUntil = 3,
        CooldownReason = "rate_limit",
        CooldownModel = "m",
        DisabledUntil = 4,
        DisabledReason = "billing",
        BlockedUntil = 5,
        BlockedReason = "subscription_limit",
        BlockedSource = "wham",
        BlockedModel = "n",
        LastProbeAt = 6,
        ErrorCount = 7,
        FailureCounts = new Dictionary<string, int> { ["billing"] = 8 },
    };

    private const string Written = """
        {
          "lastUsed": 1, "errorCount": 7, "failureCounts": { "billing": 8 }, "lastFailureAt": 2,
          "cooldownUntil": 3, "cooldownReason": "rate_limit", "cooldownModel": "m",
          "disabledUntil": 4, "disabledReason": "billing",
          "blockedUntil": 5, "blockedReason": "subscription_limit", "blockedSource": "wham", "blockedModel": "n",
          "lastProbeAt": 6
        }
        """;

    [Fact]
    public void Each_thing_known_has_its_member()
    {
        var entry = new JsonObject();
        UsageWriter.Write(entry, Full);
        Same(Written, entry);
    }

    [Fact]
    public void What_is_known_no_more_goes_with_what_newer_peers_say_of_it_and_the_rest_stays()
    {
        var entry = (JsonObject)JsonNode.Parse(Written)!;
        entry["cooldownClassification"] = "c";
        entry["blockedScope"] = "s";
        entry["unknown"] = "u";
        UsageWriter.Write(entry, UsageStats.None);
        Same("""{ "errorCount": 0, "unknown": "u" }""", entry);
    }

    [Fact]
    public void What_did_not_change_stays_to_the_letter()
    {
        string text = Written.Replace("\"blockedUntil\": 5", "\"blockedUntil\": 5.0, \"blockedScope\": \"s\"", StringComparison.Ordinal);
        var entry = (JsonObject)JsonNode.Parse(text)!;
        UsageWriter.Write(entry, Full with { LastUsed = 9 });
        Same(text.Replace("\"lastUsed\": 1", "\"lastUsed\": 9", StringComparison.Ordinal), entry);
        Assert.Contains("5.0", entry.ToJsonString(), StringComparison.Ordinal);
    }

    private static void Same(string expected, JsonObject entry)
        => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), entry), entry.ToJsonString());
}
