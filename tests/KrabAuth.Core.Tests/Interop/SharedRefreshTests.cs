using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Interop;

/// <summary>A token with two owners: neither is ever signed out by the other.</summary>
public sealed class SharedRefreshTests : ExternalTestBase
{
    private static readonly TimeSpan Expired = TimeSpan.FromSeconds(-1);

    private Task<string> Token(string id) => Task.Run(async () => (await State.Agent().Credentials.ForProfileAsync(id, Cancellation)).Secret.Reveal(), Cancellation);

    [Fact]
    public async Task The_new_tokens_go_back_and_every_other_byte_stays()
    {
        WriteClaude(Expired);
        await Sync();
        string before = File.ReadAllText(HomeFile(ClaudeFile));
        JsonObject old = HomeJson(ClaudeFile)["claudeAiOauth"]!.AsObject();
        string token = await Token(ClaudeId);
        JsonObject stored = StoredProfile(ClaudeId);
        string wanted = before.Replace(Text(old, "accessToken")!, token, StringComparison.Ordinal)
            .Replace(Text(old, "refreshToken")!, Text(stored, "refresh"), StringComparison.Ordinal)
            .Replace($"{old["expiresAt"]}", $"{stored["expires"]}", StringComparison.Ordinal);
        Assert.Equal(wanted, File.ReadAllText(HomeFile(ClaudeFile)));
        Assert.NotEqual(before, wanted);
        // The program goes on with what it finds.
        WriteStore((ClaudeId, stored.DeepClone().AsObject()));
        State.Clock.Advance(Hour * 2);
        await Token(ClaudeId);
        Assert.Equal((2, 0), (Server.TokenRequests.Count, Server.Reuses));
    }

    [Fact]
    public async Task Codex_gets_its_id_token_and_the_time_too()
    {
        WriteCodex();
        await Sync();
        State.Clock.Advance(Hour * 2);
        string token = await Token(CodexCliId);
        JsonObject tokens = HomeJson(CodexFile)["tokens"]!.AsObject();
        Assert.Equal((token, Text(StoredProfile(CodexCliId), "refresh")), (Text(tokens, "access_token"), Text(tokens, "refresh_token")));
        Assert.Equal("2023-11-15T00:13:20.000000Z", Text(HomeJson(CodexFile), "last_refresh"));
        Assert.Equal(Server.Account.Id, Text(tokens, "account_id"));
        Assert.True(HomeJson(CodexFile).ContainsKey("OPENAI_API_KEY"));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_mode_and_a_link_in_the_files_place_stay()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes and links are Unix's.");
        WriteClaude(Expired);
        File.Move(HomeFile(ClaudeFile), HomeFile("real.json"));
        File.CreateSymbolicLink(HomeFile(ClaudeFile), HomeFile("real.json"));
        File.SetUnixFileMode(HomeFile("real.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await Sync();
        string token = await Token(ClaudeId);
        Assert.Equal(HomeFile("real.json"), new FileInfo(HomeFile(ClaudeFile)).LinkTarget);
        Assert.Contains(token, File.ReadAllText(HomeFile("real.json")), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(HomeFile("real.json")));
    }

    [Fact]
    public async Task It_goes_back_to_the_keychain_where_it_came_from()
    {
        var keychain = new FakeKeychain();
        State.Keychain = keychain;
        Directory.CreateDirectory(HomeFile(".claude"));
        keychain.Put("Claude Code-credentials", "someone", $$"""{"claudeAiOauth":{"accessToken":"a","refreshToken":"{{Server.GrantRefreshToken()}}","expiresAt":1,"scopes":[]},"other":1}""");
        await Sync();
        string token = await Token(ClaudeId);
        JsonObject item = JsonNode.Parse(keychain["Claude Code-credentials", "someone"]!)!.AsObject();
        Assert.Equal((token, 1), (Text(item["claudeAiOauth"]!.AsObject(), "accessToken"), item["other"]!.GetValue<int>()));
        Assert.False(File.Exists(HomeFile(ClaudeFile)));
    }

    // The protocol of Claude Code: one directory in its own, then one beside it.
    [Fact]
    public async Task Its_locks_are_held_while_the_server_is_asked()
    {
        WriteClaude(Expired);
        await Sync();
        Server.Hold();
        Task<string> token = Token(ClaudeId);
        await Server.NextArrivalAsync(Cancellation);
        Assert.True(Directory.Exists(HomeFile(".claude/.oauth_refresh.lock")));
        Assert.True(Directory.Exists(HomeFile(".claude.lock")));
        Server.Release();
        await token;
        Assert.Equal([".credentials.json"], Directory.EnumerateFileSystemEntries(HomeFile(".claude")).Select(Path.GetFileName));
        Assert.Equal([".claude"], Directory.EnumerateFileSystemEntries(State.Home).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(".claude/.oauth_refresh.lock")]
    [InlineData(".claude.lock")]
    public async Task Who_holds_one_of_them_is_waited_for_and_what_it_got_is_used(string lockName)
    {
        WriteClaude(Expired);
        await Sync();
        Directory.CreateDirectory(HomeFile(lockName));
        Task<string> token = Token(ClaudeId);
        string queues = State.InState("locks/shared");
        while (!Directory.Exists(queues) || Directory.EnumerateDirectories(queues).All(LockQueue.IsEmpty)) await Task.Yield();
        string access = WriteClaude(Hour);
        Assert.False(token.IsCompleted);
        Directory.Delete(HomeFile(lockName));
        Assert.Equal(access, await token);
        Assert.Equal(access, Text(StoredProfile(ClaudeId), "access"));
        Assert.Empty(Server.TokenRequests);
    }

    [Fact]
    public async Task A_lock_that_was_left_behind_is_taken_over_after_a_minute()
    {
        WriteClaude(Expired);
        await Sync();
        string left = HomeFile(".claude/.oauth_refresh.lock");
        Directory.CreateDirectory(left);
        Directory.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddSeconds(-61));
        await Token(ClaudeId);
        Assert.Single(Server.TokenRequests);
    }

    // What the program has by now is renewed, and not what the store still has.
    [Fact]
    public async Task The_programs_newer_token_is_the_one_that_is_renewed()
    {
        WriteStore((ClaudeId, OAuthProfile("anthropic", -Hour, refresh: "used-up")));
        string refresh = Server.GrantRefreshToken();
        WriteClaude(Expired, refresh: refresh);
        string token = await Token(ClaudeId);
        Assert.Equal(refresh, Assert.Single(Server.TokenRequests)["refresh_token"]);
        Assert.Equal(token, Text(HomeJson(ClaudeFile)["claudeAiOauth"]!.AsObject(), "accessToken"));
    }

    [Fact]
    public async Task Force_takes_what_the_program_renewed_meanwhile_and_else_asks()
    {
        WriteClaude(Hour);
        await Sync();
        string newer = WriteClaude(Hour * 2);
        await State.Agent().Credentials.RenewAsync(ClaudeId, Cancellation);
        Assert.Equal((newer, 0), (Text(StoredProfile(ClaudeId), "access"), Server.TokenRequests.Count));
        await State.Agent().Credentials.RenewAsync(ClaudeId, Cancellation);
        Assert.Single(Server.TokenRequests);
    }

    // Signed in to another account: the program is an owner of this sign-in no longer.
    [Fact]
    public async Task Another_account_of_the_program_is_neither_used_nor_overwritten()
    {
        WriteStore((CodexCliId, OAuthProfile(Codex, Expired, refresh: Server.GrantRefreshToken(), account: Server.Account.Id)));
        WriteCodex(new FakeAccount("acct-other", "other@example.com"));
        string before = File.ReadAllText(HomeFile(CodexFile));
        await Token(CodexCliId);
        Assert.Single(Server.TokenRequests);
        Assert.Equal(before, File.ReadAllText(HomeFile(CodexFile)));
    }

    // A mark that the program does not give would make its next tokens look like somebody else's.
    [Fact]
    public async Task A_renewal_gives_the_profile_no_account_that_the_program_does_not_name()
    {
        WriteClaude(Expired);
        await Sync();
        State.Write("providers/anthropic.json", """{"id":"anthropic","label":"A","oauth":{"authorizationEndpoint":"https://a.test/a","tokenEndpoint":"https://a.test/t","clientId":"c","accountIdClaim":["https://api.openai.com/auth","chatgpt_account_id"],"emailClaim":["email"]}}""");
        await Token(ClaudeId);
        Assert.Equal((null, null), (Text(StoredProfile(ClaudeId), "accountId"), Text(StoredProfile(ClaudeId), "email")));
        string access = WriteClaude(Hour * 2);
        Assert.Equal("newer", (await Sync())[0].Reason);
        Assert.Equal(access, await Token(ClaudeId));
    }

    // Ours may be used up: sent, it would sign the program out.
    [Fact]
    public async Task Where_nobody_can_tell_whose_the_programs_tokens_are_nothing_is_asked()
    {
        WriteStore((ClaudeId, OAuthProfile("anthropic", TimeSpan.FromSeconds(30), account: "known")));
        WriteClaude(Hour);
        Assert.Equal("stored", await Token(ClaudeId));
        State.Clock.Advance(TimeSpan.FromMinutes(1));
        await Refused(() => Token(ClaudeId), "OwnerUnknown");
        Assert.Empty(Server.TokenRequests);
        State.WriteHome(".claude.json", """{"oauthAccount":{"accountUuid":"known"},"projects":{}}""");
        Assert.NotEqual("stored", await Token(ClaudeId));
        Assert.Empty(Server.TokenRequests);
    }

    // A profile of another name with the very same refresh token is shared all the same.
    [Fact]
    public async Task A_profile_that_holds_the_programs_token_under_another_name_is_shared_too()
    {
        string refresh = Server.GrantRefreshToken();
        WriteCodex(refresh: refresh);
        WriteStore(("openai-codex:default", OAuthProfile(Codex, Expired, refresh: refresh)));
        string token = await Token("openai-codex:default");
        Assert.Equal(token, Text(HomeJson(CodexFile)["tokens"]!.AsObject(), "access_token"));
    }

    // It has no lock: what it made of its file in the meantime is its own.
    [Fact]
    public async Task What_codex_wrote_during_the_request_is_not_overwritten()
    {
        WriteCodex();
        await Sync();
        State.Clock.Advance(Hour * 2);
        string signedIn = string.Empty;
        Server.Answer(request =>
        {
            WriteCodex();
            signedIn = File.ReadAllText(HomeFile(CodexFile));
            return FakeAuthorizationServer.Response(HttpStatusCode.OK, """{"access_token":"late","refresh_token":"late","expires_in":60}""");
        });
        Assert.Equal("late", await Token(CodexCliId));
        Assert.Equal(signedIn, File.ReadAllText(HomeFile(CodexFile)));
    }

    // It was faster, and our request came second: its result is found and used.
    [Fact]
    public async Task A_race_that_codex_won_ends_with_its_token()
    {
        WriteCodex();
        await Sync();
        State.Clock.Advance(Hour * 2);
        string winner = string.Empty;
        Server.Answer(_ =>
        {
            winner = WriteCodex();
            return FakeAuthorizationServer.Response(HttpStatusCode.Unauthorized, """{"error":{"code":"refresh_token_reused"}}""");
        });
        Assert.Equal(await Token(CodexCliId), winner);
        Assert.Equal(winner, Text(StoredProfile(CodexCliId), "access"));
        Assert.Single(Server.TokenRequests);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_read_stops_a_renewal_that_would_sign_the_program_out()
    {
        WriteClaude(TimeSpan.FromSeconds(30));
        await Sync();
        State.WriteHome(ClaudeFile, "{");
        string token = await Token(ClaudeId);
        Assert.Equal(Text(StoredProfile(ClaudeId), "access"), token);
        Assert.Contains("could not be renewed", Assert.Single(State.Log.Warnings), StringComparison.Ordinal);
        State.Clock.Advance(TimeSpan.FromMinutes(1));
        await Refused(() => Token(ClaudeId), "OwnerUnreadable");
        Assert.Empty(Server.TokenRequests);
        Assert.Equal("{", File.ReadAllText(HomeFile(ClaudeFile)));
    }

    [Fact]
    public async Task A_program_that_is_signed_out_or_gone_shares_nothing()
    {
        WriteClaude(Expired);
        await Sync();
        State.WriteHome(ClaudeFile, """{"mcpOAuth":{}}""");
        await Token(ClaudeId);
        Assert.Equal("""{"mcpOAuth":{}}""", File.ReadAllText(HomeFile(ClaudeFile)));
        Directory.Delete(HomeFile(".claude"), recursive: true);
        await State.Agent().Credentials.RenewAsync(ClaudeId, Cancellation);
        Assert.Equal(2, Server.TokenRequests.Count);
        Assert.False(Directory.Exists(HomeFile(".claude")));
    }

    // The locks cannot be taken where there is no place for them.
    [Fact]
    public async Task A_directory_that_cannot_be_written_stops_it_too()
    {
        var keychain = new FakeKeychain();
        State.Keychain = keychain;
        keychain.Put("Claude Code-credentials", "someone", """{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":1}}""");
        await Sync();
        await Refused(() => Token(ClaudeId), "OwnerUnwritable");
        Assert.Empty(Server.TokenRequests);
    }

    // Killed between the two writes: the program's copy is the newer one, and the store takes it.
    [Fact]
    public async Task A_store_that_missed_the_answer_takes_it_from_the_program()
    {
        WriteClaude(Expired);
        await Sync();
        JsonObject before = StoredProfile(ClaudeId);
        string token = await Token(ClaudeId);
        WriteStore((ClaudeId, before.DeepClone().AsObject()));
        Assert.Equal(token, await Token(ClaudeId));
        Assert.Equal((1, 0), (Server.TokenRequests.Count, Server.Reuses));
    }

    // What a killed writer left in the program's directory holds tokens.
    [Fact]
    public async Task What_a_killed_writer_left_goes()
    {
        WriteClaude(Expired);
        await Sync();
        string left = State.WriteHome($"{ClaudeFile}.0123.krabtmp", "secret");
        await Token(ClaudeId);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task Fifty_at_once_ask_once_and_the_program_has_the_result()
    {
        WriteClaude(Expired);
        await Sync();
        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Token(ClaudeId)));
        Assert.Equal(Text(HomeJson(ClaudeFile)["claudeAiOauth"]!.AsObject(), "accessToken"), Assert.Single(tokens.Distinct(StringComparer.Ordinal)));
        Assert.Single(Server.TokenRequests);
        AssertNoSecret(Said);
    }
}
