using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

public sealed class StatusTests : IDisposable
{
    private readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Empty_home_is_no_error_and_says_what_to_do_first()
    {
        Outcome status = _home.Run("models", "status");
        Assert.Equal(0, status.ExitCode);
        Assert.Equal(string.Empty, status.Error);
        Assert.Contains("Nothing is signed in yet.", status.Output, StringComparison.Ordinal);
        Assert.Contains("\n  krabauth models auth paste-api-key --provider anthropic\n", status.Output, StringComparison.Ordinal);
        Assert.Contains("\n  krabauth models auth setup-token\n", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--product", status.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.StateDirectory()), "Reading made a directory.");
    }

    [Fact]
    public void Empty_home_fails_the_check_and_names_the_command()
    {
        Outcome check = _home.Run("models", "status", "--check");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("Auth check: failed\n- anthropic: missing\n    krabauth models auth paste-api-key --provider anthropic\n", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_not_where_it_is_kept_is_named_by_the_check_and_by_resolve()
    {
        _home.WriteStore("""{ "version": 1, "profiles": { "groq:a": { "type": "api_key", "provider": "groq", "key": "${KEY_OF_MINE}" } } }""");
        Outcome check = _home.Run("models", "status", "--check");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("- groq:a: missing [unresolved_ref]: the environment variable KEY_OF_MINE is not set\n", check.Output, StringComparison.Ordinal);
        Outcome resolve = _home.Run("models", "auth", "resolve", "--provider", "groq");
        Assert.Equal(1, resolve.ExitCode);
        Assert.Contains("the environment variable KEY_OF_MINE is not set [unresolved_ref]\n", resolve.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_product_that_is_there_is_pointed_out()
    {
        Directory.CreateDirectory(_home.StateDirectory(".openclaw"));
        Assert.Contains("\n  krabauth --product openclaw models status\n", _home.Run("models", "status").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_has_the_labels_of_the_peers()
    {
        _home.WriteStore(new JsonObject { ["anthropic:work"] = Sample.Token("anthropic", 100), ["openai-codex:me"] = Sample.OAuth("openai-codex", -1) });
        string text = _home.Run("models", "status").Output;
        foreach (string label in new[] { "Config        : ", "Agent dir     : ", "Default       : ", "Fallbacks (0) : -", "Image model   : -", "Image fallbacks (0): -", "Aliases (0)   : -", "Configured models (0): all", "Auth overview", "Auth store    : ", "Shell env     : off", "Providers w/ OAuth/tokens (2): anthropic (1), openai-codex (1)", "OAuth/token status" })
        {
            Assert.Contains($"\n{label}", "\n" + text, StringComparison.Ordinal);
        }
        Assert.Contains("Auth store    : ~" + Path.DirectorySeparatorChar, text, StringComparison.Ordinal);
        Assert.Contains("  - anthropic:work ok expires in 100d\n", text, StringComparison.Ordinal);
        Assert.Contains("  - openai-codex:me (me@example.com) expired (refreshable)\n", text, StringComparison.Ordinal);
        Assert.Contains("| profiles=1 (oauth=0, token=1, api_key=0) | anthropic:work=token:sk-ant...bbbb | selected=anthropic:work\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Theory]
    [InlineData("fine", 0)]
    [InlineData("expiring", 2)]
    [InlineData("expired", 1)]
    [InlineData("refreshable", 0)]
    [InlineData("empty", 1)]
    public void Check_has_the_exit_codes_that_monitors_rely_on_in_every_format(string state, int expected)
    {
        _home.WriteStore(new JsonObject
        {
            ["anthropic:work"] = state switch
            {
                "expiring" => Sample.Token("anthropic", 0.5),
                "expired" => Sample.Token("anthropic", -1),
                "refreshable" => Sample.OAuth("anthropic", -1),
                "empty" => Sample.Key("anthropic", " "),
                _ => Sample.Token("anthropic", 100),
            },
        });
        Outcome text = _home.Run("models", "status", "--check");
        Assert.Equal(expected, text.ExitCode);
        Assert.Equal(expected, _home.Run("models", "status", "--check", "--json").ExitCode);
        Assert.Equal(expected, _home.Run("models", "status", "--plain", "--check").ExitCode);
        Assert.Equal(0, _home.Run("models", "status").ExitCode);
        if (expected != 0 && state != "empty") Assert.Contains("    krabauth models auth setup-token --provider anthropic --profile-id anthropic:work\n", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_prints_the_model_alone_and_excludes_json()
    {
        Assert.Equal(new Outcome(0, "anthropic/claude-opus-4-5\n", string.Empty), _home.Run("models", "status", "--plain"));
        Assert.Equal(_home.Run("models", "status", "--plain"), _home.Run("models", "--status-plain"));
        Outcome both = _home.Run("models", "status", "--json", "--plain");
        Assert.Equal(1, both.ExitCode);
        Assert.Equal(string.Empty, both.Output);
        Assert.StartsWith("Error: Choose either --json or --plain, not both.\n", both.Error, StringComparison.Ordinal);
        Assert.Equal(1, _home.Run("models", "--status-json", "--status-plain").ExitCode);
    }

    [Fact]
    public void Json_of_an_empty_home_has_every_member()
    {
        JsonElement json = _home.Json("models", "status", "--json");
        Assert.Equal(["configPath", "agentDir", "defaultModel", "resolvedDefault", "fallbacks", "imageModel", "imageFallbacks", "aliases", "allowed", "auth"], Names(json));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("imageModel").ValueKind);
        JsonElement auth = json.GetProperty("auth");
        Assert.Equal(["storePath", "shellEnvFallback", "providersWithOAuth", "missingProvidersInUse", "providers", "unusableProfiles", "oauth"], Names(auth));
        Assert.Equal("anthropic", Assert.Single(auth.GetProperty("missingProvidersInUse").EnumerateArray()).GetString());
        Assert.Equal(_home.StorePath(), auth.GetProperty("storePath").GetString());
        Assert.Equal(86_400_000, auth.GetProperty("oauth").GetProperty("warnAfterMs").GetInt64());
        Assert.Equal(_home.Run("models", "status", "--json").Output, _home.Run("models", "--status-json").Output);
    }

    [Fact]
    public void Json_tells_the_truth_about_each_profile()
    {
        long end = Sample.InDays(0.5);
        long until = Sample.InDays(0.1);
        JsonObject token = Sample.Token("anthropic");
        token["expires"] = end;
        _home.WriteStore(
            new JsonObject { ["anthropic:old"] = Sample.Token("anthropic", -1), ["anthropic:work"] = token, ["openai-codex:me"] = Sample.OAuth("openai-codex", -1), ["openai:k"] = Sample.Key("openai") },
            usage: new JsonObject { ["openai:k"] = new JsonObject { ["disabledUntil"] = until, ["disabledReason"] = "billing" } });
        JsonElement auth = _home.Json("models", "status", "--json").GetProperty("auth");

        JsonElement unusable = Assert.Single(auth.GetProperty("unusableProfiles").EnumerateArray());
        Assert.Equal(["profileId", "provider", "kind", "reason", "until", "remainingMs"], Names(unusable));
        Assert.Equal(("openai:k", "disabled", "billing", until), (Text(unusable, "profileId"), Text(unusable, "kind"), Text(unusable, "reason"), unusable.GetProperty("until").GetInt64()));

        var profiles = auth.GetProperty("oauth").GetProperty("profiles").EnumerateArray().ToDictionary(profile => Text(profile, "profileId"));
        Assert.Equal(["anthropic:old", "anthropic:work", "openai:k", "openai-codex:me"], profiles.Keys);
        JsonElement work = profiles["anthropic:work"];
        Assert.Equal(["profileId", "provider", "type", "status", "reasonCode", "expiresAt", "remainingMs", "refreshable", "source", "label"], Names(work));
        Assert.Equal(("expiring", "ok", end), (Text(work, "status"), Text(work, "reasonCode"), work.GetProperty("expiresAt").GetInt64()));
        Assert.Equal(("expired", "expired"), (Text(profiles["anthropic:old"], "status"), Text(profiles["anthropic:old"], "reasonCode")));
        Assert.Equal(("expired", true), (Text(profiles["openai-codex:me"], "status"), profiles["openai-codex:me"].GetProperty("refreshable").GetBoolean()));
        Assert.Equal(("static", "api_key"), (Text(profiles["openai:k"], "status"), Text(profiles["openai:k"], "type")));
        Assert.False(profiles["openai:k"].TryGetProperty("expiresAt", out _));

        JsonElement provider = auth.GetProperty("oauth").GetProperty("providers").EnumerateArray().Single(entry => Text(entry, "provider") == "anthropic");
        Assert.Equal(["provider", "status", "profiles", "effectiveProfiles", "expiresAt", "remainingMs"], Names(provider));
        Assert.Equal(2, provider.GetProperty("profiles").GetArrayLength());
        Assert.Equal("anthropic:work", Text(Assert.Single(provider.GetProperty("effectiveProfiles").EnumerateArray()), "profileId"));
        JsonElement overview = auth.GetProperty("providers").EnumerateArray().Single(entry => Text(entry, "provider") == "openai");
        Assert.Equal("openai:k=sk-pro...ghij [disabled:billing 2h]", Assert.Single(overview.GetProperty("profiles").GetProperty("labels").EnumerateArray()).GetString());
    }

    [Fact]
    public void Configuration_and_environment_show_with_their_source()
    {
        TempHome.Write(_home.ConfigPath, """
            { // JSON5
              agents: { defaults: { model: { primary: "fast", fallbacks: ["openai/gpt-5"] }, imageModel: "google/gemini-3", models: { "groq/llama": { alias: "fast" } } } },
              models: { providers: { openai: { apiKey: "sk-config-0123456789abcdef" } } },
            }
            """);
        _home.Variables["GROQ_API_KEY"] = "gsk_0123456789abcdefghij";
        JsonElement json = _home.Json("models", "status", "--json");
        Assert.Equal(("fast", "groq/llama", "google/gemini-3"), (Text(json, "defaultModel"), Text(json, "resolvedDefault"), Text(json, "imageModel")));
        Assert.Equal("groq/llama", Text(json.GetProperty("aliases"), "fast"));
        JsonElement auth = json.GetProperty("auth");
        Assert.Equal("google", Assert.Single(auth.GetProperty("missingProvidersInUse").EnumerateArray()).GetString());
        var providers = auth.GetProperty("providers").EnumerateArray().ToDictionary(provider => Text(provider, "provider"));
        Assert.Equal(("env", "env: GROQ_API_KEY"), (Text(providers["groq"].GetProperty("effective"), "kind"), Text(providers["groq"].GetProperty("env"), "source")));
        Assert.Equal("models.json", Text(providers["openai"].GetProperty("effective"), "kind"));
        string text = _home.Run("models", "status", "--check").Output;
        Assert.Contains("Default       : groq/llama (from fast)\n", text, StringComparison.Ordinal);
        Assert.Contains("Missing auth\n- google Run `krabauth models auth paste-api-key --provider google`.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_that_is_named_is_told_and_one_that_is_unknown_is_an_error()
    {
        _home.WriteStore("{\"version\":1,\"profiles\":{}}", agent: "work");
        JsonElement json = _home.Json("models", "status", "--json", "--agent", "Work");
        Assert.Equal(("work", _home.AgentDirectory("work")), (Text(json, "agentId"), Text(json, "agentDir")));
        Assert.Equal(["defaultSource", "fallbacksSource"], Names(json.GetProperty("modelConfig")));
        Assert.Equal(json.ToString(), _home.Json("models", "--agent", "work", "status", "--json").ToString());
        Outcome unknown = _home.Run("models", "status", "--agent", "nobody");
        Assert.Equal(1, unknown.ExitCode);
        Assert.StartsWith("Error: There is no agent \"nobody\". Known agents: main, work.\nNext: ", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_that_are_no_profiles_are_warned_of()
    {
        _home.WriteStore("""{"version":1,"profiles":{"openai:x":{"type":"magic","provider":"openai"}}}""");
        Outcome status = _home.Run("models", "status");
        Assert.Equal(0, status.ExitCode);
        Assert.StartsWith("Warning: \"openai:x\" in ", status.Error, StringComparison.Ordinal);
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
