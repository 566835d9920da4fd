using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

public sealed class LegacyImportTests
{
    private const string AuthJson = """{ "openrouter": { "type": "api_key", "key": "legacy-key", "junk": 1 } }""";
    private const string OAuthJson = """{ "openai-codex": { "access": "a", "refresh": "r", "expires": 1700000060000, "accountId": "acct" } }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_agents_auth_json_is_imported_by_reading_and_goes()
    {
        using var state = new TempState();
        string legacy = state.Write("agents/main/agent/auth.json", AuthJson);
        AuthProfile profile = Assert.Single(state.Agent().Profiles.List());
        Assert.Equal(("openrouter:default", "openrouter", CredentialType.ApiKey), (profile.ProfileId, profile.Provider, profile.Type));
        Assert.False(File.Exists(legacy));
        Assert.Contains("\"junk\": 1", state.ReadStore(), StringComparison.Ordinal);
        Assert.Empty(state.Log.Warnings);
    }

    [Fact]
    public void All_that_stands_in_an_entry_comes_with_it()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", """
            {
              "groq": { "type": "api_key", "key": "k", "email": "k@x.org", "metadata": { "team": "a" } },
              "openai": { "type": "api_key", "keyRef": { "source": "env", "provider": "default", "id": "MY_OPENAI" } },
              "anthropic": { "type": "token", "tokenRef": { "source": "env", "provider": "default", "id": "MY_ANTHROPIC" }, "expires": 6 },
              "codex": { "type": "oauth", "provider": "openai-codex", "access": "a", "refresh": "r", "expires": 7, "clientId": "c", "idToken": "i", "chatgptPlanType": "pro", "displayName": "Me", "future": [null] }
            }
            """);
        Assert.Equal(4, state.Agent().Profiles.List().Count);
        Assert.Equal(
            """
            {"version":1,"profiles":{"groq:default":{"type":"api_key","provider":"groq","key":"k","email":"k@x.org","metadata":{"team":"a"}},"openai:default":{"type":"api_key","provider":"openai","keyRef":{"source":"env","provider":"default","id":"MY_OPENAI"}},"anthropic:default":{"type":"token","provider":"anthropic","tokenRef":{"source":"env","provider":"default","id":"MY_ANTHROPIC"},"expires":6},"codex:default":{"type":"oauth","provider":"openai-codex","access":"a","refresh":"r","expires":7,"clientId":"c","idToken":"i","chatgptPlanType":"pro","displayName":"Me","future":[null]}}}
            """.Trim(),
            JsonNode.Parse(state.ReadStore())!.ToJsonString());
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Theory]
    [InlineData("""{ "mode": "api_key", "apiKey": "k" }""", """{"type":"api_key","provider":"p","key":"k"}""")]
    [InlineData("""{ "type": "apiKey", "api_key": "k", "key": "" }""", """{"type":"api_key","provider":"p","key":"k"}""")]
    [InlineData("""{ "type": "api_key", "apiKey": "old", "key": "k" }""", """{"type":"api_key","provider":"p","apiKey":"old","key":"k"}""")]
    [InlineData("""{ "type": "api_key", "apiKey": "old", "key": { "source": "env", "id": "K" } }""", """{"type":"api_key","provider":"p","apiKey":"old","key":{"source":"env","id":"K"}}""")]
    [InlineData("""{ "type": "token", "mode": "own", "token": "t" }""", """{"type":"token","provider":"p","mode":"own","token":"t"}""")]
    [InlineData("""{ "api_key": "k" }""", """{"type":"api_key","provider":"p","key":"k"}""")]
    [InlineData("""{ "keyRef": { "source": "env", "id": "K" } }""", """{"type":"api_key","provider":"p","keyRef":{"source":"env","id":"K"}}""")]
    [InlineData("""{ "token": "t" }""", """{"type":"token","provider":"p","token":"t"}""")]
    [InlineData("""{ "access": "a", "refresh": "r", "expires": 1 }""", """{"type":"oauth","provider":"p","access":"a","refresh":"r","expires":1}""")]
    public void What_people_write_by_hand_is_understood(string entry, string stored)
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", $$"""{ "p": {{entry}} }""");
        Assert.Equal("p:default", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal(stored, JsonNode.Parse(state.ReadStore())!["profiles"]!["p:default"]!.ToJsonString());
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Theory]
    [InlineData("""{ "type": "basic", "user": "u", "password": "p" }""")]
    [InlineData("""{ "access": "a", "refresh": "r" }""")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public async Task What_cannot_be_understood_is_kept_aside_and_nothing_is_imported_again(string odd)
    {
        string content = $$"""{ "groq": { "type": "api_key", "key": "k" }, "weird": {{odd}} }""";
        using var state = new TempState();
        string legacy = state.Write("agents/main/agent/auth.json", content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(legacy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal("groq:default", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        string backup = $"{legacy}.legacy.{FrozenClock.VectorNow}.bak";
        Assert.Equal(content, File.ReadAllText(backup));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        Assert.False(File.Exists(legacy));
        Assert.Equal($"Of {legacy} this was not imported: weird. The file is kept as {backup}.", Assert.Single(state.Log.Warnings));
        await state.Agent().Profiles.RemoveAsync("groq:default", Cancellation);
        File.Delete(state.StorePath);
        Assert.Empty(state.Agent().Profiles.List());
        Assert.Single(state.Log.Warnings);
    }

    [Fact]
    public async Task A_write_imports_first()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", AuthJson);
        await state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq"), Cancellation);
        Assert.Equal(["groq:manual", "openrouter:default"], state.Agent().Profiles.List().Select(profile => profile.ProfileId));
    }

    [Fact]
    public void Oauth_json_is_imported_and_stays()
    {
        using var state = new TempState();
        string legacy = state.Write("credentials/oauth.json", OAuthJson);
        Assert.Equal("openai-codex:default", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal(OAuthJson, File.ReadAllText(legacy));
        Assert.Equal("acct", state.Agent().Profiles.Get("openai-codex:default").AccountId);
    }

    [Fact]
    public async Task What_was_removed_does_not_come_back()
    {
        using var state = new TempState();
        state.Write("credentials/oauth.json", OAuthJson);
        await state.Agent().Profiles.RemoveAsync("openai-codex:default", Cancellation);
        Assert.Empty(state.Agent().Profiles.List());
    }

    [Fact]
    public void Nothing_is_imported_beside_a_store()
    {
        const string Store = """{ "version": 1, "profiles": {} }""";
        using var state = TempState.WithStore(Store);
        string legacy = state.Write("agents/main/agent/auth.json", AuthJson);
        state.Write("credentials/oauth.json", OAuthJson);
        Assert.Empty(state.Agent().Profiles.List());
        Assert.Equal(AuthJson, File.ReadAllText(legacy));
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public void The_layout_before_there_were_agents_moves_with_all_that_stands_in_it()
    {
        const string Old = """{ "version": 1, "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k", "x": 1 } }, "order": { "p": ["p:a"] }, "future": 1 }""";
        using var state = new TempState();
        state.Write("agent/auth-profiles.json", Old);
        state.Write("agent/auth.json", AuthJson);
        Assert.Equal(["openrouter:default", "p:a"], state.Agent().Profiles.List().Select(profile => profile.ProfileId));
        JsonNode moved = JsonNode.Parse(state.ReadStore())!;
        Assert.Equal(1, moved["future"]!.GetValue<int>());
        Assert.Equal(1, moved["profiles"]!["p:a"]!["x"]!.GetValue<int>());
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Fact]
    public async Task The_more_specific_source_wins()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", """{ "openrouter": { "type": "api_key", "key": "of the agent" } }""");
        state.Write("agent/auth.json", """{ "openrouter": { "type": "api_key", "key": "of the old layout" } }""");
        Assert.Equal("of the agent", (await state.Agent().Credentials.ForProfileAsync("openrouter:default", Cancellation)).Secret.Reveal());
        // The other key is nowhere else.
        Assert.Equal([$"agent/auth.json.legacy.{FrozenClock.VectorNow}.bak", "agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Fact]
    public void Of_two_files_that_say_the_same_neither_is_kept()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", AuthJson);
        state.Write("agent/auth.json", AuthJson);
        Assert.Single(state.Agent().Profiles.List());
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Theory]
    [InlineData("agents/main/agent/auth.json")]
    [InlineData("credentials/oauth.json")]
    [InlineData("agent/auth-profiles.json")]
    public async Task A_corrupt_source_is_an_error_and_stays(string path)
    {
        using var state = new TempState();
        string source = state.Write(path, "{\n  \"x\": ");
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List());
        Assert.Equal("StoreCorrupt", error.ErrorId);
        Assert.Contains(source + "(", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq"), Cancellation));
        Assert.Equal([path], state.Files());
    }

    [Fact]
    public void A_store_of_the_old_layout_that_is_none_is_an_error_and_stays()
    {
        using var state = new TempState();
        state.Write("agent/auth-profiles.json", """{ "profiles": ["a"] }""");
        state.Write("agent/auth.json", AuthJson);
        Assert.Equal("StoreCorrupt", Assert.Throws<KrabAuthException>(() => state.Agent().Profiles.List()).ErrorId);
        Assert.Equal(["agent/auth-profiles.json", "agent/auth.json"], state.Files());
    }

    [Fact]
    public void A_source_that_gave_nothing_stays()
    {
        const string NotALegacyMap = """{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "only copy" } } }""";
        using var state = new TempState();
        string odd = state.Write("agents/main/agent/auth.json", NotALegacyMap);
        string understood = state.Write("agent/auth.json", AuthJson);
        Assert.Equal("openrouter:default", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal(NotALegacyMap, File.ReadAllText(odd));
        Assert.False(File.Exists(understood));
    }

    [Fact]
    public void While_writing_is_forbidden_the_old_profiles_are_used_where_they_are()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", AuthJson);
        state.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        Assert.Equal("openrouter:default", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal(["agents/main/agent/auth.json"], state.Files());
    }

    [Fact]
    public void A_secondary_agent_imports_its_own_file_alone()
    {
        using var state = new TempState();
        state.Write("agents/work/agent/auth.json", AuthJson);
        state.Write("credentials/oauth.json", OAuthJson);
        Assert.Equal(["openai-codex:default", "openrouter:default"], state.Agent("work").Profiles.List().Select(profile => profile.ProfileId));
        Assert.Equal("openrouter:default", Assert.Single(state.Agent("work").Profiles.List(), profile => !profile.Inherited).ProfileId);
        Assert.Equal("openai-codex:default", Assert.Single(state.Agent("main").Profiles.List()).ProfileId);
    }
}
