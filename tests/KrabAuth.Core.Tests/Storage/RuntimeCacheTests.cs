using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary><c>auth.json</c> beside a store says what would be chosen, and nothing that was removed comes back through it.</summary>
public sealed class RuntimeCacheTests
{
    private const string Store = """
        {
          "version": 1,
          "profiles": {
            "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-a" },
            "openai:b": { "type": "api_key", "provider": "openai", "key": "key-of-b" },
            "anthropic:work": { "type": "token", "provider": "anthropic", "token": "token-of-work" }
          },
          "order": { "openai": ["openai:a", "openai:b"] }
        }
        """;

    private const string Record = ".auth.json.krabauth";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_one_none_is_made()
    {
        using TempState state = TempState.WithStore(Store);
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal(["agents/main/agent/auth-profiles.json"], state.Files());
    }

    [Fact]
    public async Task The_configuration_can_ask_for_one()
    {
        using TempState state = TempState.WithStore(Store);
        state.Write("openclaw.json", "{ auth: { runtimeCache: true } }");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal("""{"openai":{"type":"api_key","key":"key-of-b"},"anthropic":{"type":"api_key","key":"token-of-work"}}""", Cache(state).ToJsonString());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state.InAgent("auth.json")));
    }

    [Fact]
    public async Task The_configuration_can_forbid_it()
    {
        using TempState state = WithCache("""{ "openai": { "type": "api_key", "key": "old" } }""");
        state.Write("openclaw.json", "{ auth: { runtimeCache: false } }");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal("old", KeyOf(state, "openai"));
    }

    [Fact]
    public async Task It_follows_order_change_removal_and_disabling()
    {
        using TempState state = WithCache("{}");
        AuthAgent agent = state.Agent();
        await agent.Orders.SetAsync("openai", ["openai:b", "openai:a"], Cancellation);
        Assert.Equal("key-of-b", KeyOf(state, "openai"));
        await agent.Profiles.SetAsync("openai:b", new ProfileChanges { SecretText = "new-key-of-b" }, Cancellation);
        Assert.Equal("new-key-of-b", KeyOf(state, "openai"));
        await agent.Profiles.SetEnabledAsync("openai:b", enabled: false, Cancellation);
        Assert.Equal("key-of-a", KeyOf(state, "openai"));
        await agent.Profiles.RemoveAsync("openai:a", Cancellation);
        Assert.Null(Cache(state)["openai"]);
        await agent.Profiles.RemoveAsync("anthropic:work", Cancellation);
        Assert.Equal("{}", Cache(state).ToJsonString());
    }

    [Fact]
    public async Task While_all_wait_the_next_one_stays()
    {
        using TempState state = WithCache("{}");
        await state.Agent().UpdateAsync(
            (_, editor) =>
            {
                editor.ChangeUsage("openai:a", stats => stats["cooldownUntil"] = FrozenClock.VectorNow + 120_000);
                editor.ChangeUsage("openai:b", stats => stats["cooldownUntil"] = FrozenClock.VectorNow + 60_000);
                return true;
            },
            Cancellation);
        Assert.Equal("key-of-b", KeyOf(state, "openai"));
    }

    [Fact]
    public async Task What_others_wrote_stays()
    {
        using TempState state = WithCache("""{ "groq": { "type": "api_key", "key": "of-somebody" }, "openai": { "type": "api_key", "key": "key-of-a", "note": "kept" }, "odd": 5 }""");
        await state.Agent().Profiles.SetAsync("openai:b", new ProfileChanges { DisplayName = "B" }, Cancellation);
        Assert.Equal(
            """{"groq":{"type":"api_key","key":"of-somebody"},"openai":{"type":"api_key","key":"key-of-a","note":"kept"},"odd":5,"anthropic":{"type":"api_key","key":"token-of-work"}}""",
            Cache(state).ToJsonString());
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal("""{"type":"api_key","key":"key-of-b"}""", Cache(state)["openai"]!.ToJsonString());
    }

    [Fact]
    public async Task It_is_rebuilt_when_it_is_deleted()
    {
        using TempState state = WithCache("{}");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        File.Delete(state.InAgent("auth.json"));
        await state.Agent().Orders.SetAsync("openai", ["openai:a"], Cancellation);
        Assert.Equal("key-of-a", KeyOf(state, "openai"));
        Assert.Equal("token-of-work", KeyOf(state, "anthropic"));
    }

    // The account switch of the guides: the store goes, auth.json stays.
    [Fact]
    public async Task A_removed_account_does_not_come_back_with_the_cache()
    {
        using TempState state = WithCache("""{ "groq": { "type": "api_key", "key": "of-somebody" } }""");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        File.Delete(state.StorePath);
        Assert.Empty(state.Agent().Profiles.List());
        await state.Agent().Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "a-key-of-the-new-account"), Cancellation);
        Assert.Equal("openai:manual", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal("""{"groq":{"type":"api_key","key":"of-somebody"},"openai":{"type":"api_key","key":"a-key-of-the-new-account"}}""", Cache(state).ToJsonString());
    }

    [Theory]
    [InlineData("openclaw.json", "{ auth: { profiles: { 'openai:old': { provider: 'openai', mode: 'api_key' } } } }")]
    [InlineData("agents/main/agent/auth-state.json", "{ \"version\": 1 }")]
    public async Task A_cache_of_others_is_told_by_what_is_left_of_its_store(string path, string content)
    {
        using var state = new TempState();
        string cache = state.Write("agents/main/agent/auth.json", """{ "openai": { "type": "api_key", "key": "of the removed account" } }""");
        state.Write(path, content);
        Assert.Empty(state.Agent().Profiles.List());
        Assert.Contains(cache, Assert.Single(state.Log.Warnings, warning => warning.Contains("is the cache", StringComparison.Ordinal)), StringComparison.Ordinal);
        await state.Agent().Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "a-key-of-the-new-account"), Cancellation);
        Assert.Equal("a-key-of-the-new-account", KeyOf(state, "openai"));
    }

    [Fact]
    public async Task Agents_that_inherit_are_followed_too()
    {
        using TempState state = WithCache("{}");
        state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": { "groq:w": { "type": "api_key", "provider": "groq", "key": "groq-of-work" } } }""");
        state.Write("agents/work/agent/auth.json", """{ "openai": { "type": "api_key", "key": "key-of-a" } }""");
        await state.Agent("main").Profiles.RemoveAsync("openai:a", Cancellation);
        Assert.Equal("key-of-b", KeyOf(state, "openai", "work"));
        await state.Agent("main").Profiles.RemoveAsync("openai:b", Cancellation);
        Assert.Null(Cache(state, "work")["openai"]);
        Assert.Equal("groq-of-work", KeyOf(state, "groq", "work"));
        Assert.Null(Cache(state)["groq"]);
    }

    [Fact]
    public async Task A_sign_in_is_written_as_the_library_reads_it_and_a_newer_one_of_the_library_stays()
    {
        using TempState state = WithCache("{}");
        OAuthCredential credential = new("openai-codex", Secret.Of("access-1"), Secret.Of("refresh-1")) { Expires = FrozenClock.VectorNow + 3_600_000, AccountId = "acct", Email = "me@example.com" };
        await state.Agent().SignIns.StoreAsync(new SignInRequest("openai-codex"), credential, Cancellation);
        string expected = $$"""{"type":"oauth","access":"access-1","refresh":"refresh-1","expires":{{credential.Expires}},"accountId":"acct","email":"me@example.com"}""";
        Assert.Equal(expected, Cache(state)["openai-codex"]!.ToJsonString());
        string renewed = expected.Replace("-1", "-2", StringComparison.Ordinal).Replace($"{credential.Expires}", $"{credential.Expires + 60_000}", StringComparison.Ordinal);
        state.Write("agents/main/agent/auth.json", $$"""{ "openai-codex": {{renewed}} }""");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal(renewed, Cache(state)["openai-codex"]!.ToJsonString());
    }

    [Fact]
    public async Task References_are_named_not_resolved_and_nothing_is_made_to_run()
    {
        using var state = TempState.WithStore("""
            { "version": 1, "profiles": {
              "openai:a": { "type": "api_key", "provider": "openai", "keyRef": { "source": "env", "provider": "default", "id": "MY_OPENAI_KEY" } },
              "groq:a": { "type": "api_key", "provider": "groq", "key": "!touch /tmp/x" }
            } }
            """);
        state.Host.Set("MY_OPENAI_KEY", "the-key-itself");
        state.Write("agents/main/agent/auth.json", "{}");
        await state.Agent().Profiles.AddAsync(new NewSecret("xai", SignInMethod.ApiKey, "a-key-of-xai-itself"), Cancellation);
        Assert.Equal("MY_OPENAI_KEY", KeyOf(state, "openai"));
        Assert.Null(Cache(state)["groq"]);
    }

    [Fact]
    public async Task One_that_holds_something_else_is_left_alone_too()
    {
        using TempState state = WithCache("[]");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal("[]", File.ReadAllText(state.InAgent("auth.json")));
        Assert.Contains("the file must hold an object", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_left_alone_and_the_store_is_written()
    {
        using TempState state = WithCache("{ not json");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal(["openai:b"], state.Agent().Orders.GetStored("openai")!);
        Assert.Equal("{ not json", File.ReadAllText(state.InAgent("auth.json")));
        Assert.Contains("auth.json", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(state.InAgent(Record)));
    }

    [Fact]
    public async Task A_change_of_the_configuration_counts_too()
    {
        using TempState state = WithCache("{}");
        state.Write("openclaw.json", "{ auth: { profiles: { 'xai:old': { provider: 'xai', mode: 'api_key' } } } }");
        await state.Agent().Profiles.AddAsync(new NewSecret("xai", SignInMethod.ApiKey, "a-key-of-xai-itself"), Cancellation);
        Assert.Equal("a-key-of-xai-itself", KeyOf(state, "xai"));
    }

    private static TempState WithCache(string cache)
    {
        TempState state = TempState.WithStore(Store);
        state.Write("agents/main/agent/auth.json", cache);
        return state;
    }

    private static JsonObject Cache(TempState state, string agent = "main") => JsonNode.Parse(File.ReadAllText(state.InAgent("auth.json", agent)))!.AsObject();

    private static string? KeyOf(TempState state, string provider, string agent = "main") => Cache(state, agent)[provider]?["key"]?.GetValue<string>();
}
