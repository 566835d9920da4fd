using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;
using KrabAuth.TestSupport;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Transfer;

public sealed class StateMigrationTests : TransferTestBase
{
    private const string Config = """
        {
          // the old product's
          auth: {
            profiles: { "openai:a": { provider: "openai", mode: "api_key", displayName: "Mine" }, "openai:gone": { provider: "openai", mode: "api_key" } },
            order: { openai: ["openai:a"], groq: ["groq:nobody"] },
            cooldowns: { billingMaxHours: 3, "failureWindowHours": 5 },
          },
          secrets: { providers: { keys: { source: "file", path: "~/keys.json" } }, defaults: { file: "keys" } },
          models: { providers: { mistral: { apiKey: "sk-not-ours" } } },
        }
        """;

    private Task<MigrationReport> Run(bool isDryRun = false) => StateMigration.RunAsync(There.Workspace(), Here.Workspace(Product.KrabKrab), isDryRun, Cancellation);

    private void Everything()
    {
        Put(There, $$""" "openai:a": {{Key}}, "openai-codex:me": {{Codex("r1", 1900000000000)}} """,
            more: """, "order": { "openai": ["openai:a"], "zai": ["zai:gone"] }, "lastGood": { "openai": "openai:a" }, "usageStats": { "openai:a": { "lastUsed": 5 }, "gone": { "lastUsed": 6 } } """);
        Put(There, $$""" "openai-codex:default": {{Codex("r2", 1900000005000)}}, "xai:own": { "type": "oauth", "provider": "xai", "access": "x", "refresh": "rx", "expires": 1900000000000 } """, "work");
        There.Write("agents/old/agent/auth.json", """{ "groq": { "type": "api_key", "key": "gsk_0123456789abcdefghij" } }""");
        There.Write("openclaw.json", Config);
    }

    [Fact]
    public async Task A_whole_directory_comes_over_and_a_second_run_finds_nothing_to_do()
    {
        Everything();
        MigrationReport report = await Run();
        Assert.Equal(
            ["main openai:a Imported", "main openai-codex:me Imported moved", "old groq:default Imported", "main openai-codex:me Updated moved", "work xai:own Imported moved"],
            report.Profiles.Select(result => $"{result.Agent} {Line(result)}"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Key), Profiles(Here)["openai:a"]));
        // Two agents had one account; its newest tokens are main's now, and nobody else's.
        Assert.Equal("r2", Profiles(Here)["openai-codex:me"]!["refresh"]!.GetValue<string>());
        Assert.Equal(["xai:own"], Profiles(Here, "work").Select(profile => profile.Key));
        Assert.Equal(["openai:a"], Profiles(There).Select(profile => profile.Key));
        Assert.Empty(Profiles(There, "work"));
        JsonNode store = JsonNode.Parse(Here.ReadStore())!;
        Assert.Equal(["openai"], store["order"]!.AsObject().Select(order => order.Key));
        Assert.Equal(["openai:a"], store["usageStats"]!.AsObject().Select(stats => stats.Key));
        Assert.Equal("openai:a", store["lastGood"]!["openai"]!.GetValue<string>());
        Assert.Equal(["openai-codex:me", "xai:own"], report.MovedSignIns);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Here.InState("krabkrab.json")))!;
        Assert.Equal("Mine", config["auth"]!["profiles"]!["openai:a"]!["displayName"]!.GetValue<string>());
        Assert.Single(config["auth"]!["profiles"]!.AsObject());
        Assert.Equal(["openai"], config["auth"]!["order"]!.AsObject().Select(order => order.Key));
        Assert.Equal(2, config["auth"]!["cooldowns"]!.AsObject().Count);
        Assert.Equal("file", config["secrets"]!["providers"]!["keys"]!["source"]!.GetValue<string>());
        Assert.Null(config["models"]);

        Dictionary<string, string> before = Here.Files().ToDictionary(file => file, file => File.ReadAllText(Here.InState(file)));
        MigrationReport again = await Run();
        Assert.False(again.HasChanges);
        Assert.Empty(again.MovedSignIns);
        Assert.Equal(before, Here.Files().ToDictionary(file => file, file => File.ReadAllText(Here.InState(file))));
    }

    [Fact]
    public async Task A_dry_run_tells_and_changes_nothing()
    {
        Everything();
        IReadOnlyList<string> there = There.Files();
        string store = There.ReadStore();
        MigrationReport report = await Run(isDryRun: true);
        Assert.True(report.HasChanges);
        Assert.Equal(["openai-codex:me", "xai:own"], report.MovedSignIns);
        Assert.Equal(there, There.Files());
        Assert.Equal(store, There.ReadStore());
        Assert.Empty(Here.Files());
    }

    [Fact]
    public async Task What_is_there_already_stays_and_goes_on_being_chosen()
    {
        Everything();
        Put(Here, """ "openai:mine": { "type": "api_key", "provider": "openai", "key": "sk-proj-mine-0123456789" } """);
        string config = "{ /* mine */ auth: { cooldowns: { billingMaxHours: 9 } } }";
        Here.Write("krabkrab.json", config);
        MigrationReport report = await Run();
        Assert.Equal(["openai:mine", "openai:a", "openai-codex:me"], Profiles(Here).Select(profile => profile.Key));
        Assert.Null(JsonNode.Parse(Here.ReadStore())!["order"]);
        string after = File.ReadAllText(Here.InState("krabkrab.json"));
        Assert.StartsWith("{ /* mine */ auth: { cooldowns: { billingMaxHours: 9,", after, StringComparison.Ordinal);
        Assert.DoesNotContain("profiles", after, StringComparison.Ordinal);
        Assert.Contains(report.Settings, setting => setting is { Path: "auth.profiles.openai:a", Added: false } && setting.Reason.Contains("hide", StringComparison.Ordinal));
        Assert.Contains(report.Settings, setting => setting is { Path: "auth.cooldowns.failureWindowHours", Added: true });
    }

    [Fact]
    public async Task Two_files_stay_two_files()
    {
        Put(There, $$""" "openai:a": {{Key}} """);
        There.Write("agents/main/agent/auth-state.json", """{ "version": 1, "order": { "openai": ["openai:a"] } }""");
        Put(Here, string.Empty);
        Here.Write("agents/main/agent/auth-state.json", """{ "version": 1 }""");
        Assert.Equal(["main: order.openai"], (await Run()).State);
        Assert.Equal("openai:a", JsonNode.Parse(Here.ReadState())!["order"]!["openai"]![0]!.GetValue<string>());
        Assert.False((await Run()).HasChanges);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_ends_it_before_anything_is_changed()
    {
        Everything();
        There.Write("agents/work/agent/auth-profiles.json", "{ broken");
        Assert.Equal("StoreCorrupt", (await Assert.ThrowsAsync<KrabAuthException>(() => Run())).ErrorId);
        Assert.Empty(Here.Files());
        Assert.Equal(2, Profiles(There).Count);
    }

    [Fact]
    public async Task A_product_is_not_migrated_to_itself_and_not_from_nowhere()
    {
        Assert.Equal("TransferSameStore", (await Assert.ThrowsAsync<KrabAuthException>(() => StateMigration.RunAsync(There.Workspace(), There.Workspace(Product.Moltbot), false, Cancellation))).ErrorId);
        using var gone = new TempState();
        Directory.Delete(gone.Root);
        Assert.Equal("TransferSourceMissing", (await Assert.ThrowsAsync<KrabAuthException>(() => StateMigration.RunAsync(gone.Workspace(), Here.Workspace(), false, Cancellation))).ErrorId);
    }
}
