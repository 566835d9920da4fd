using System.Text.Json.Nodes;

namespace KrabAuth.Interop.Tests.Support;

/// <summary>A store, a configuration and a provider whose profiles are to be put in order.</summary>
internal sealed record OrderQuestion(JsonObject Store, JsonObject Config, string Provider, string? Preferred)
{
    /// <summary>The moment for both sides.</summary>
    public const long Now = 1_770_000_000_000;

    private static readonly string[] Providers = ["p", "p", "p", "q", "P ", "zai", "z.ai", "Z-AI", "opencode", "opencode-zen", "openrouter", "moonshot", "moonshotai"];
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];
    private static readonly string[] Families = ["p", "q", "zai", "opencode", "openrouter", "moonshot"];
    private static readonly string[] Types = ["api_key", "token", "oauth"];
    private static readonly string[] Secrets = [.. Enumerable.Range(0, 14).Select(number => $"secret-{number}"), " ", ""];

    /// <summary>Questions without end, the same for the same seed. Few names, so that they meet.</summary>
    public static IEnumerable<OrderQuestion> Generate(int seed)
    {
        var random = new Random(seed);
        while (true) yield return Make(random);
    }

    public OrderQuestion Copy() => this with { Store = (JsonObject)Store.DeepClone(), Config = (JsonObject)Config.DeepClone() };

    public override string ToString() => $"{{\"provider\":\"{Provider}\",\"preferred\":\"{Preferred}\",\"store\":{Store.ToJsonString()},\"config\":{Config.ToJsonString()}}}";

    private static OrderQuestion Make(Random random)
    {
        string provider = Pick(random, Providers);
        string family = provider.Trim().ToLowerInvariant() switch { "z.ai" or "z-ai" => "zai", "opencode-zen" => "opencode", "moonshotai" => "moonshot", var name => name };
        string[] spellings = [.. Providers.Where(name => name.Trim().StartsWith(family[..1], StringComparison.OrdinalIgnoreCase) && (family is not ("opencode" or "openrouter") || name.StartsWith(family, StringComparison.Ordinal)))];
        List<string> ids = [.. Names.Select(name => $"{family}:{name}"), $"{Pick(random, Families)}:other", $"{family}:gone"];
        string[] shuffled = [.. ids];
        random.Shuffle(shuffled);
        var profiles = new JsonObject();
        var usage = new JsonObject();
        foreach (string id in shuffled.Where(id => !id.EndsWith(":gone", StringComparison.Ordinal)).Take(random.Next(0, 8)))
        {
            string own = id.EndsWith(":other", StringComparison.Ordinal) && random.Next(2) == 0 ? Pick(random, Families) : Pick(random, spellings);
            profiles[id] = Profile(random, own);
            if (random.Next(3) > 0) usage[id] = Stats(random);
        }
        var store = new JsonObject { ["version"] = 1, ["profiles"] = profiles };
        if (random.Next(3) == 0) store["order"] = Orders(random, spellings, ids);
        if (random.Next(2) == 0) store["lastGood"] = new JsonObject { [provider] = Pick(random, shuffled) };
        if (usage.Count > 0) store["usageStats"] = usage;
        return new OrderQuestion(store, Configuration(random, spellings, shuffled, profiles), provider, random.Next(4) == 0 ? Pick(random, shuffled) : null);
    }

    private static JsonObject Profile(Random random, string provider)
    {
        string type = Pick(random, Types);
        var profile = new JsonObject { ["type"] = type, ["provider"] = provider };
        string secret = Pick(random, Secrets);
        switch (type)
        {
            case "api_key":
                if (random.Next(12) == 0) profile["keyRef"] = new JsonObject { ["source"] = "env", ["provider"] = "default", ["id"] = "SOME_KEY" };
                else profile["key"] = random.Next(12) == 0 ? "ollama-local" : secret;
                break;
            case "token":
                profile["token"] = secret;
                if (random.Next(2) == 0) profile["expires"] = Time(random);
                break;
            default:
                profile["access"] = secret;
                profile["refresh"] = Pick(random, Secrets);
                profile["expires"] = Time(random);
                break;
        }
        return profile;
    }

    private static JsonObject Stats(Random random)
    {
        var stats = new JsonObject();
        if (random.Next(3) > 0) stats["lastUsed"] = Now - random.Next(0, 5) * 60_000;
        if (random.Next(3) == 0) stats["cooldownUntil"] = Time(random);
        if (random.Next(5) == 0) stats["disabledUntil"] = Time(random);
        if (random.Next(12) == 0) stats["blockedUntil"] = Time(random);
        if (random.Next(2) == 0) stats["errorCount"] = random.Next(0, 9);
        if (random.Next(4) == 0) stats["cooldownReason"] = "rate_limit";
        return stats;
    }

    private static JsonObject Orders(Random random, string[] spellings, List<string> ids)
    {
        var orders = new JsonObject { [Pick(random, spellings)] = List(random, ids) };
        if (random.Next(3) == 0) orders[Pick(random, spellings)] = List(random, ids);
        return orders;
    }

    private static JsonArray List(Random random, List<string> ids)
        => random.Next(8) == 0 ? new JsonArray(ids[^1]) : new JsonArray([.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => (JsonNode?)ids[random.Next(ids.Count)])]);

    private static JsonObject Configuration(Random random, string[] spellings, string[] ids, JsonObject profiles)
    {
        var auth = new JsonObject();
        if (random.Next(3) == 0) auth["order"] = Orders(random, spellings, [.. ids]);
        if (random.Next(3) == 0)
        {
            auth["profiles"] = new JsonObject(ids.Take(random.Next(0, 5)).Select(id => KeyValuePair.Create(id, (JsonNode?)new JsonObject
            {
                ["provider"] = random.Next(6) == 0 ? Pick(random, Families) : Pick(random, spellings), ["mode"] = random.Next(4) > 0 && (string?)profiles[id]?["type"] is { } type ? type : Pick(random, Types),
            })));
        }
        return new JsonObject { ["auth"] = auth };
    }

    private static long Time(Random random) => random.Next(14) switch
    {
        0 => 0,
        1 => -5,
        2 => Now,
        3 => Now - 1,
        4 => 1,
        5 => 253402300799000,
        var far => Now + far * 60_000,
    };

    private static string Pick(Random random, string[] of) => of[random.Next(of.Length)];
}
