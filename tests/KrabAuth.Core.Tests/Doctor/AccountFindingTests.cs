using System.Text.Json.Nodes;
using KrabAuth.Diagnostics.Doctor;

namespace KrabAuth.Core.Tests.Doctor;

/// <summary>
/// The documented change of an account (stop, remove the store, sign in, status, start), and why it may still be the old one. And what
/// earlier versions and other programs left.
/// </summary>
public sealed class AccountFindingTests : DoctorTestBase
{
    private const string New = """  "openai-codex:new": { "type": "oauth", "provider": "openai-codex", "access": "new-access", "refresh": "new-refresh", "expires": 1800000000000, "accountId": "new" } """;

    private const string Old = """  "openai-codex:old": { "type": "oauth", "provider": "openai-codex", "access": "old-access", "refresh": "old-refresh", "expires": 1800000000000, "accountId": "old" } """;

    private const string OldCache = """{ "openai-codex": { "type": "oauth", "access": "old-access", "refresh": "old-refresh", "expires": 1800000000000, "accountId": "old" }, "other": { "note": "not ours" } }""";

    [Fact]
    [Finds("cache-old-account")]
    public async Task The_old_account_stays_in_the_gateways_cache()
    {
        // The store was removed and made anew by a program that does not keep the cache.
        WriteStore(New);
        State.Write("agents/main/agent/auth.json", OldCache);
        DoctorFinding mended = await MendAsync("cache-old-account", DoctorSeverity.Warning);
        Assert.Equal(OldCache, File.ReadAllText(mended.Backup!));
        JsonNode cache = JsonNode.Parse(File.ReadAllText(State.InAgent("auth.json")))!;
        Assert.Equal("new-access", cache["openai-codex"]!["access"]!.GetValue<string>());
        Assert.Equal("""{"note":"not ours"}""", cache["other"]!.ToJsonString());
    }

    [Fact]
    public async Task It_stays_there_too_while_nobody_has_signed_in_again()
    {
        WriteConfig("""{ auth: { profiles: { "openai-codex:old": { provider: "openai-codex", mode: "oauth" } } } }""");
        State.Write("agents/main/agent/auth.json", OldCache);
        await MendAsync("cache-old-account", DoctorSeverity.Warning);
        Assert.DoesNotContain("old-access", File.ReadAllText(State.InAgent("auth.json")), StringComparison.Ordinal);
        Assert.Empty(State.Agent().Profiles.List());
    }

    [Fact]
    public void A_sign_in_of_the_gateways_own_library_is_told_and_left_alone()
    {
        WriteStore($"\"openai:a\": {Key}");
        State.Write("agents/main/agent/auth.json", OldCache);
        FoundUntil("cache-old-account", DoctorSeverity.Info, () => File.Delete(State.InAgent("auth.json")));
    }

    [Fact]
    public void Between_removing_the_store_and_signing_in_the_configuration_is_left_alone()
    {
        WriteConfig("""{ auth: { profiles: { "openai-codex:old": { provider: "openai-codex", mode: "oauth" } } } }""");
        State.Write("krabauth.json", "{ runtimeCache: false }");
        State.Write("agents/main/agent/auth.json", OldCache);
        Assert.Empty(Examine("config-profile-missing"));
        Assert.Empty(Examine("legacy-file"));
    }

    [Fact]
    public void A_cache_that_is_left_alone_on_request_is_for_a_person()
    {
        WriteStore(New);
        State.Write("krabauth.json", "{ runtimeCache: false }");
        State.Write("agents/main/agent/auth.json", OldCache);
        FoundUntil("cache-old-account", DoctorSeverity.Warning, () => File.Delete(State.InAgent("auth.json")));
    }

    [Fact]
    public void The_account_of_an_agent_may_be_inherited()
    {
        WriteStore(Old);
        WriteStore(string.Empty, agent: "work");
        DoctorFinding finding = Found("inherited-account", DoctorSeverity.Info);
        Assert.Equal(("work", "openai-codex"), (finding.Agent, finding.Subject));
        Assert.Contains("uses main's: openai-codex:old", finding.Message, StringComparison.Ordinal);
        Assert.EndsWith(" -Agent work", finding.Fix, StringComparison.Ordinal);
        WriteStore(New, """, "order": { "openai-codex": ["openai-codex:new"] }""", "work");
        Assert.Empty(Examine("inherited-account"));
    }

    [Fact]
    [Finds("inherited-account")]
    public void An_agent_that_has_an_account_and_uses_mains_is_a_warning()
    {
        WriteStore(Old);
        WriteStore(New, """, "order": { "openai-codex": ["openai-codex:old"] }""", "work");
        FoundUntil("inherited-account", DoctorSeverity.Warning, () => WriteStore(New, """, "order": { "openai-codex": ["openai-codex:new"] }""", "work"));
    }

    [Fact]
    [Finds("agent-account")]
    public void The_old_account_may_live_on_in_another_agent()
    {
        WriteStore(New);
        WriteStore(Old, """, "order": { "openai-codex": ["openai-codex:old"] }""", "work");
        DoctorFinding finding = Found("agent-account", DoctorSeverity.Info);
        Assert.Equal("work", finding.Agent);
        WriteStore(New, agent: "work");
        Assert.Empty(Examine("agent-account"));
    }

    [Fact]
    [Finds("environment-account")]
    public void The_account_may_be_that_of_a_key_in_the_environment()
    {
        WriteStore(string.Empty);
        State.Host.Set("MISTRAL_API_KEY", "sk-0123456789-environment");
        DoctorFinding finding = Found("environment-account", DoctorSeverity.Info);
        Assert.Contains("MISTRAL_API_KEY", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-0123456789", finding.Message + finding.Fix, StringComparison.Ordinal);
        State.Host.Set("MISTRAL_API_KEY", null);
        Assert.Empty(Examine("environment-account"));
    }

    [Fact]
    public void A_key_that_comes_before_the_profiles_is_a_warning()
    {
        WriteStore(""" "mistral:a": { "type": "api_key", "provider": "mistral", "key": "k" } """);
        State.Write("krabauth.json", """{ credentialPrecedence: "env-first" }""");
        State.Host.Set("MISTRAL_API_KEY", "sk-0123456789-environment");
        FoundUntil("environment-account", DoctorSeverity.Warning, () => File.Delete(State.InState("krabauth.json")));
    }

    [Fact]
    [Finds("environment-unused")]
    public void A_key_that_is_not_used_because_of_profiles_is_told()
    {
        WriteStore($"\"openai:a\": {Key}");
        State.Host.Set("OPENAI_API_KEY", "sk-0123456789-environment");
        FoundUntil("environment-unused", DoctorSeverity.Info, () => State.Host.Set("OPENAI_API_KEY", null));
    }

    [Fact]
    [Finds("external-login")]
    public async Task A_newer_sign_in_of_another_program_is_taken_over()
    {
        WriteClaude();
        Assert.NotNull((await MendAsync("external-login", DoctorSeverity.Info)).Backup);
        Assert.Equal("claude-access", Store()["profiles"]!["anthropic:claude-cli"]!["access"]!.GetValue<string>());
    }

    [Fact]
    [Finds("external-account")]
    public async Task The_account_may_be_the_sign_in_of_another_program()
    {
        WriteClaude();
        await MendAsync("external-login", DoctorSeverity.Info);
        FoundUntil("external-account", DoctorSeverity.Info, () => WriteStore($"\"openai:a\": {Key}"));
    }

    private void WriteClaude()
    {
        WriteStore($"\"openai:a\": {Key}");
        string theirs = Path.Combine(State.Home, ".claude", ".credentials.json");
        Directory.CreateDirectory(Path.GetDirectoryName(theirs)!);
        File.WriteAllText(theirs, """{"claudeAiOauth":{"accessToken":"claude-access","refreshToken":"claude-refresh","expiresAt":1800000000000}}""");
    }

    [Fact]
    [Finds("legacy-file")]
    public async Task Files_of_earlier_versions_are_imported_and_kept()
    {
        const string Legacy = """{ "openai": { "type": "api_key", "key": "legacy-key" } }""";
        string path = State.Write("agents/main/agent/auth.json", Legacy);
        DoctorFinding mended = await MendAsync("legacy-file", DoctorSeverity.Warning);
        Assert.Equal(Legacy, File.ReadAllText(mended.Backup!));
        Assert.False(File.Exists(path));
        Assert.Equal("openai:default", Assert.Single(State.Agent().Profiles.List()).ProfileId);
    }

    [Fact]
    public async Task Those_that_nothing_reads_any_more_are_moved_aside()
    {
        WriteStore($"\"openai:a\": {Key}");
        string path = State.Write("credentials/oauth.json", """{ "openai-codex": { "access": "a", "refresh": "r", "expires": 1 } }""");
        DoctorFinding mended = await MendAsync("legacy-file", DoctorSeverity.Info);
        Assert.True(File.Exists(mended.Backup) && !File.Exists(path));
    }

    [Fact]
    public async Task A_second_run_is_clean()
    {
        State.Write("agents/main/agent/auth-profiles.json", """{ "openai": { "apiKey": "k" } }""");
        State.Write("agents/work/agent/auth-profiles.json", "{ broken");
        WriteConfig("""{ auth: { strategy: "fill-first", profiles: { "openai:gone": { provider: "openai", mode: "api_key" }, "openai-codex:old": { provider: "openai-codex", mode: "oauth" } } } }""");
        State.Write("agents/main/agent/auth.json", OldCache);
        Directory.CreateDirectory(State.LockPath);
        Directory.SetLastWriteTimeUtc(State.LockPath, DateTime.UtcNow.AddMinutes(-2));
        AuthDoctor doctor = State.Workspace().Doctor;
        var run = new List<DoctorFinding>();
        foreach (DoctorFinding finding in doctor.Examine()) run.Add(await doctor.FixAsync(finding, Cancellation));
        Assert.DoesNotContain(run, finding => finding.Problem is not null);
        foreach (string id in new[] { "flat-store", "store-unreadable", "config-key-refused", "config-profile-missing", "cache-old-account", "stale-lock" }) Assert.Contains(run, finding => finding.Id == id && finding.IsFixed);
        List<DoctorFinding> again = [.. State.Workspace().Doctor.Examine()];
        Assert.DoesNotContain(again, finding => finding.CanFix || finding.Severity != DoctorSeverity.Info);
        Assert.Equal(0, AuthDoctor.ExitCode(again));
    }
}
