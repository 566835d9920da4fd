using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Conformance;

/// <content>How failures make profiles wait.</content>
internal static partial class DeliberateDifferences
{
    private const string OneLadder = "1, 5, 25, 60 minutes: up while failures follow soon after a wait, from the start after one that does not.";
    private const string OneRun = "Counts stay as long as the next failure is one of the same run.";
    private const string OneModel = "A wait of one model stays that model's; what happens to the account has a wait of its own.";
    private const string NobodyAsked = "No request to another server in the middle of a failed call: the failed answer states when the limit ends.";

    private static IEnumerable<DeliberateDifference> Failover =>
    [
        .. new (string Name, int Minutes)[]
        {
            ("G4 errorCount 0", 1), ("G4 errorCount 1", 1), ("G4 errorCount 3", 25), ("G4 errorCount 4", 60), ("G4 errorCount 10", 60),
            ("G5 rate_limit failure 2", 5), ("G5 rate_limit failure 3", 25), ("G5 rate_limit failure 4", 60), ("G5 rate_limit failure 6", 60), ("G5 rate_limit failure 8", 60),
            ("G5 rate_limit failure 9", 60), ("G5 rate_limit failure 10", 60), ("G5 rate_limit failure 11", 60), ("G5 rate_limit failure 13", 60), ("G5 rate_limit failure 14", 60),
        }.Select(step => new DeliberateDifference("cooldown-ladder", step.Name, step.Minutes * 60_000, OneLadder)),

        FirstStep("second failure inside the window keeps the deadline but counts"),
        FirstStep("single failure of reason overloaded"),
        FirstStep("single failure of reason format"),
        FirstStep("single failure of reason empty_response"),
        FirstStep("model is recorded for rate_limit"),
        FirstStep("model scope kept when the same model fails again"),
        OwnWait("model scope cleared when the next failure has no model", "rate_limit"),
        OwnWait("auth failure in a rate-limit window changes reason and clears the model", "auth"),

        new("order", "usage stats after expired cooldown was swept", Json("""{ "errorCount": 4, "failureCounts": { "rate_limit": 4 }, "lastFailureAt": 1699999930000 }"""), OneRun),

        new("wham-cooldown", "burst contention", Json("""{ "cooldownMs": 60000 }"""), NobodyAsked),
        new("wham-cooldown", "team rolling window", Json("""{ "cooldownMs": 60000 }"""), NobodyAsked),
        new("wham-cooldown", "http 403", Json("""{ "cooldownMs": 60000 }"""), NobodyAsked),
    ];

    /// <summary>The recorded answer with a first wait of a minute in place of half of one.</summary>
    private static DeliberateDifference FirstStep(string name)
    {
        string theirs = Vector.Load("routing.json").Single(vector => vector.Area == "mark-failure" && vector.Name == name).Expected!.ToJsonString();
        string ours = theirs.Replace($"{FrozenClock.VectorNow + 30_000}", $"{FrozenClock.VectorNow + 60_000}", StringComparison.Ordinal);
        return new DeliberateDifference("mark-failure", name, JsonNode.Parse(ours), OneLadder);
    }

    /// <summary>The recorded answer with a wait of the account's own, from the second failure on, in place of the one that was the model's.</summary>
    private static DeliberateDifference OwnWait(string name, string reason)
    {
        JsonNode ours = FirstStep(name).Ours!;
        JsonNode second = ours["statsAfterEachStep"]![1]!;
        second["cooldownUntil"] = FrozenClock.VectorNow + 61_000;
        second["cooldownReason"] = reason;
        return new DeliberateDifference("mark-failure", name, ours, OneModel);
    }
}
