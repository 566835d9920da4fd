using System.Text.Json.Nodes;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>An <c>auth.json</c> of an agent that inherits: a copy of what main has is none of its own, and a sign-in is never copied.</summary>
public sealed class LegacyInheritanceTests
{
    private const string Main = """
        { "version": 1, "profiles": {
          "acme:me@x.com": { "type": "oauth", "provider": "acme", "access": "acc", "refresh": "REFRESH-1", "expires": 1700000000000, "email": "me@x.com", "accountId": "me" },
          "groq:a": { "type": "api_key", "provider": "groq", "key": "key-of-groq" },
          "anthropic:t": { "type": "token", "provider": "anthropic", "token": "token-of-anthropic" },
          "xai:ref": { "type": "api_key", "provider": "xai", "keyRef": { "source": "env", "provider": "default", "id": "MY_XAI" } } } }
        """;

    private const string Copy = """
        {
          "acme": { "type": "oauth", "access": "acc", "refresh": "REFRESH-1", "expires": 1700000000000 },
          "groq": { "type": "api_key", "key": "key-of-groq" },
          "anthropic": { "type": "token", "token": "token-of-anthropic" },
          "xai": { "type": "api_key", "key": "MY_XAI" }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_of_what_is_inherited_is_not_imported_and_reading_writes_nothing()
    {
        using TempState state = With(Copy);
        Assert.All(state.Agent("work").Profiles.List(), profile => Assert.True(profile.Inherited));
        Assert.DoesNotContain(state.Workspace().Doctor.Examine(), finding => finding.Id is "legacy-file" or "cache-old-account");
        Assert.Equal(["agents/main/agent/auth-profiles.json", "agents/work/agent/auth.json"], state.Files());
        Assert.Equal(Copy, File.ReadAllText(state.InAgent("auth.json", "work")));
        Assert.Empty(state.Log.Warnings);
        await state.Agent("work").Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "a-key-of-openai"), Cancellation);
        Assert.Equal(["openai:manual"], Own(state));
    }

    [Fact]
    public void What_main_is_about_to_import_is_inherited_as_well()
    {
        using var state = new TempState();
        state.Write("agents/main/agent/auth.json", Copy);
        state.Write("agents/work/agent/auth.json", Copy);
        Assert.All(state.Agent("work").Profiles.List(), profile => Assert.True(profile.Inherited));
        Assert.False(File.Exists(state.InAgent("auth-profiles.json", "work")));
        Assert.False(File.Exists(state.InAgent("auth.json")));
    }

    [Theory]
    [InlineData("\"groq\"", """{ "type": "api_key", "key": "another-key" }""")]
    [InlineData("\"openai\"", """{ "type": "api_key", "key": "key-of-groq" }""")]
    [InlineData("\"anthropic\"", """{ "type": "token", "token": "another-token" }""")]
    [InlineData("\"acme\"", """{ "type": "oauth", "access": "a", "refresh": "REFRESH-9", "expires": 1700000000000, "accountId": "you" }""")]
    public void What_is_the_agents_own_is_imported(string name, string entry)
    {
        using TempState state = With($$"""{ {{name}}: {{entry}} }""");
        Assert.Single(state.Agent("work").Profiles.List(), profile => !profile.Inherited);
        Assert.False(File.Exists(state.InAgent("auth.json", "work")));
    }

    [Fact]
    public void Beside_what_is_inherited_the_agents_own_is_imported_and_the_cache_stays()
    {
        const string Mixed = """{ "acme": { "type": "oauth", "access": "acc", "refresh": "REFRESH-1", "expires": 1700000000000 }, "openai": { "type": "api_key", "key": "own" } }""";
        using TempState state = With(Mixed);
        state.Agent("work").Profiles.List();
        Assert.Equal(["openai:default"], Own(state));
        Assert.Equal(Mixed, File.ReadAllText(state.InAgent("auth.json", "work")));
    }

    // Main has renewed since: nothing says that it is another account.
    [Fact]
    public void A_sign_in_that_may_be_an_older_copy_of_mains_is_not_taken()
    {
        const string Older = """{ "acme": { "type": "oauth", "access": "old", "refresh": "REFRESH-0", "expires": 1600000000000 } }""";
        using TempState state = With(Older);
        for (int i = 0; i < 2; i++) Assert.All(state.Agent("work").Profiles.List(), profile => Assert.True(profile.Inherited));
        string path = state.InAgent("auth.json", "work");
        Assert.Equal($"{path} has a sign-in of acme that may be an older copy of main's; it is not taken from it. If it is another account, sign in to it for agent work.", Assert.Single(state.Log.Warnings));
        Assert.Equal(Older, File.ReadAllText(path));
    }

    [Theory]
    [InlineData("agents/work/agent/.auth.json.krabauth", """{ "version": 1, "providers": ["acme"] }""")]
    [InlineData("openclaw.json", "{ auth: { profiles: { 'acme:me@x.com': { provider: 'acme', mode: 'oauth' } } } }")]
    public void A_cache_that_is_behind_main_is_nothing_to_tell_of(string path, string content)
    {
        using TempState state = With("""{ "acme": { "type": "oauth", "access": "old", "refresh": "REFRESH-0", "expires": 1600000000000 } }""");
        state.Write(path, content);
        Assert.All(state.Agent("work").Profiles.List(), profile => Assert.True(profile.Inherited));
        Assert.Empty(state.Log.Warnings);
    }

    private static TempState With(string legacyOfWork)
    {
        TempState state = TempState.WithStore(Main);
        state.Write("agents/work/agent/auth.json", legacyOfWork);
        return state;
    }

    private static List<string> Own(TempState state)
        => [.. JsonNode.Parse(File.ReadAllText(state.InAgent("auth-profiles.json", "work")))!["profiles"]!.AsObject().Select(entry => entry.Key)];

    /// <summary>What looked like main's cache was written over, and an agent's only key was gone.</summary>
    [Fact]
    public async Task An_agents_own_file_is_kept_before_the_cache_is_first_written_over_it()
    {
        using var state = TempState.WithStore("""{ "profiles": { "groq:main": { "type": "api_key", "provider": "groq", "key": "of-main" } } }""");
        state.Write("openclaw.json", """{ auth: { profiles: { "groq:main": { provider: "groq", mode: "api_key" } } } }""");
        state.Write("agents/bob/agent/auth.json", """{ "groq": { "type": "api_key", "key": "of-bob-alone" } }""");
        state.Agent("bob").Profiles.List();
        await state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "of-main-too") { ProfileId = "groq:other" }, TestContext.Current.CancellationToken);
        await state.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "of-main-three") { ProfileId = "groq:third" }, TestContext.Current.CancellationToken);
        string[] files = Directory.GetFiles(Path.GetDirectoryName(state.InAgent("auth.json", "bob"))!, "auth.json*");
        Assert.Contains(files, file => File.ReadAllText(file).Contains("of-bob-alone", StringComparison.Ordinal));
        Assert.True(files.Count(file => file.EndsWith(".bak", StringComparison.Ordinal)) <= 1);
    }
}
