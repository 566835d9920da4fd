using KrabAuth.Diagnostics.Doctor;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>What is wrong between the configuration and the stores.</summary>
public sealed class ConfigFindingTests : DoctorTestBase
{
    private string Config => File.ReadAllText(State.InState("openclaw.json"));

    [Fact]
    [Finds("config-profile-missing")]
    public async Task A_description_of_nothing_goes_and_comments_stay()
    {
        WriteStore($"\"openai:a\": {Key}");
        WriteConfig("""
            {
              // mine
              auth: {
                profiles: { "openai:a": { provider: "openai", mode: "api_key" }, "openai:gone": { provider: "openai", mode: "api_key" } },
                order: { openai: ["openai:gone", "openai:a"] },
              },
            }
            """);
        string before = Config;
        DoctorFinding mended = await MendAsync("config-profile-missing", DoctorSeverity.Warning);
        Assert.Equal(before, File.ReadAllText(mended.Backup!));
        Assert.Equal(before.Replace(""", "openai:gone": { provider: "openai", mode: "api_key" }""", string.Empty, StringComparison.Ordinal).Replace("\"openai:gone\",", string.Empty, StringComparison.Ordinal), Config);
    }

    [Fact]
    [Finds("config-order-missing-profile")]
    public async Task An_order_of_the_configuration_forgets_profiles_that_no_agent_has()
    {
        WriteStore(string.Empty);
        WriteStore($"\"openai:a\": {Key}", agent: "work");
        WriteConfig("""{ auth: { order: { openai: ["openai:gone", "openai:a"] } } }""");
        await MendAsync("config-order-missing-profile", DoctorSeverity.Warning);
        Assert.Equal("""{ auth: { order: { openai: [ "openai:a"] } } }""", Config);
    }

    [Fact]
    public void While_a_store_cannot_be_read_nothing_of_the_configuration_is_missing()
    {
        WriteStore($"\"openai:a\": {Key}");
        State.Write("agents/work/agent/auth-profiles.json", "{ broken");
        WriteConfig("""{ auth: { profiles: { "openai:w": { provider: "openai", mode: "api_key" } }, order: { openai: ["openai:w", "openai:v"] } } }""");
        Assert.Empty(Examine("config-profile-missing"));
        Assert.Empty(Examine("config-order-missing-profile"));
    }

    [Theory]
    [InlineData(""", email: "b@x.org" """, "", "openai-codex:b@x.org")]
    [InlineData("", """, "lastGood": { "openai-codex": "openai-codex:c@x.org" }""", "openai-codex:c@x.org")]
    [Finds("oauth-id-mismatch")]
    public async Task A_sign_in_under_its_default_id_gets_its_own(string described, string rest, string expected)
    {
        WriteStore($"{Codex("b@x.org")}, {Codex("c@x.org")}", rest);
        WriteConfig($$"""{ auth: { profiles: { "openai-codex:default": { provider: "openai-codex", mode: "oauth"{{described}} } }, order: { "openai-codex": ["openai-codex:default"] } } }""");
        DoctorFinding mended = await MendAsync("oauth-id-mismatch", DoctorSeverity.Warning);
        Assert.Equal($"Auth: migrate openai-codex:default → {expected} (OAuth profile id), in auth.profiles and auth.order.", mended.Fix);
        Assert.Equal([expected], State.Workspace().Config.Order["openai-codex"]);
        Assert.Equal(expected, Assert.Single(State.Workspace().Config.Profiles).Id);
    }

    [Theory]
    [InlineData("openai-codex:default", "b@x.org")]
    [InlineData("openai-codex:old", "b@x.org")]
    [InlineData("openai-codex:default", "b@x.org", "c@x.org")]
    public void Where_it_cannot_be_told_which_is_meant_nothing_is_renamed(string described, params string[] emails)
    {
        bool isSole = described.EndsWith(":default", StringComparison.Ordinal) && emails.Length == 1;
        WriteStore(string.Join(", ", emails.Select(Codex)));
        WriteConfig($$"""{ auth: { profiles: { "{{described}}": { provider: "openai-codex", mode: "oauth" } } } }""");
        Assert.Equal(isSole ? 1 : 0, Examine("oauth-id-mismatch").Count);
        Assert.Equal(isSole ? 0 : 1, Examine("config-profile-missing").Count);
    }

    [Fact]
    [Finds("config-mode-mismatch")]
    public async Task A_description_that_says_another_kind_is_corrected()
    {
        WriteStore($"\"openai:a\": {Key}");
        WriteConfig("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "token", displayName: "Me" } } } }""");
        await MendAsync("config-mode-mismatch", DoctorSeverity.Warning);
        Assert.Equal("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "api_key", displayName: "Me" } } } }""", Config);
    }

    [Fact]
    public async Task Two_agents_with_different_kinds_under_one_id_are_for_a_person()
    {
        WriteStore(""" "openai:a": { "type": "token", "provider": "openai", "token": "t" } """);
        WriteStore($"\"openai:a\": {Key}", agent: "work");
        WriteConfig("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "api_key" } } } }""");
        DoctorFinding finding = Found("config-mode-mismatch", DoctorSeverity.Warning);
        Assert.Equal(("main", false), (finding.Agent, finding.CanFix));
        Assert.Contains("Agent work has another kind", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Rename-KrabAuthProfile 'openai:a' 'openai:token' -Agent main", finding.Fix, StringComparison.Ordinal);
        await State.Agent().Profiles.RenameAsync("openai:a", "openai:token", Cancellation);
        Assert.Empty(Examine("config-mode-mismatch"));
        Assert.Empty(Examine("profile-hidden"));
    }

    [Fact]
    [Finds("profile-hidden")]
    public async Task Profiles_of_a_provider_that_are_all_hidden_are_listed()
    {
        WriteStore($"\"openai:a\": {Key}");
        WriteConfig("""{ auth: { profiles: { "openai:gone": { provider: "openai", mode: "api_key" } } } }""");
        await MendAsync("profile-hidden", DoctorSeverity.Warning);
        Assert.NotNull(State.Workspace().Config.Profile("openai:a"));
    }

    [Fact]
    public void One_that_is_hidden_while_others_are_used_is_for_a_person()
    {
        WriteStore($"\"openai:a\": {Key}, \"openai:b\": {Key.Replace("key-of-a", "key-of-b", StringComparison.Ordinal)}");
        WriteConfig("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "api_key" } } } }""");
        FoundUntil("profile-hidden", DoctorSeverity.Info, () => WriteConfig("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "api_key" } }, order: { openai: ["openai:a", "openai:b"] } } }"""));
    }

    [Theory]
    [InlineData("""{ auth: { strategy: "fill-first" } }""", "{ }", "strategy")]
    [InlineData("""{ auth: { order: {}, externalCli: "off" } }""", "{ auth: { order: {} } }", "externalCli")]
    [InlineData("""{ auth: { cooldowns: { backoffMinutes: [1, 2], billingMaxHours: 3 } } }""", "{ auth: { cooldowns: { billingMaxHours: 3 } } }", "backoffMinutes")]
    [Finds("config-key-refused")]
    public async Task Settings_that_a_gateway_refuses_move_to_a_file_of_their_own(string config, string left, string name)
    {
        WriteConfig(config);
        DoctorFinding mended = await MendAsync("config-key-refused", DoctorSeverity.Warning);
        Assert.Equal(config, File.ReadAllText(mended.Backup!));
        Assert.Equal(left, Config);
        Assert.Contains($"\"{name}\"", File.ReadAllText(State.InState("krabauth.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void KrabKrab_has_no_such_gateway()
    {
        Product = Product.KrabKrab;
        State.Write("krabkrab.json", """{ auth: { strategy: "fill-first" } }""");
        Assert.Empty(Examine("config-key-refused"));
    }

    [Fact]
    public async Task Nothing_is_mended_while_writing_is_forbidden()
    {
        WriteStore($"\"openai:a\": {Key}");
        WriteConfig("""{ auth: { strategy: "fill-first" } }""");
        State.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        DoctorFinding tried = await State.Workspace().Doctor.FixAsync(Assert.Single(Examine("config-key-refused")), Cancellation);
        Assert.False(tried.IsFixed);
        Assert.Contains("OPENCLAW_AUTH_STORE_READONLY", tried.Problem, StringComparison.Ordinal);
        Assert.Equal("""{ auth: { strategy: "fill-first" } }""", Config);
    }

    private static string Codex(string email) => $$"""  "openai-codex:{{email}}": { "type": "oauth", "provider": "openai-codex", "access": "x", "refresh": "r-{{email}}", "expires": {{Later}}, "email": "{{email}}" } """;

    [Theory]
    [InlineData("{ broken", "line 1")]
    [InlineData("""{ "id": "other", "environment": ["ACME_KEY"] }""", "which is not the name of the file")]
    [Finds("definition-unusable")]
    public void A_provider_of_ones_own_that_cannot_be_used_is_named_before_it_is_needed(string content, string reason)
    {
        State.Write("providers/fine.json", """{ "id": "fine", "environment": ["FINE_KEY"] }""");
        string path = State.Write("providers/acme.json", content);
        DoctorFinding finding = Found("definition-unusable", DoctorSeverity.Error);
        Assert.Equal(path, finding.Subject);
        Assert.Contains(reason, finding.Message, StringComparison.Ordinal);
        FoundUntil("definition-unusable", DoctorSeverity.Error, () => File.Delete(path));
    }

    [Fact]
    [Finds("definition-unusable")]
    public void A_definition_that_others_can_write_to_is_named()
    {
        if (OperatingSystem.IsWindows()) return;
        string path = State.Write("providers/acme.json", """{ "id": "acme", "environment": ["ACME_KEY"] }""");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        Assert.Contains("can be changed by other users", Found("definition-unusable", DoctorSeverity.Error).Message, StringComparison.Ordinal);
        FoundUntil("definition-unusable", DoctorSeverity.Error, () =>
        {
            // The analyzer does not carry the check above into a lambda.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b110_000_000);
        });
    }
}
