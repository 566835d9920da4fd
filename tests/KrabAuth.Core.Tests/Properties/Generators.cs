using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KrabAuth.Agents;
using KrabAuth.Core.Tests.Conformance;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>A store, a configuration and a question about them.</summary>
public sealed record OrderCase(string Store, string Config, string Provider, string? Preferred, string? Model);

/// <summary>Makes the input of the property tests: few names, so that they meet.</summary>
internal static class Generators
{
    private const long Now = FrozenClock.VectorNow;

    private static readonly string[] Providers = ["p", "q", "openrouter", "z.ai", "zai"];

    private static readonly string[] Ids = ["p:a", "p:b", "p:c", "p:d", "q:a", "q:b", "openrouter:a", "zai:a", "z.ai:b", "gone:x"];

    private static Gen<long> Time => Gen.Elements(0L, -5L, 1L, Now - 60_000, Now - 1, Now, Now + 1, Now + 60_000, Now + 120_000, UsageStats.DisabledForGood, long.MaxValue);

    public static Arbitrary<OrderCase> OrderCases => Arb.From(
        from store in Store()
        from config in Config()
        from provider in Gen.Elements(Providers)
        from preferred in Gen.OneOf(Gen.Constant<string?>(null), Gen.Elements<string?>(Ids))
        from model in Gen.Elements<string?>(null, "m1", "m2")
        select new OrderCase(store.ToJsonString(), config.ToJsonString(), provider, preferred, model));

    public static Arbitrary<(string Main, string Own)> StorePairs => Arb.From(
        from main in Store()
        from own in Store()
        select (main.ToJsonString(), own.ToJsonString()));

    /// <summary>Any JSON that a peer might write, with the characters that are hard to write back.</summary>
    public static Arbitrary<string> JsonTexts => Arb.From(Gen.Sized(size => JsonValue(Math.Min(size, 6))).Select(node => node?.ToJsonString() ?? "null"));

    /// <summary>Texts that look like what is parsed, and are not.</summary>
    public static Arbitrary<string> Scraps => Arb.From(
        from parts in Gen.Elements(
            "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u", "\\ud83e", "\\udd80", "\\x4", "//", "/*", "*/", "\n", "\r", " ", "\u2028", "\uFEFF",
            "null", "true", "Infinity", "-", "+", "0x", "1e", "1e999", "0x8000000000000000", "12", ".5", "a", "$b", "é", "\ud83e", "🦀", "\0", "auth", "profiles").ListOf()
        select string.Concat(parts));

    /// <summary>Texts for durations: nearly right ones.</summary>
    public static Arbitrary<string> DurationScraps => Arb.From(
        from parts in Gen.Elements("0", "1", "59", "1.5", ".", "ms", "s", "m", "h", "d", "H", "w", " ", "-", "99999999999999999999", "٣", "∞").ListOf()
        select string.Concat(parts));

    public static AuthStore Read(string store) => StoreJson.Read(JsonNode.Parse(store));

    public static AuthConfig ReadConfig(string config) => new TestConfig(config).Load();

    private static Gen<JsonObject> Store() =>
        from profiles in Map(Ids.Where(id => id != "gone:x"), Profile)
        from order in Map(Providers, _ => List())
        from lastGood in Map(Providers, _ => Gen.Elements(Ids).Select(id => (JsonNode)id))
        from usage in Map(Ids, _ => Stats())
        select new JsonObject { ["version"] = 1, ["profiles"] = profiles, ["order"] = order, ["lastGood"] = lastGood, ["usageStats"] = usage };

    private static Gen<JsonObject> Config() =>
        from profiles in Map(Ids, id => Gen.Elements("api_key", "token", "oauth").Select(mode => (JsonNode)new JsonObject { ["provider"] = id.Split(':')[0], ["mode"] = mode }))
        from order in Map(Providers, _ => List())
        from hasProfiles in Gen.Elements(true, false, false)
        from hasOrder in Gen.Elements(true, false)
        let auth = new JsonObject { ["profiles"] = hasProfiles ? profiles : null, ["order"] = hasOrder ? order : null }
        select new JsonObject { ["auth"] = auth };

    private static Gen<JsonNode> Profile(string id) =>
        from type in Gen.Elements("api_key", "token", "oauth")
        from secret in Gen.Elements("secret", " ", "${NAME}")
        from refresh in Gen.Elements("refresh", "")
        from hasExpiry in Gen.Elements(true, false)
        from expires in Time
        let entry = new JsonObject { ["type"] = type, ["provider"] = id.Split(':')[0], ["key"] = secret, ["token"] = secret, ["access"] = secret, ["refresh"] = refresh }
        select WithExpiry(entry, hasExpiry ? expires : null);

    private static JsonNode WithExpiry(JsonObject entry, long? expires)
    {
        if (expires is not null) entry["expires"] = expires;
        return entry;
    }

    private static Gen<JsonNode> Stats() =>
        from lastUsed in Time
        from cooldown in Time
        from disabled in Time
        from blocked in Time
        from reason in Gen.Elements("rate_limit", "timeout", "other")
        from model in Gen.Elements("m1", "m3")
        from which in Gen.Choose(0, 15)
        select (JsonNode)new JsonObject(new (int Bit, string Name, JsonNode Value)[]
        {
            (1, "lastUsed", lastUsed), (2, "cooldownUntil", cooldown), (2, "cooldownReason", reason), (2, "cooldownModel", model),
            (4, "disabledUntil", disabled), (8, "blockedUntil", blocked),
        }.Where(member => (which & member.Bit) != 0).Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Value)));

    private static Gen<JsonNode> List() =>
        from ids in Gen.Elements(Ids).ListOf()
        select (JsonNode)new JsonArray([.. ids.Take(6).Select(id => (JsonNode?)id)]);

    /// <summary>An object with some of the names, in any order.</summary>
    private static Gen<JsonObject> Map(IEnumerable<string> names, Func<string, Gen<JsonNode>> value) =>
        from shuffled in Gen.Shuffle([.. names])
        from count in Gen.Choose(0, shuffled.Length)
        from values in Gen.CollectToList(shuffled.Take(count), value)
        select new JsonObject(shuffled.Zip(values, (name, node) => KeyValuePair.Create(name, (JsonNode?)node)));

    private static Gen<JsonNode?> JsonValue(int depth)
    {
        Gen<JsonNode?> leaf = Gen.OneOf(
            Text().Select(text => (JsonNode?)text),
            ArbMap.Default.GeneratorFor<long>().Select(number => (JsonNode?)number),
            Gen.Elements("1e3", "1E-7", "12345678901234567890", "-0", "0.10", "1.0000000000000000001").Select(number => JsonNode.Parse(number)),
            Gen.Elements(true, false).Select(flag => (JsonNode?)flag),
            Gen.Constant<JsonNode?>(null));
        if (depth == 0) return leaf;
        Gen<JsonNode?> list = JsonValue(depth - 1).ListOf().Select(items => (JsonNode?)new JsonArray([.. items.Take(4)]));
        Gen<JsonNode?> map =
            from names in Text().ListOf()
            let distinct = names.Distinct(StringComparer.Ordinal).Take(4).ToList()
            from values in Gen.CollectToList(distinct, _ => JsonValue(depth - 1))
            select (JsonNode?)new JsonObject(distinct.Zip(values, KeyValuePair.Create));
        return Gen.OneOf(leaf, list, map);
    }

    private static Gen<string> Text() =>
        from runes in Gen.OneOf(
            Gen.Choose(0x20, 0x7E), Gen.Choose(0, 0x1F), Gen.Elements('"', '\\', '/', '<', '&', '\'', '+', 0x7F, 0xA0, 0xE9, 0x2028, 0xFEFF, 0xFFFD, 0xFFFF, 0x1F980, 0x10FFFF)).ListOf()
        select string.Concat(runes.Take(8).Select(rune => new Rune(rune).ToString()));
}
