using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>The configuration follows what happens to profiles, in the file that says it, whoever else writes.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private const string Store = """
        { "version": 1, "profiles": {
          "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-a" },
          "openai:b": { "type": "api_key", "provider": "openai", "key": "key-of-b" }
        } }
        """;

    private readonly TempState _state = TempState.WithStore(Store);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    // A configuration that lists profiles hides all others.
    [Fact]
    public async Task The_first_profile_that_is_listed_does_not_hide_the_others()
    {
        Configure("{}");
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:w": { "type": "api_key", "provider": "openai", "key": "key-of-w" } } }""");
        await Add("openai", "c");
        Assert.Equal(["openai:a", "openai:b", "openai:c", "openai:w"], _state.Workspace().Config.Profiles.Select(profile => profile.Id).Order());
        await Add("openai", "d");
        Assert.Equal(5, _state.Workspace().Config.Profiles.Count);
        Assert.Equal(4, _state.Agent().Orders.Resolve("openai").Order.Count);
    }

    // The configuration describes an id once for all agents, and a gateway uses no profile of another kind than it says.
    [Fact]
    public async Task A_key_does_not_take_the_token_of_another_agent_out_of_use()
    {
        const string Described = """{ auth: { profiles: { "openai:manual": { provider: "openai", mode: "token" } } } }""";
        Configure(Described);
        _state.Write("agents/main/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:manual": { "type": "token", "provider": "openai", "token": "token-of-main" } } }""");
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        AuthAgent work = _state.Agent("work");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => work.Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "sk-of-work-0123456789") { ProfileId = "openai:manual" }, Cancellation));
        Assert.Equal("ProfileKindConflict", error.ErrorId);
        Assert.Contains("\"main\"", error.Message, StringComparison.Ordinal);
        Assert.Equal("openai:manual-api-key", (await work.Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "sk-of-work-0123456789"), Cancellation)).ProfileId);
        Assert.Equal("openai:manual", _state.Agent().Orders.Resolve("openai").Selected);
        Assert.Contains("so that this one becomes openai:manual-api-key", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
        // That main has no profile which is described for another agent is nothing to be told at each call.
        await _state.Agent().Credentials.GetAsync(new CredentialRequest("openai"), Cancellation);
        Assert.Single(_state.Log.Warnings);
        // A token fits, and so does the same kind.
        Assert.Equal("openai:manual", (await work.Profiles.AddAsync(new NewSecret("openai", SignInMethod.Token, "token-of-work-0123456789"), Cancellation)).ProfileId);
    }

    /// <summary>A new id took a key out of use without a word, where the description of that id was of a token.</summary>
    [Fact]
    public async Task A_new_id_is_refused_that_another_agent_has_for_another_kind()
    {
        Configure("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "api_key" }, "openai:b": { provider: "openai", mode: "token" } } } }""");
        _state.Write("agents/main/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:b": { "type": "token", "provider": "openai", "token": "token-of-main" } } }""");
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-work" } } }""");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => _state.Agent("work").Profiles.RenameAsync("openai:a", "openai:b", Cancellation));
        Assert.Equal("ProfileKindConflict", error.ErrorId);
        Assert.Equal("api_key", _state.Workspace().Config.Profile("openai:a")!.Mode);
        Assert.Equal("openai:a", _state.Agent("work").Profiles.Get("openai:a").ProfileId);
    }

    [Fact]
    public async Task What_was_left_of_a_description_follows_the_profile_that_gets_its_id()
    {
        Configure("""{ auth: { profiles: { "openai:b": { provider: "openai", mode: "oauth" } } } }""");
        _state.Write("agents/main/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-main" } } }""");
        await _state.Agent().Profiles.RenameAsync("openai:a", "openai:b", Cancellation);
        Assert.Equal("api_key", _state.Workspace().Config.Profile("openai:b")!.Mode);
        Assert.Equal("openai:b", _state.Agent().Orders.Resolve("openai").Selected);
    }

    [Fact]
    public async Task A_token_leaves_the_mode_that_a_sign_in_of_another_agent_needs()
    {
        Configure("""{ auth: { profiles: { "openai:manual": { provider: "openai", mode: "oauth" } } } }""");
        _state.Write("agents/main/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:manual": { "type": "oauth", "provider": "openai", "access": "a", "refresh": "r", "expires": 1800000000000 } } }""");
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        await _state.Agent("work").Profiles.AddAsync(new NewSecret("openai", SignInMethod.Token, "token-of-work-0123456789"), Cancellation);
        Assert.Equal("oauth", _state.Workspace().Config.Profile("openai:manual")!.Mode);
        Assert.Equal("openai:manual", _state.Agent("work").Orders.Resolve("openai").Selected);
        Assert.Equal("openai:manual", _state.Agent().Orders.Resolve("openai").Selected);
    }

    // A check that passes where nothing can be used lies.
    [Fact]
    public void A_profile_that_its_description_keeps_out_of_use_fails_a_check()
    {
        Configure("""{ auth: { profiles: { "openai:a": { provider: "openai", mode: "token" } } } }""");
        IReadOnlyList<AuthCheck> checks = _state.Agent().Health.Check(providers: ["openai"]);
        AuthCheck check = Assert.Single(checks, check => check.ProfileId == "openai:a");
        Assert.Equal((AuthCheckResult.Failed, "mode_mismatch", "Repair-KrabAuth -WhatIf"), (check.Result, check.Reason, check.Recommendation));
        Assert.Equal(1, HealthInspector.ExitCode(checks));
    }

    [Fact]
    public async Task Renaming_and_removing_follow_in_place()
    {
        Configure("{\n  auth: {\n    profiles: {\n      'openai:a': { provider: 'openai', mode: 'api_key' }, // first\n      'openai:b': { provider: 'openai', mode: 'api_key' },\n    },\n    order: { openai: ['openai:a', 'openai:b'] },\n  },\n}\n");
        await _state.Agent().Profiles.RenameAsync("openai:a", "openai:work", Cancellation);
        Assert.Equal("{\n  auth: {\n    profiles: {\n      \"openai:work\": { provider: 'openai', mode: 'api_key' }, // first\n      'openai:b': { provider: 'openai', mode: 'api_key' },\n    },\n    order: { openai: [\"openai:work\", 'openai:b'] },\n  },\n}\n", Config);
        await _state.Agent().Profiles.RemoveAsync("openai:work", Cancellation);
        await _state.Agent().Profiles.RemoveAsync("openai:b", Cancellation);
        // An order that is left empty would disable the provider.
        Assert.Equal("{\n  auth: {\n    profiles: {\n       // first\n    },\n    order: { },\n  },\n}\n", Config);
    }

    [Fact]
    public async Task What_another_agent_has_stays_described()
    {
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-work" } } }""");
        string before = Configure("{ auth: { profiles: { 'openai:a': { provider: 'openai', mode: 'api_key' } } } }");
        await _state.Agent().Profiles.RemoveAsync("openai:a", Cancellation);
        Assert.Equal(before, Config);
    }

    [Fact]
    public async Task A_removed_profile_goes_from_every_file_that_describes_it()
    {
        Configure("{ $include: ['./one.json5', './two.json5'] }");
        string one = _state.Write("one.json5", "{ auth: { profiles: { 'openai:a': { provider: 'openai' } }, order: { openai: ['openai:a'] } } }");
        string two = _state.Write("two.json5", "{ auth: { profiles: { 'openai:a': { mode: 'api_key' } }, order: { openai: ['openai:b', 'openai:a'] } } }");
        Assert.Equal(["openai:a", "openai:b", "openai:a"], _state.Workspace().Config.Order["openai"]);
        await _state.Agent().Profiles.RemoveAsync("openai:a", Cancellation);
        Assert.Equal("{ auth: { profiles: { }, order: { openai: [] } } }", File.ReadAllText(one));
        Assert.Equal("{ auth: { profiles: { }, order: { openai: ['openai:b'] } } }", File.ReadAllText(two));
        Assert.Equal("{ $include: ['./one.json5', './two.json5'] }", Config);
    }

    [Fact]
    public async Task Earlier_versions_are_kept_as_the_gateways_keep_them()
    {
        Configure("{ first: 1 }");
        foreach (string name in new[] { "c", "d", "e", "f", "g", "h", "i" }) await Add("groq", name);
        Assert.Equal(["openclaw.json.bak", "openclaw.json.bak.1", "openclaw.json.bak.2", "openclaw.json.bak.3", "openclaw.json.bak.4"], _state.Files().Where(file => file.Contains(".bak", StringComparison.Ordinal)));
        Assert.DoesNotContain("groq:i", File.ReadAllText(_state.InState("openclaw.json.bak")), StringComparison.Ordinal);
        Assert.Contains("groq:h", File.ReadAllText(_state.InState("openclaw.json.bak")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_state.InState("openclaw.json.bak")));
    }

    [Fact]
    public async Task Many_writers_lose_nothing_of_each_other_and_of_a_gateway()
    {
        Configure("{ count: 0 }");
        AuthWorkspace[] workspaces = [.. Enumerable.Range(0, 4).Select(_ => _state.Workspace())];
        int changes = 0;
        await Task.WhenAll(workspaces.Select((workspace, writer) => Task.Run(
            async () =>
            {
                for (int i = 0; i < 5; i++)
                {
                    await workspace.ChangeConfigAsync(
                        editor =>
                        {
                            // A gateway that takes no lock writes between our reading and our writing, once for each of the writers.
                            int change = Interlocked.Increment(ref changes);
                            if (change % 5 == 1) File.WriteAllText(_state.InState("openclaw.json"), Config.Insert(1, $" g{change}: 1,"));
                            editor.Set(i, $"w{writer}", $"m{i}");
                        },
                        Cancellation);
                }
            },
            Cancellation)));
        ConfigEditor read = new(_state.InState("openclaw.json"), _state.Host.GetVariable);
        for (int writer = 0; writer < 4; writer++) Assert.Equal(5, read.Tree.Find($"w{writer}")!.Members.Count);
        Assert.True(read.Tree.Root.Members.Count(member => member.Name.StartsWith('g')) >= 4);
        Assert.False(File.Exists(_state.InState("locks/config.lock")));
    }

    [Theory]
    [InlineData("OPENCLAW_NIX_MODE")]
    [InlineData("unreadable")]
    public async Task What_cannot_be_changed_is_warned_about_and_the_profile_is_stored(string why)
    {
        string before = Configure("{ gateway: {} }");
        AuthAgent agent = _state.Agent();
        if (why == "unreadable") File.WriteAllText(_state.InState("openclaw.json"), before = "{ gateway: ");
        else _state.Host.Set(why, "1");
        await agent.Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq-itself"), Cancellation);
        Assert.Equal(before, Config);
        Assert.Contains("add groq:manual to its auth.profiles by hand", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_not_rewritten()
    {
        byte[] before = [.. "{ name: '"u8, 0xE9, .. "' }"u8];
        _state.Write("openclaw.json", before);
        await Add("groq", "x");
        Assert.Equal(before, File.ReadAllBytes(_state.InState("openclaw.json")));
        Assert.Contains("not valid UTF-8", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_are_at_most_ten_levels_deep()
    {
        Configure("{ $include: './1.json5' }");
        for (int level = 1; level <= 11; level++) _state.Write($"{level}.json5", level < 11 ? $"{{ $include: './{level + 1}.json5' }}" : "{ auth: { order: { p: ['p:deep'] } } }");
        Assert.Contains("more than 10 levels", Assert.Throws<KrabAuthException>(() => _state.Workspace().Config).Message, StringComparison.Ordinal);
        _state.Write("10.json5", "{ auth: { order: { p: ['p:deep'] } } }");
        Assert.Equal(["p:deep"], _state.Workspace().Config.Order["p"]);
    }

    [Fact]
    public void Variables_come_from_the_environment_then_from_the_configuration()
    {
        _state.Host.Set("FROM_BOTH", "environment").Set("BLANK", " ");
        _state.Write(".env", "FROM_FILE=file\n");
        Configure("{ env: { vars: { FROM_BOTH: 'no', ONLY_HERE: 'vars', BLANK: 'not blank' }, TOP: 'top' }, auth: { order: { p: ['${FROM_BOTH}', '${ONLY_HERE}', '${BLANK}', 'x-${TOP}-$${TOP}', '${lower}$', '${9A}', '${FROM_FILE}'] } } }");
        Assert.Equal(["environment", "vars", "not blank", "x-top-${TOP}", "${lower}$", "${9A}", "file"], _state.Workspace().Config.Order["p"]);
    }

    private string Config => File.ReadAllText(_state.InState("openclaw.json"));

    private string Configure(string text)
    {
        _state.Write("openclaw.json", text);
        return text;
    }

    private Task Add(string provider, string name)
        => _state.Agent().Profiles.AddAsync(new NewSecret(provider, SignInMethod.ApiKey, $"a-key-of-{provider}-{name}") { ProfileId = name }, Cancellation);
}
