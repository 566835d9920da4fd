using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Interop;

/// <summary>What is made of other programs' files, good and bad. Whatever is in them, the rest goes on and nothing is replaced.</summary>
public sealed class ExternalReaderTests : ExternalTestBase
{
    [Fact]
    public void Each_program_is_read_into_the_profile_of_its_name()
    {
        WriteClaude(Hour);
        WriteCodex();
        State.WriteHome(".qwen/oauth_creds.json", """{"access_token":"qa","refresh_token":"qr","expiry_date":1700003600000,"resource_url":"portal.qwen.ai"}""");
        State.WriteHome(".minimax/oauth_creds.json", """{"access_token":"ma","refresh_token":"mr","expiry_date":1700003600000}""");
        State.WriteHome(".gemini/oauth_creds.json", """{"access_token":"ga","refresh_token":"gr","expiry_date":1700003600000,"token_type":"Bearer"}""");
        Assert.Equal(
            ["anthropic:claude-cli", "openai-codex:codex-cli", "qwen-portal:qwen-cli", "minimax-portal:minimax-cli", "google-gemini-cli:gemini-cli"],
            State.Agent().ExternalLogins.Plan().Select(login => login.ProfileId));
        Assert.All(State.Agent().ExternalLogins.Plan(), login => Assert.Equal((ExternalLoginAction.Add, "new", CredentialType.OAuth), (login.Action, login.Reason, login.Type)));
    }

    [Fact]
    public async Task Codex_names_account_and_email_and_its_token_tells_its_end()
    {
        string access = WriteCodex();
        await Sync();
        JsonObject profile = StoredProfile(CodexCliId);
        Assert.Equal((access, Server.Account.Id, Server.Account.Email), (Text(profile, "access"), Text(profile, "accountId"), Text(profile, "email")));
        Assert.Equal((State.Clock.GetUtcNow() + Server.Lifetime).ToUnixTimeSeconds() * 1000, profile["expires"]!.GetValue<long>());
    }

    [Fact]
    public async Task Gemini_names_account_and_email_in_its_id_token()
    {
        string idToken = Jwt.Text("""{"sub":"1234","email":"g@example.com"}""");
        State.WriteHome(".gemini/oauth_creds.json", $$"""{"access_token":"a","refresh_token":"r","expiry_date":1700003600000,"id_token":"{{idToken}}"}""");
        await Sync();
        JsonObject profile = StoredProfile("google-gemini-cli:gemini-cli");
        Assert.Equal(("1234", "g@example.com"), (Text(profile, "accountId"), Text(profile, "email")));
    }

    [Theory]
    [InlineData(null, ".claude.json")]
    [InlineData(".claude", ".claude/.claude.json")]
    public async Task Claude_names_its_account_in_a_file_of_its_own(string? moved, string file)
    {
        WriteClaude(Hour);
        if (moved is not null) State.Host.Set("CLAUDE_CONFIG_DIR", HomeFile(moved));
        State.WriteHome(file, """{"oauthAccount":{"accountUuid":"u-1","emailAddress":"c@example.com"},"projects":{}}""");
        await Sync();
        Assert.Equal(("u-1", "c@example.com"), (Text(StoredProfile(ClaudeId), "accountId"), Text(StoredProfile(ClaudeId), "email")));
        State.WriteHome(file, """{"oauthAccount":{"accountUuid":"u-2","emailAddress":"c@example.com"}}""");
        WriteClaude(Hour * 2);
        Assert.Equal("other_account", (await Sync())[0].Reason);
        State.WriteHome(file, "{");
        Assert.Equal("other_account", (await Sync())[0].Reason);
    }

    [Fact]
    public void A_claude_token_that_cannot_be_renewed_is_a_static_one()
    {
        State.WriteHome(ClaudeFile, $$"""{"claudeAiOauth":{"accessToken":"a","expiresAt":{{State.Clock.Milliseconds + 1}} } }""");
        Assert.Equal((ExternalLoginAction.Add, CredentialType.Token), (Planned("claude").Action, Planned("claude").Type));
        State.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((ExternalLoginAction.None, "expired"), (Planned("claude").Action, Planned("claude").Reason));
    }

    [Theory]
    [InlineData("CLAUDE_CONFIG_DIR", "claude", ".credentials.json", """{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":1700003600000}}""")]
    [InlineData("CODEX_HOME", "codex", "auth.json", """{"tokens":{"access_token":"a","refresh_token":"r"}}""")]
    public void A_variable_moves_the_directory(string variable, string tool, string file, string content)
    {
        string path = State.WriteHome($"elsewhere/{file}", content);
        Assert.Equal("absent", Planned(tool).Reason);
        State.Host.Set(variable, "~/elsewhere");
        Assert.Equal(("new", path), (Planned(tool).Reason, Planned(tool).Source));
    }

    // What a product's own home variable says is nothing to the other programs.
    [Fact]
    public void The_home_is_that_of_the_program_and_not_of_the_product()
    {
        WriteClaude(Hour);
        State.Host.Set("OPENCLAW_HOME", Path.Combine(State.Home, "other"));
        Assert.Equal("new", Planned("claude").Reason);
    }

    [Theory]
    [InlineData("{", "malformed")]
    [InlineData("", "malformed")]
    [InlineData("""{"claudeAiOauth":{"accessToken":"a","accessToken":"b"}}""", "malformed")]
    [InlineData("[]", "no_login")]
    [InlineData("""{"claudeAiOauth":null}""", "no_login")]
    [InlineData("""{"claudeAiOauth":{"accessToken":7,"refreshToken":"r","expiresAt":1700003600000}}""", "no_login")]
    [InlineData("""{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":"soon"}}""", "no_login")]
    [InlineData("""{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":-1}}""", "no_login")]
    public async Task A_file_that_cannot_be_used_is_told_and_left_alone(string content, string reason)
    {
        string path = State.WriteHome(ClaudeFile, content);
        WriteCodex();
        IReadOnlyList<ExternalLogin> logins = await Sync();
        Assert.Equal(reason, logins[0].Reason);
        Assert.Contains(path, logins[0].Detail, StringComparison.Ordinal);
        Assert.Equal(ExternalLoginAction.Add, logins[1].Action);
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal(reason == "malformed", State.Log.Warnings.Count == 1);
    }

    [Fact]
    public async Task So_is_one_that_is_too_large_or_a_directory_or_a_link_to_nothing()
    {
        State.WriteHome(ClaudeFile, new string(' ', (1024 * 1024) + 1));
        Directory.CreateDirectory(HomeFile(CodexFile));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        Directory.CreateDirectory(HomeFile(".qwen"));
        File.CreateSymbolicLink(HomeFile(".qwen/oauth_creds.json"), "nothing");
        IReadOnlyList<ExternalLogin> logins = await Sync();
        Assert.Equal(["unreadable", "unreadable", "unreadable", "absent", "absent"], logins.Select(login => login.Reason));
        Assert.Equal(3, State.Log.Warnings.Count);
    }

    // Who may read everything can give a file away; everybody else can close it.
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void So_is_one_that_may_not_be_read_or_is_somebody_elses()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes and owners are Unix's.");
        WriteClaude(Hour);
        if (Environment.UserName == "root") Shell.Run("chown", "12345", HomeFile(ClaudeFile));
        else File.SetUnixFileMode(HomeFile(ClaudeFile), UnixFileMode.None);
        Assert.Equal("unreadable", Planned("claude").Reason);
    }

    [Fact]
    public async Task The_keychain_comes_first_and_the_file_where_it_has_nothing()
    {
        var keychain = new FakeKeychain();
        State.Keychain = keychain;
        WriteClaude(Hour, access: "in-the-file");
        await Sync();
        Assert.Equal("in-the-file", Text(StoredProfile(ClaudeId), "access"));
        keychain.Put("Claude Code-credentials", "someone", $$"""{"claudeAiOauth":{"accessToken":"in-the-keychain","refreshToken":"r","expiresAt":{{State.Clock.Milliseconds + 7_200_000}} } }""");
        Assert.Equal("keychain: Claude Code-credentials", (await SyncOne("claude")).Source);
        Assert.Equal("in-the-keychain", Text(StoredProfile(ClaudeId), "access"));
    }

    [Fact]
    public async Task A_keychain_that_refuses_is_told()
    {
        State.Keychain = new FakeKeychain { Refuses = true };
        Assert.Equal(["unreadable", "unreadable", "absent", "absent", "absent"], (await Sync()).Select(login => login.Reason));
    }

    // #76761: what runs unasked must never stop at a question.
    [Fact]
    public async Task A_status_does_not_open_the_keychain()
    {
        var keychain = new FakeKeychain();
        State.Keychain = keychain;
        await State.Agent().Health.SyncedStatusAsync(Cancellation);
        Assert.Empty(keychain.Asked);
    }

    [Fact]
    public async Task Nothing_that_is_said_holds_a_token()
    {
        WriteCodex();
        WriteClaude(Hour, access: Server.AccessToken(Server.Account));
        IReadOnlyList<ExternalLogin> logins = await Sync();
        AssertNoSecret([.. Said, .. logins.Select(login => $"{login} {System.Text.Json.JsonSerializer.Serialize(login)}")]);
        Assert.NotEmpty(Said);
    }
}
