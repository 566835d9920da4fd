using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Routing;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>
/// Where KrabAuth reads a store otherwise than OpenClaw 2026.2.1 when it puts profiles in order: the topics of <c>docs/interop.md</c>,
/// each with what that program has to be told to come to our order. Nothing else may differ.
/// </summary>
internal static class PeerDifferences
{
    public static IReadOnlyList<(string Topic, Func<OrderQuestion, OrderQuestion> Translate)> All { get; } =
    [
        ("Other names of a provider", question => SpellProviders(question)),
        ("Key that is kept elsewhere", question => EachProfile(question, profile =>
        {
            if (profile.Remove("keyRef")) profile["key"] = "kept-elsewhere";
        })),
        ("Text in place of a key", question => EachProfile(question, profile =>
        {
            if ((string?)profile["key"] == "ollama-local") profile["key"] = "";
        })),
        ("Token whose end is no time", question => EachProfile(question, profile =>
        {
            if ((string?)profile["type"] == "token" && (long?)profile["expires"] <= 0) profile["token"] = "";
        })),
        ("Reset time that the provider stated", question => EachStats(question, (_, stats) =>
        {
            if ((long?)stats["blockedUntil"] is { } blocked) stats["cooldownUntil"] = Math.Max(blocked, (long?)stats["cooldownUntil"] ?? 0);
        })),
        ("Waits of `openrouter` and `kilocode`", question => EachStats(question, (id, stats) =>
        {
            // What a person took out of use stays out all the same.
            bool isDisabled = (long?)stats["disabledUntil"] >= UsageStats.DisabledForGood;
            if (!isDisabled && ProviderId.Same((string?)question.Store["profiles"]![id]?["provider"], "openrouter")) foreach (string wait in new[] { "cooldownUntil", "disabledUntil", "blockedUntil" }) stats.Remove(wait);
        })),
        ("List that names only profiles that are gone", Repair),
    ];

    /// <summary>Tells OpenClaw all of it.</summary>
    public static OrderQuestion Translate(OrderQuestion question) => All.Aggregate(question, (told, difference) => difference.Translate(told));

    /// <summary>Whether a difference concerns a question.</summary>
    public static bool Touches(OrderQuestion question, Func<OrderQuestion, OrderQuestion> translate) => translate(question).ToString() != question.ToString();

    private static OrderQuestion EachProfile(OrderQuestion question, Action<JsonObject> change)
    {
        OrderQuestion copy = question.Copy();
        foreach (JsonObject profile in copy.Store["profiles"]!.AsObject().Select(entry => entry.Value).OfType<JsonObject>()) change(profile);
        return copy;
    }

    private static OrderQuestion EachStats(OrderQuestion question, Action<string, JsonObject> change)
    {
        OrderQuestion copy = question.Copy();
        foreach ((string id, JsonNode? stats) in copy.Store["usageStats"] as JsonObject ?? []) change(id, stats!.AsObject());
        return copy;
    }

    /// <summary>The names that newer peers know too.</summary>
    private static OrderQuestion SpellProviders(OrderQuestion question)
    {
        if (!question.ToString().Contains("moonshotai", StringComparison.Ordinal)) return question;
        JsonObject Spell(JsonObject node) => JsonNode.Parse(Regroup(node).ToJsonString().Replace("moonshotai", "moonshot", StringComparison.Ordinal))!.AsObject();
        return new OrderQuestion(Spell(question.Store), Spell(question.Config), question.Provider.Replace("moonshotai", "moonshot", StringComparison.Ordinal), question.Preferred);
    }

    /// <summary>Of two orders that come to one name, the first holds.</summary>
    private static JsonObject Regroup(JsonObject node)
    {
        var copy = (JsonObject)node.DeepClone();
        JsonObject? orders = copy["order"] as JsonObject ?? copy["auth"]?["order"] as JsonObject;
        List<string> same = [.. (orders ?? []).Select(entry => entry.Key).Where(key => key is "moonshot" or "moonshotai")];
        // An empty stored list is none, so it must not stand in front of one that is.
        bool isStored = copy["order"] is JsonObject;
        string? first = same.Find(key => !isStored || orders![key] is JsonArray { Count: > 0 }) ?? same.FirstOrDefault();
        foreach (string other in same.Where(key => key != first)) orders!.Remove(other);
        return copy;
    }

    /// <summary>
    /// A list of which nothing is left makes way for the stored profiles where the configuration describes some of the provider: as
    /// they stand in the file for a given list, sorted for that of <c>auth.profiles</c>.
    /// </summary>
    private static OrderQuestion Repair(OrderQuestion question)
    {
        JsonObject profiles = question.Store["profiles"]!.AsObject();
        JsonObject described = question.Config["auth"]?["profiles"] as JsonObject ?? [];
        List<string> listed = [.. described.Where(entry => ProviderId.Same((string?)entry.Value!["provider"], question.Provider)).Select(entry => entry.Key)];
        if (listed.Count == 0) return question;
        JsonArray? given = Given(question.Store["order"], question.Provider, isStored: true) ?? Given(question.Config["auth"]?["order"], question.Provider, isStored: false);
        List<string> ids = given is null ? listed : [.. given.Select(id => (string)id!)];
        if (ids.Count == 0 || ids.Exists(profiles.ContainsKey)) return question;
        OrderQuestion copy = question.Copy();
        List<string> stored = [.. profiles.Where(entry => ProviderId.Same((string?)entry.Value!["provider"], question.Provider)).Select(entry => entry.Key)];
        if (given is not null) copy.Store["order"] = new JsonObject { [question.Provider] = new JsonArray([.. stored.Select(id => (JsonNode?)id)]) };
        else foreach (string id in listed) copy.Config["auth"]!["profiles"]!.AsObject().Remove(id);
        if (given is not null && stored.Count == 0) copy.Config["auth"]!["order"] = new JsonObject { [question.Provider] = new JsonArray() };
        return copy;
    }

    private static JsonArray? Given(JsonNode? orders, string provider, bool isStored)
        => (orders as JsonObject ?? []).Where(entry => ProviderId.Same(entry.Key, provider) && (!isStored || entry.Value is JsonArray { Count: > 0 })).Select(entry => entry.Value as JsonArray).FirstOrDefault();
}
