using System.Security.Cryptography;
using KrabAuth.Diagnostics.Doctor;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>What is wrong inside the stores.</summary>
public sealed class StoreFindingTests : DoctorTestBase
{
    [Fact]
    [Finds("flat-store")]
    public async Task A_flat_store_is_written_as_profiles()
    {
        const string Flat = """{ "openrouter": { "apiKey": "or-key", "baseUrl": "https://x" }, "anthropic": { "token": "t" }, "openai-codex": { "access": "a", "refresh": "r", "expires": 1 } }""";
        State.Write("agents/main/agent/auth-profiles.json", Flat);
        DoctorFinding mended = await MendAsync("flat-store", DoctorSeverity.Error);
        Assert.Equal(Flat, File.ReadAllText(mended.Backup!));
        Assert.StartsWith(State.StorePath + ".legacy-flat.", mended.Backup, StringComparison.Ordinal);
        Assert.Equal(
            """{"openrouter:default":{"type":"api_key","provider":"openrouter","key":"or-key","baseUrl":"https://x"},"anthropic:default":{"type":"token","provider":"anthropic","token":"t"},"openai-codex:default":{"type":"oauth","provider":"openai-codex","access":"a","refresh":"r","expires":1}}""",
            Store()["profiles"]!.ToJsonString());
    }

    [Fact]
    [Finds("flat-store")]
    public async Task Flat_entries_beside_profiles_are_moved_and_what_is_another_programs_stays()
    {
        WriteStore($"\"openai:a\": {Key}", """, "openrouter": { "apiKey": "or-key" }, "future": { "type": "x", "key": "k" } """);
        DoctorFinding mended = await MendAsync("flat-store", DoctorSeverity.Error);
        Assert.StartsWith(State.StorePath + ".legacy-flat.", mended.Backup, StringComparison.Ordinal);
        Assert.Equal(["openai:a", "openrouter:default"], Store()["profiles"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(["version", "profiles", "future"], Store().AsObject().Select(member => member.Key));
    }

    [Fact]
    [Finds("flat-store")]
    public void A_flat_entry_whose_id_is_taken_is_for_its_writer()
    {
        WriteStore($"\"openai:default\": {Key}", """, "openai": { "apiKey": "another" } """);
        FoundUntil("flat-store", DoctorSeverity.Error, () => WriteStore($"\"openai:default\": {Key}"));
    }

    [Fact]
    [Finds("key-alias")]
    public async Task A_key_under_its_old_name_gets_the_right_one()
    {
        WriteStore("""  "openai:a": { "type": "api_key", "provider": "openai", "api_key": "k", "note": "mine" } """);
        DoctorFinding mended = await MendAsync("key-alias", DoctorSeverity.Error);
        Assert.NotNull(mended.Backup);
        Assert.Equal("""{"type":"api_key","provider":"openai","key":"k","note":"mine"}""", Store()["profiles"]!["openai:a"]!.ToJsonString());
    }

    [Fact]
    [Finds("aws-sdk-entry")]
    public async Task A_mark_of_the_aws_sdk_moves_to_the_configuration()
    {
        WriteStore("""  "amazon-bedrock:default": { "type": "aws-sdk", "provider": "amazon-bedrock" } """);
        WriteConfig("{ // mine\n}");
        Assert.NotNull((await MendAsync("aws-sdk-entry", DoctorSeverity.Warning)).Backup);
        Assert.Equal("aws-sdk", State.Workspace().Config.Profile("amazon-bedrock:default")?.Mode);
        Assert.Empty(Store()["profiles"]!.AsObject());
        Assert.Empty(Examine("config-profile-missing"));
    }

    [Fact]
    [Finds("unusable-entry")]
    public void An_entry_with_a_mistake_is_for_its_writer()
    {
        WriteStore("""  "openai:a": { "type": "api_key", "key": "k" } """);
        FoundUntil("unusable-entry", DoctorSeverity.Warning, () => WriteStore($"\"openai:a\": {Key}"));
    }

    [Theory]
    [InlineData("""["openai:gone", "openai:a"]""", """{"openai":["openai:a"]}""")]
    [InlineData("""["openai:gone"]""", "{}")]
    [Finds("order-missing-profile")]
    public async Task An_order_forgets_profiles_that_are_gone(string order, string left)
    {
        WriteStore($"\"openai:a\": {Key}", $$""", "order": { "openai": {{order}} }""");
        DoctorFinding mended = await MendAsync("order-missing-profile", DoctorSeverity.Warning);
        Assert.Equal(left, Store()["order"]!.ToJsonString());
        Assert.Contains("openai:gone", File.ReadAllText(mended.Backup!), StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_of_an_agent_may_name_what_it_inherits()
    {
        WriteStore($"\"openai:a\": {Key}");
        WriteStore(string.Empty, """, "order": { "openai": ["openai:a"] }""", "work");
        Assert.Empty(Examine("order-missing-profile"));
    }

    [Fact]
    [Finds("orphaned-record")]
    public async Task Records_of_profiles_that_are_gone_are_forgotten()
    {
        WriteStore($"\"openai:a\": {Key}", """, "lastGood": { "openai": "openai:gone" }, "usageStats": { "openai:gone": { "lastUsed": 1 }, "openai:a": { "lastUsed": 2 } }""");
        Assert.True((await MendAsync("orphaned-record", DoctorSeverity.Info)).IsSafe);
        Assert.Equal("""{"openai:a":{"lastUsed":2}}""", Store()["usageStats"]!.ToJsonString());
        Assert.Empty(Store()["lastGood"]!.AsObject());
    }

    [Theory]
    [InlineData(""", "lastGood": { "groq": "groq:b", "openai": "openai:gone" }""")]
    [InlineData(""", "usageStats": { "openai:gone": { "lastUsed": 1 } }""")]
    [InlineData(""", "lastGood": { "openai": "openai:gone" }, "usageStats": { "openai:gone": { "lastUsed": 1 } }""")]
    public async Task The_store_is_kept_as_it_was_before_a_record_is_forgotten(string record)
    {
        WriteStore($"\"openai:a\": {Key}, \"groq:b\": {Key.Replace("openai", "groq", StringComparison.Ordinal)}", record);
        string before = State.ReadStore();
        Assert.Equal(before, File.ReadAllText((await MendAsync("orphaned-record", DoctorSeverity.Info)).Backup!));
    }

    [Fact]
    public async Task In_two_files_both_are_kept_and_mended()
    {
        WriteStore($"\"openai:a\": {Key}");
        State.Write("agents/main/agent/auth-state.json", """{ "version": 1, "usageStats": { "openai:gone": { "lastUsed": 1 } } }""");
        await MendAsync("orphaned-record", DoctorSeverity.Info);
        Assert.Contains(State.Files(), file => file.Contains("auth-state.json.doctor.", StringComparison.Ordinal));
        Assert.DoesNotContain("openai:gone", State.ReadState(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "type": "api_key", "provider": "openai", "key": "key-of-a" }""", "\"openai:a\": " + Key)]
    [InlineData("""{ "type": "oauth", "provider": "openai-codex", "access": "x", "refresh": "y", "expires": 9999999999999, "accountId": "acc" }""", """ "openai:a": { "type": "oauth", "provider": "openai-codex", "access": "z", "refresh": "w", "expires": 9999999999999, "accountId": "acc" } """)]
    [Finds("duplicate-account")]
    public async Task One_account_under_two_ids_is_told(string entry, string first)
    {
        WriteStore($"{first}, \"openai:b\": {entry}");
        DoctorFinding finding = Found("duplicate-account", DoctorSeverity.Warning);
        Assert.Equal(("openai:b", false), (finding.Subject, finding.CanFix));
        await State.Agent().Profiles.RemoveAsync("openai:b", Cancellation);
        Assert.Empty(Examine("duplicate-account"));
    }

    [Fact]
    [Finds("stale-copy")]
    public async Task An_agents_older_copy_of_mains_sign_in_goes()
    {
        WriteStore(Codex(Later + 1, "acc"));
        WriteStore(Codex(Later, "acc"), agent: "work");
        DoctorFinding mended = await MendAsync("stale-copy", DoctorSeverity.Warning);
        Assert.Equal("work", mended.Agent);
        Assert.Empty(Store("work")["profiles"]!.AsObject());
    }

    [Theory]
    [InlineData(Later + 1, "acc")]
    [InlineData(Later - 1, "another")]
    public void A_newer_sign_in_and_another_account_are_no_stale_copies(long expires, string account)
    {
        WriteStore(Codex(Later, "acc"));
        WriteStore(Codex(expires, account), agent: "work");
        Assert.Empty(Examine("stale-copy"));
    }

    [Fact]
    [Finds("clock-skew")]
    public void A_token_from_the_future_means_a_wrong_clock()
    {
        string access = Jwt.Text($$"""{"iat":{{FrozenClock.VectorNow / 1000 + 3600}}}""");
        WriteStore($$"""  "openai-codex:a": { "type": "oauth", "provider": "openai-codex", "access": "{{access}}", "refresh": "r", "expires": {{Later}} } """);
        FoundUntil("clock-skew", DoctorSeverity.Warning, () => State.Clock.Advance(TimeSpan.FromHours(1)));
    }

    [Fact]
    [Finds("credential-expired")]
    public void A_token_that_has_ended_is_told() => ToldUntilRenewed("credential-expired", DoctorSeverity.Error, """{ "type": "token", "provider": "anthropic", "token": "t", "expires": 1600000000000 }""");

    [Fact]
    [Finds("credential-expiring")]
    public void A_token_that_ends_soon_is_told() => ToldUntilRenewed("credential-expiring", DoctorSeverity.Warning, """{ "type": "token", "provider": "anthropic", "token": "t", "expires": 1700000600000 }""");

    [Fact]
    [Finds("credential-missing")]
    public void A_profile_without_a_secret_is_told() => ToldUntilRenewed("credential-missing", DoctorSeverity.Error, """{ "type": "token", "provider": "anthropic" }""");

    [Fact]
    [Finds("reference-unresolved")]
    public void A_secret_that_is_not_where_it_is_kept_is_told()
    {
        WriteStore(""" "groq:a": { "type": "api_key", "provider": "groq", "keyRef": { "source": "env", "provider": "default", "id": "GROQ_KEY" } } """);
        FoundUntil("reference-unresolved", DoctorSeverity.Warning, () => State.Host.Set("GROQ_KEY", "gsk_0123456789abcdef"));
    }

    [Fact]
    public void To_look_runs_no_program_and_opens_no_vault()
    {
        WriteStore("""
            "groq:a": { "type": "api_key", "provider": "groq", "keyRef": { "source": "exec", "provider": "e", "id": "k" } },
            "groq:b": { "type": "api_key", "provider": "groq", "keyRef": { "source": "vault", "provider": "v", "id": "k" } }
            """);
        string trace = State.InState("ran");
        WriteConfig($$"""{ secrets: { providers: { e: { source: "exec", command: "/usr/bin/touch", args: ["{{trace}}"] } } } }""");
        Assert.Empty(Examine("reference-unresolved"));
        Assert.False(File.Exists(trace));
    }

    [Fact]
    [Finds("sign-in-refused")]
    public void A_sign_in_that_the_server_refused_is_told()
    {
        string refused = Convert.ToHexStringLower(SHA256.HashData("r"u8))[..16];
        WriteStore(Codex(1600000000000, "acc"), $$""", "usageStats": { "openai-codex:a": { "krabauthRefusedRefresh": "{{refused}}" } }""");
        FoundUntil("sign-in-refused", DoctorSeverity.Error, () => WriteStore(Codex(Later, "acc")));
    }

    [Fact]
    public void A_sign_in_that_renews_itself_is_no_finding()
    {
        WriteStore(Codex(1600000000000, "acc"));
        Assert.DoesNotContain(State.Workspace().Doctor.Examine(), finding => finding.Id.StartsWith("credential", StringComparison.Ordinal) || finding.Id == "sign-in-refused");
    }

    [Theory]
    [InlineData("cooldownUntil", "cooldown (5m). Wait for cooldown or switch provider.", "")]
    [InlineData("disabledUntil", "disabled:billing (5m). Top up credits (provider billing) or switch provider.", "When the account has credit again: ")]
    [Finds("cooldown")]
    public void A_profile_that_waits_is_told(string member, string message, string condition)
    {
        WriteStore($"\"openai:a\": {Key}", $$""", "usageStats": { "openai:a": { "{{member}}": {{FrozenClock.VectorNow + 300_000}}, "disabledReason": "billing" } }""");
        DoctorFinding found = Found("cooldown", DoctorSeverity.Info);
        Assert.Equal((message, condition + "Clear-KrabAuthCooldown -Provider openai"), (found.Message, found.Fix));
        State.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(Examine("cooldown"));
    }

    private void ToldUntilRenewed(string id, DoctorSeverity severity, string entry)
    {
        WriteStore($"\"anthropic:a\": {entry}");
        FoundUntil(id, severity, () => WriteStore("""  "anthropic:a": { "type": "token", "provider": "anthropic", "token": "t2" } """));
    }

    private static string Codex(long expires, string account) => $$"""  "openai-codex:a": { "type": "oauth", "provider": "openai-codex", "access": "x", "refresh": "{{(account == "acc" ? "r" : "other")}}", "expires": {{expires}}, "accountId": "{{account}}" } """;
}
