using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary><c>models status --probe</c> and <c>models usage</c>, against a provider on this machine.</summary>
public sealed class ProbeTests : IDisposable
{
    private readonly TempHome _home = new();
    private readonly LoopbackApi _api = new();

    public ProbeTests()
    {
        TempHome.Write(Path.Combine(_home.StateDirectory(), "providers", "acme.json"), new JsonObject
        {
            ["id"] = "acme",
            ["methods"] = new JsonArray("apiKey"),
            ["probe"] = new JsonObject { ["url"] = _api.Address + "chat", ["model"] = "tiny" },
            ["usage"] = new JsonObject
            {
                ["url"] = _api.Address + "quota",
                ["plan"] = "plan",
                ["windows"] = new JsonArray(new JsonObject { ["label"] = "5h", ["at"] = "windows.*", ["used"] = "used", ["limit"] = "of", ["unit"] = "requests", ["resetsAt"] = "resets" }),
            },
        }.ToJsonString());
        _home.WriteStore(new JsonObject { ["acme:a"] = Sample.Key("acme", Key('a')), ["acme:b"] = Sample.Key("acme", Key('b')), ["acme:c"] = Sample.Key("acme", Key('c')) });
        TempHome.Write(_home.ConfigPath, """{ agents: { defaults: { model: { primary: "acme/tiny" } } } }""");
        _api.Serve("/chat", request => request.Headers["Authorization"] switch
        {
            { } good when good.EndsWith(Key('a'), StringComparison.Ordinal) => (200, """{"choices":[]}"""),
            { } bad when bad.EndsWith(Key('b'), StringComparison.Ordinal) => (401, $$$"""{"error":{"message":"{{{Key('b')}}} is not a key"}}"""),
            _ => (302, _api.Address + "elsewhere"),
        });
    }

    public void Dispose()
    {
        _api.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Json_has_the_probes_in_the_shape_of_the_peers()
    {
        JsonElement probes = _home.Json("models", "status", "--json", "--probe", "--probe-provider", "acme", "--probe-timeout", "5000", "--probe-concurrency", "3", "--probe-max-tokens", "4").GetProperty("auth").GetProperty("probes");
        Assert.Equal(["startedAt", "finishedAt", "durationMs", "totalTargets", "options", "results"], Names(probes));
        Assert.Equal("""{"provider":"acme","profileIds":[],"timeoutMs":5000,"concurrency":3,"maxTokens":4}""", JsonSerializer.Serialize(probes.GetProperty("options")));
        Assert.Equal(3, probes.GetProperty("totalTargets").GetInt32());
        JsonElement[] results = [.. probes.GetProperty("results").EnumerateArray()];
        Assert.Equal(["provider", "model", "profileId", "label", "source", "mode", "status", "latencyMs"], Names(results[0]));
        Assert.Equal(["acme:a ok ", "acme:b auth auth", "acme:c unknown "], results.Select(result => $"{Text(result, "profileId")} {Text(result, "status")} {(result.TryGetProperty("reasonCode", out JsonElement code) ? code.GetString() : string.Empty)}"));
        Assert.Equal(("acme/tiny", "profile", "api_key"), (Text(results[0], "model"), Text(results[0], "source"), Text(results[0], "mode")));
        // A credential does not follow where a server redirects it.
        Assert.DoesNotContain(_api.Requests, request => request.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_has_a_line_for_each_and_no_secret()
    {
        Outcome status = _home.Run("models", "status", "--probe");
        Assert.Equal((0, string.Empty), (status.ExitCode, status.Error));
        string probes = status.Output[status.Output.IndexOf("\nAuth probes\n", StringComparison.Ordinal)..];
        Assert.Matches(@"\nacme/tiny +acme:a \(api_key\) +ok · [\d.]+m?s\nacme/tiny +acme:b \(api_key\) +auth · [\d.]+m?s\n  ↳ http_401: \[redacted\] is not a key\nacme/tiny +acme:c \(api_key\) +unknown · [\d.]+m?s\n  ↳ http_302: the server redirects; requests with a credential do not follow\nProbed 3 targets in [\d.]+m?s\n", probes);
        Assert.DoesNotContain(Key('b'), status.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme:a", 0)]
    [InlineData("acme:b", 1)]
    [InlineData("acme:c", 2)]
    [InlineData("acme:c,acme:a", 2)]
    [InlineData("nobody:x", 0)]
    public void Check_counts_what_the_probe_found(string profiles, int expected)
    {
        Outcome check = _home.Run("models", "status", "--probe", "--check", "--probe-profile", profiles);
        Assert.Equal(expected, check.ExitCode);
        if (expected == 1) Assert.Contains("Auth check: failed\n- acme:b: probe_auth\n    krabauth models auth paste-api-key --provider acme --profile-id acme:b\n", check.Output, StringComparison.Ordinal);
        if (profiles == "nobody:x") Assert.Contains("\nAuth probes\n- none\nNo probe targets.\n", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Profiles_are_named_by_repeating_or_by_commas()
    {
        JsonElement probes = _home.Json("models", "status", "--json", "--probe", "--probe-profile", "acme:a, acme:b", "--probe-profile", "acme:c").GetProperty("auth").GetProperty("probes");
        Assert.Equal(["acme:a", "acme:b", "acme:c"], probes.GetProperty("options").GetProperty("profileIds").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(3, _api.Requests.Count);
    }

    [Theory]
    [InlineData("--probe cannot be used with --plain output.", "--probe", "--plain")]
    [InlineData("Choose either --json or --plain, not both.", "--json", "--plain")]
    [InlineData("--probe-timeout must be a positive number (ms).", "--probe", "--probe-timeout", "soon")]
    [InlineData("--probe-timeout must be a positive number (ms).", "--probe-timeout", "0")]
    [InlineData("--probe-concurrency must be > 0.", "--probe", "--probe-concurrency", "-1")]
    [InlineData("--probe-max-tokens must be > 0.", "--probe", "--probe-max-tokens", "NaN")]
    public void Flags_that_cannot_be_meant_are_errors(string message, params string[] flags)
    {
        Outcome status = _home.Run(["models", "status", .. flags]);
        Assert.Equal(1, status.ExitCode);
        Assert.StartsWith($"Error: {message}\nNext: ", status.Error, StringComparison.Ordinal);
        Assert.Empty(_api.Requests);
    }

    [Fact]
    public void Nothing_is_asked_without_the_flag()
    {
        _home.Run("models", "status", "--check", "--probe-provider", "acme");
        JsonElement status = _home.Json("models", "status", "--json");
        Assert.False(status.GetProperty("auth").TryGetProperty("probes", out _));
        Assert.Empty(_api.Requests);
    }

    [Fact]
    public void Usage_shows_each_window_and_why_one_is_unknown()
    {
        long reset = DateTimeOffset.UtcNow.AddHours(3).ToUnixTimeSeconds();
        _api.Serve("/quota", request => request.Headers["Authorization"]!.EndsWith(Key('c'), StringComparison.Ordinal)
            ? (429, """{"error":{"message":"Not so often."}}""")
            : (200, $$"""{"plan":"pro","windows":[{"used":446,"of":1500,"resets":{{reset}}}]}"""));
        Outcome usage = _home.Run("models", "usage", "--provider", "acme");
        Assert.Equal((0, string.Empty), (usage.ExitCode, usage.Error));
        Assert.Contains("acme:a [pro]\n  5h  ██████░░░░░░░░░░░░░░  446 of 1500 requests, resets in 3h\n", usage.Output, StringComparison.Ordinal);
        Assert.EndsWith("acme:c\n  unknown: The provider did not tell: http_429: Not so often.\n", usage.Output, StringComparison.Ordinal);

        JsonElement json = _home.Json("models", "usage", "--json");
        Assert.Equal(["updatedAt", "providers"], Names(json));
        JsonElement[] accounts = [.. json.GetProperty("providers").EnumerateArray()];
        Assert.Equal(["provider", "displayName", "profileId", "label", "plan", "windows"], Names(accounts[0]));
        Assert.Equal($$"""[{"label":"5h","usedPercent":29.733333,"used":446,"remaining":1054,"limit":1500,"unit":"requests","resetAt":{{reset * 1000}}}]""", JsonSerializer.Serialize(accounts[0].GetProperty("windows")));
        Assert.Equal("The provider did not tell: http_429: Not so often.", Text(accounts[2], "error"));
    }

    private static string Key(char letter) => "sk-proj-" + new string(letter, 24);

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
