using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Interop;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Interop;

/// <summary>When another program's sign-in is taken over, and when it is not.</summary>
public sealed class ExternalLoginTests : ExternalTestBase
{
    [Fact]
    public async Task A_plan_changes_nothing_and_says_what_is_done_then()
    {
        WriteClaude(Hour);
        string before = State.ReadStore();
        ExternalLogin planned = Planned("claude");
        Assert.Equal(before, State.ReadStore());
        Assert.Equal(planned, (await Sync())[0]);
        Assert.Equal(ExternalLoginAction.None, Planned("claude").Action);
    }

    // Listing, resolving, checking: they read.
    [Fact]
    public void Plain_reads_never_write()
    {
        WriteClaude(Hour);
        string before = State.ReadStore();
        AuthAgent agent = State.Agent();
        Assert.Empty(agent.Profiles.List());
        agent.Health.Status();
        agent.Health.Check();
        agent.Orders.Resolve("anthropic");
        Assert.Equal(before, State.ReadStore());
    }

    // P4894, P21518: as documented, the status takes over.
    [Fact]
    public async Task The_status_of_the_command_line_takes_over()
    {
        WriteClaude(Hour);
        StatusReport report = await State.Agent().Health.SyncedStatusAsync(Cancellation);
        Assert.Equal(ClaudeId, Assert.Single(report.Profiles).ProfileId);
        Assert.NotNull(StoredProfile(ClaudeId));
    }

    [Theory]
    [InlineData("\"off\"", new string[0])]
    [InlineData("[]", new string[0])]
    [InlineData("false", new string[0])]
    [InlineData("\"codex\"", new[] { CodexCliId })]
    [InlineData("[\"codex-cli\", \"nobody\"]", new[] { CodexCliId })]
    [InlineData("\"sync\"", new[] { ClaudeId, CodexCliId })]
    public async Task The_configuration_decides(string setting, string[] taken)
    {
        State.Write("openclaw.json", $$"""{ auth: { externalCli: {{setting}} } }""");
        WriteClaude(Hour);
        WriteCodex();
        await State.Agent().Health.SyncedStatusAsync(Cancellation);
        Assert.Equal(taken, State.Agent().Profiles.List().Select(profile => profile.ProfileId));
        Assert.Equal(setting.Contains("nobody", StringComparison.Ordinal), State.Log.Warnings.Count == 1);
        foreach (ExternalLogin login in (await Sync()).Where(login => login.Tool == "claude" && taken.Length < 2)) Assert.Equal("switched_off", login.Reason);
    }

    [Fact]
    public async Task What_is_asked_for_by_name_is_done_whatever_the_configuration_says()
    {
        State.Write("openclaw.json", """{ auth: { externalCli: "off" } }""");
        WriteClaude(Hour);
        Assert.Equal(ExternalLoginAction.Add, (await SyncOne("claude-code")).Action);
        await Refused(() => Sync("vim"), "ToolUnknown");
    }

    // #80129: a stale profile was made again and again.
    [Fact]
    public async Task A_profile_that_was_removed_stays_away_until_somebody_asks_for_it()
    {
        WriteClaude(Hour);
        await Sync();
        await State.Agent().Profiles.RemoveAsync(ClaudeId, Cancellation);
        WriteClaude(Hour * 2);
        await State.Agent().Health.SyncedStatusAsync(Cancellation);
        Assert.Equal("removed", (await Sync())[0].Reason);
        Assert.Empty(State.Agent().Profiles.List());
        Assert.Equal(ExternalLoginAction.Add, (await SyncOne("claude")).Action);
        Assert.DoesNotContain("krabauthRemovedLogin", State.ReadStore(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 120, "newer")]
    [InlineData(120, 60, "stored_newer")]
    [InlineData(60, 60, "stored_newer")]
    [InlineData(-10, 60, "newer")]
    [InlineData(-10, -5, "newer")]
    [InlineData(-5, -10, "stored_newer")]
    public async Task The_newer_one_wins(int storedMinutes, int readMinutes, string reason)
    {
        WriteStore((ClaudeId, OAuthProfile("anthropic", TimeSpan.FromMinutes(storedMinutes))));
        string access = WriteClaude(TimeSpan.FromMinutes(readMinutes));
        Assert.Equal(reason, (await Sync())[0].Reason);
        Assert.Equal(reason == "newer" ? access : "stored", Text(StoredProfile(ClaudeId), "access"));
    }

    [Fact]
    public async Task Members_of_the_profile_survive_and_so_does_its_spelling_of_the_provider()
    {
        JsonObject stored = OAuthProfile("claude-cli", TimeSpan.Zero);
        stored["displayName"] = "Work";
        stored["future"] = 1;
        WriteStore((ClaudeId, stored));
        WriteClaude(Hour);
        await Sync();
        JsonObject after = StoredProfile(ClaudeId);
        Assert.Equal(("claude-cli", "Work", 1), (Text(after, "provider"), Text(after, "displayName"), after["future"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_token_becomes_a_sign_in_and_a_sign_in_never_a_token()
    {
        WriteStore((ClaudeId, new JsonObject { ["type"] = "token", ["provider"] = "anthropic", ["token"] = "t", ["expires"] = State.Clock.Milliseconds + 1 }));
        WriteClaude(Hour);
        Assert.Equal("upgrade", (await Sync())[0].Reason);
        Assert.Equal(("oauth", null), (Text(StoredProfile(ClaudeId), "type"), Text(StoredProfile(ClaudeId), "token")));
        State.WriteHome(ClaudeFile, $$"""{"claudeAiOauth":{"accessToken":"a","expiresAt":{{State.Clock.Milliseconds + 99_000_000}} } }""");
        Assert.Equal("no_downgrade", (await Sync())[0].Reason);
    }

    [Theory]
    [InlineData("""{ "type": "api_key", "provider": "anthropic", "key": "k" }""", "other_type")]
    [InlineData("""{ "type": "oauth", "provider": "acme", "access": "a", "refresh": "r", "expires": 1 }""", "other_provider")]
    public async Task What_somebody_put_under_that_id_stays(string profile, string reason)
    {
        WriteStore((ClaudeId, JsonNode.Parse(profile)!.AsObject()));
        WriteClaude(Hour);
        string before = State.ReadStore();
        Assert.Equal(reason, (await Sync())[0].Reason);
        Assert.Equal(before, State.ReadStore());
    }

    [Theory]
    [InlineData("acct-11111111", "newer")]
    [InlineData("acct-other", "other_account")]
    public async Task No_account_takes_the_place_of_another(string account, string reason)
    {
        WriteStore((CodexCliId, OAuthProfile(Codex, TimeSpan.Zero, account: account)));
        WriteCodex();
        Assert.Equal(reason, (await Sync())[1].Reason);
        Assert.Equal(reason == "other_account", Text(StoredProfile(CodexCliId), "access") == "stored");
    }

    // A profile that names its account, and a program that does not: nobody knows.
    [Fact]
    public async Task Nor_one_that_cannot_be_told()
    {
        WriteStore((ClaudeId, OAuthProfile("anthropic", TimeSpan.Zero, account: "known")));
        WriteClaude(Hour);
        Assert.Equal("other_account", (await Sync())[0].Reason);
    }

    [Fact]
    public async Task A_sign_in_that_another_profile_holds_is_not_had_twice()
    {
        string refresh = Server.GrantRefreshToken();
        string access = WriteCodex(refresh: refresh);
        JsonObject same = OAuthProfile(Codex, Hour, access, refresh);
        WriteStore(("openai-codex:default", same.DeepClone().AsObject()));
        Assert.Equal((ExternalLoginAction.None, "duplicate"), await Result());
        WriteStore(("openai-codex:default", same.DeepClone().AsObject()), (CodexCliId, same.DeepClone().AsObject()));
        Assert.Equal((ExternalLoginAction.Remove, "duplicate"), await Result());
        Assert.Equal(["openai-codex:default"], State.Agent().Profiles.List().Select(profile => profile.ProfileId));

        async Task<(ExternalLoginAction Action, string Reason)> Result() => (await Sync())[1] is { } login ? (login.Action, login.Reason) : default;
    }

    // One owner for each refresh token: the agents read main's through.
    [Fact]
    public async Task Another_agent_takes_over_into_main()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(State.InAgent("auth-profiles.json", "work"))!);
        WriteClaude(Hour);
        await State.Agent("work").ExternalLogins.SyncAsync(cancellationToken: Cancellation);
        Assert.NotNull(StoredProfile(ClaudeId));
        Assert.False(File.Exists(State.InAgent("auth-profiles.json", "work")));
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_fails_a_sync_and_costs_a_status_a_warning()
    {
        State.Locks = new LockOptions { Timeout = TimeSpan.Zero };
        Directory.CreateDirectory(State.LockPath);
        WriteClaude(Hour);
        await Refused(() => Sync(), "StoreLocked");
        Assert.Empty((await State.Agent().Health.SyncedStatusAsync(Cancellation)).Profiles);
        Assert.Contains(State.Log.Warnings, warning => warning.Contains("were not taken over", StringComparison.Ordinal));
        Directory.Delete(State.LockPath);
        State.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        await Refused(() => Sync(), "StoreReadOnly");
        Assert.Empty((await State.Agent().Health.SyncedStatusAsync(Cancellation)).Profiles);
    }

    // What is wrong with the store itself is no matter of the other programs.
    [Fact]
    public async Task A_corrupt_store_is_an_error_of_its_own()
    {
        WriteClaude(Hour);
        State.Write("agents/main/agent/auth-profiles.json", "{");
        await Refused(() => State.Agent().Health.SyncedStatusAsync(Cancellation), "StoreCorrupt");
        Assert.Equal("{", State.ReadStore());
    }
}
