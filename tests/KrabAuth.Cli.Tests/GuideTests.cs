using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>Every command line of the guides, under the name of each product, does what its guide says.</summary>
public sealed class GuideTests
{
    private const string Key = "sk-or-v1-0123456789abcdefghij";

    public static TheoryData<string> Products => ["krabkrab", "openclaw", "moltbot", "clawdbot"];

    // X models auth login --provider openai-codex; X models auth login --provider <plugin id>
    [Theory]
    [MemberData(nameof(Products))]
    public async Task Login(string product)
    {
        using var home = new GuideHome(product);
        using var api = new LoopbackApi();
        home.Define(api, "openai-codex");
        home.Define(api, "acme");
        Outcome codex = await home.SignInAsync("models", "auth", "login", "--provider", "openai-codex", "--no-browser");
        Assert.Equal(0, codex.ExitCode);
        Assert.EndsWith(
            "Auth profile: openai-codex:me@example.com (openai-codex/oauth)\nDefault model available: openai-codex/model-1 (use --set-default to apply)\n",
            codex.Output,
            StringComparison.Ordinal);
        Assert.Equal("refresh-0123456789", (string?)home.Profile("openai-codex:me@example.com")["refresh"]);
        Assert.False(File.Exists(home.ConfigPath));

        Outcome plugin = await home.SignInAsync("models", "auth", "login", "--provider", "acme", "--no-browser", "--set-default");
        Assert.EndsWith("Auth profile: acme:me@example.com (acme/oauth)\nDefault model set to acme/model-1\n", plugin.Output, StringComparison.Ordinal);
        Assert.Equal("acme/model-1", (string?)home.Config["agents"]!["defaults"]!["model"]!["primary"]);

        // A default that is there is kept unless it is told to change, and the fallbacks stay.
        TempHome.Write(home.ConfigPath, """{ agents: { defaults: { model: { primary: "a/b", fallbacks: ["c/d"] } } } } // mine""");
        await home.SignInAsync("models", "auth", "login", "--provider", "openai-codex", "--no-browser");
        Assert.Contains("\"a/b\"", await File.ReadAllTextAsync(home.ConfigPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await home.SignInAsync("models", "auth", "login", "--provider", "openai-codex", "--no-browser", "--set-default");
        string config = await File.ReadAllTextAsync(home.ConfigPath, TestContext.Current.CancellationToken);
        Assert.Contains("primary: \"openai-codex/model-1\", fallbacks: [\"c/d\"]", config, StringComparison.Ordinal);
        Assert.EndsWith("// mine", config, StringComparison.Ordinal);
    }

    // X models auth setup-token --provider anthropic; X models auth paste-token --provider anthropic; … openrouter
    [Theory]
    [MemberData(nameof(Products))]
    public void Tokens(string product)
    {
        using var home = new GuideHome(product);
        string token = Sample.SetupToken();
        foreach (string command in new[] { "setup-token", "paste-token" })
        {
            Assert.Equal("Auth profile: anthropic:manual (anthropic/token)\n", home.RunWithInput(token, "models", "auth", command, "--provider", "anthropic").Output);
            Assert.Equal(token, (string?)home.Profile("anthropic:manual")["token"]);
        }
        Assert.Equal("Auth profile: openrouter:manual (openrouter/token)\n", home.RunWithInput(Key, "models", "auth", "paste-token", "--provider", "openrouter").Output);
        (int exitCode, string screen) = home.OnTerminal("models auth setup-token --provider anthropic --yes", ("Paste Anthropic setup-token: ", token + "\r"));
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(token, screen, StringComparison.Ordinal);
    }

    // X models auth order get|set|clear --provider P, each also with --agent ID
    [Theory]
    [MemberData(nameof(Products))]
    public void Order(string product)
    {
        using var home = new GuideHome(product);
        home.Home.WriteStore(
            new JsonObject { ["anthropic:claude-cli"] = Sample.OAuth("anthropic", 1), ["anthropic:b"] = Sample.Key("anthropic"), ["openai-codex:a"] = Sample.OAuth("openai-codex", 1), ["openai-codex:b"] = Sample.OAuth("openai-codex", 1) },
            state: home.State);
        home.Succeed("agents", "add", "work", "--non-interactive", "--workspace", Path.Combine(home.Home.Root, "w"));
        foreach (string[] agent in new string[][] { [], ["--agent", "main"] })
        {
            Assert.Contains("Order override: (none)", home.Succeed(["models", "auth", "order", "get", "--provider", "anthropic", .. agent]), StringComparison.Ordinal);
            Assert.Contains("Order override: anthropic:claude-cli", home.Succeed(["models", "auth", "order", "set", "--provider", "anthropic", "anthropic:claude-cli", .. agent]), StringComparison.Ordinal);
            Assert.Equal("anthropic:claude-cli", (string?)home.Home.Store(state: home.State)["order"]!["anthropic"]![0]);
            home.Succeed(["models", "auth", "order", "set", "--provider", "openai-codex", "openai-codex:b", "openai-codex:a", .. agent]);
            Assert.Contains("Order override: openai-codex:b, openai-codex:a", home.Succeed(["models", "auth", "order", "get", "--provider", "openai-codex", .. agent]), StringComparison.Ordinal);
            Assert.Contains("Cleared per-agent order override.", home.Succeed(["models", "auth", "order", "clear", "--provider", "anthropic", .. agent]), StringComparison.Ordinal);
        }
        home.Succeed("models", "auth", "order", "set", "--provider", "openai-codex", "openai-codex:a", "--agent", "work");
        Assert.Contains("Order override: openai-codex:b, openai-codex:a", home.Succeed("models", "auth", "order", "get", "--provider", "openai-codex"), StringComparison.Ordinal);
        Assert.Equal(["openai-codex:a"], home.Home.Store("work", home.State)["order"]!["openai-codex"]!.AsArray().Select(id => (string?)id));
    }

    // X models status; X models status --check; X models status --probe --probe-provider openai-codex
    [Theory]
    [MemberData(nameof(Products))]
    public void Status(string product)
    {
        using var home = new GuideHome(product);
        using var api = new LoopbackApi();
        home.Define(api, "openai-codex");
        home.Home.WriteStore(new JsonObject { ["openai-codex:a"] = Sample.OAuth("openai-codex", 3, refreshable: false) }, state: home.State);
        Assert.Contains($"~/{home.State}/agents/main/agent/auth-profiles.json", home.Succeed("models", "status"), StringComparison.Ordinal);
        Assert.Equal(0, home.Run("models", "status", "--check").ExitCode);
        string probed = home.Succeed("models", "status", "--probe", "--probe-provider", "openai-codex");
        Assert.Contains("Probed 1 target", probed, StringComparison.Ordinal);
        Assert.Equal("GET /usage Bearer access-0123456789abcdefghij", Assert.Single(api.Requests));
        foreach ((double days, int exitCode) in new[] { (-1.0, 1), (0.5, 2) })
        {
            home.Home.WriteStore(new JsonObject { ["openai-codex:a"] = Sample.OAuth("openai-codex", days, refreshable: false) }, state: home.State);
            Assert.Equal(exitCode, home.Run("models", "status", "--check").ExitCode);
        }
    }

    // X onboard; X onboard --auth-choice openai-codex; X onboard --auth-choice setup-token
    [Theory]
    [MemberData(nameof(Products))]
    public async Task Onboard(string product)
    {
        using var home = new GuideHome(product);
        using var api = new LoopbackApi();
        home.Define(api, "openai-codex");
        Outcome codex = await home.SignInAsync("onboard", "--auth-choice", "openai-codex", "--no-browser");
        Assert.Equal(0, codex.ExitCode);
        Assert.Contains("Auth profile: openai-codex:me@example.com (openai-codex/oauth)\nDefault model available: ", codex.Output, StringComparison.Ordinal);
        Assert.Contains("Check: openai-codex:me@example.com passed (ok), expires 20", codex.Output, StringComparison.Ordinal);

        string token = Sample.SetupToken("CANARY");
        (int exitCode, string screen) = home.OnTerminal("onboard --auth-choice setup-token", ("Paste Anthropic setup-token: ", token + "\r"), ("Use anthropic/claude-opus-4-5 as the default model? [Y/n] ", "n\r"));
        Assert.Equal(0, exitCode);
        Assert.Contains("Auth profile: anthropic:default (anthropic/token)\r\n", screen, StringComparison.Ordinal);
        Assert.Equal(token, (string?)home.Profile("anthropic:default")["token"]);
        Assert.False(File.Exists(home.ConfigPath));

        (exitCode, screen) = home.OnTerminal("onboard", ("Which provider?", "openrouter\r"), ("Paste OpenRouter API key: ", Key + "\r"), ("Use openrouter/auto as the default model? [Y/n] ", "\r"));
        Assert.Equal(0, exitCode);
        Assert.Contains($"in ~/{home.State}, agent main.", screen, StringComparison.Ordinal);
        Assert.Contains("Default model set to openrouter/auto\r\nCheck: openrouter:default passed (ok), expires never\r\n", screen, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, screen, StringComparison.Ordinal);
        Assert.Equal("openrouter/auto", (string?)home.Config["agents"]!["defaults"]!["model"]!["primary"]);
        Assert.Equal(Key, (string?)home.Profile("openrouter:default")["key"]);
    }

    // X agents add work; X agents add personal; X channels list --json
    [Theory]
    [MemberData(nameof(Products))]
    public void Agents_and_channels(string product)
    {
        using var home = new GuideHome(product);
        home.Home.WriteStore(new JsonObject { ["openai:a"] = Sample.Key("openai") }, state: home.State);
        Assert.StartsWith("Agent: work\n", home.Run("agents", "add", "work").Output, StringComparison.Ordinal);
        Assert.StartsWith("Agent: personal\n", home.Run("agents", "add", "personal").Output, StringComparison.Ordinal);
        Assert.Equal(["main", "work", "personal"], home.Config["agents"]!["list"]!.AsArray().Select(agent => (string?)agent!["id"]));
        Assert.True(Directory.Exists(home.Home.AgentDirectory("personal", home.State)));
        JsonElement channels = TempHome.ParseJson(home.Succeed("channels", "list", "--json"));
        Assert.Equal("openai:a", channels.GetProperty("auth")[0].GetProperty("id").GetString());
    }

    // /model Opus@anthropic:work; /model; /model list; /model status
    [Theory]
    [MemberData(nameof(Products))]
    public void Model(string product)
    {
        using var home = new GuideHome(product);
        home.Home.WriteStore(new JsonObject { ["anthropic:work"] = Sample.Key("anthropic"), ["anthropic:home"] = Sample.Key("anthropic") }, state: home.State);
        TempHome.Write(home.ConfigPath, """{ "agents": { "defaults": { "models": { "anthropic/claude-opus-4-5": { "alias": "Opus" } } } } }""");
        Assert.StartsWith("Model: anthropic/claude-opus-4-5\nSession main stays with anthropic:work for anthropic.\n", home.Succeed("model", "Opus@anthropic:work"), StringComparison.Ordinal);
        string list = home.Succeed("model");
        Assert.Contains("anthropic/claude-opus-4-5  default  Opus\n", list, StringComparison.Ordinal);
        Assert.Equal(list, home.Succeed("model", "list"));
        Assert.Contains("anthropic:work (pinned)", home.Succeed("model", "status"), StringComparison.Ordinal);
    }

    // Keys from the environment and from <stateDir>/.env
    [Theory]
    [MemberData(nameof(Products))]
    public void Keys(string product)
    {
        using var home = new GuideHome(product);
        TempHome.Write(Path.Combine(home.Home.StateDirectory(home.State), ".env"), $"OPENROUTER_API_KEY={Key}\n");
        Assert.Contains("env=sk-or-...ghij", home.Run("models", "status").Output, StringComparison.Ordinal);
        Assert.Equal(Key + "\n", home.Succeed("models", "auth", "token", "--provider", "openrouter"));
        home.Home.Variables["OPENROUTER_API_KEY"] = "sk-or-v1-of-the-process-0123456789";
        Assert.Equal("sk-or-v1-of-the-process-0123456789\n", home.Succeed("models", "auth", "token", "--provider", "openrouter"));
        home.Home.Variables.Clear();
        string first = home.Succeed("onboard", "--non-interactive", "--auth-choice", "openrouter-api-key");
        Assert.StartsWith("Auth profile: openrouter:default (openrouter/api_key), from OPENROUTER_API_KEY\n", first, StringComparison.Ordinal);
        string stored = File.ReadAllText(home.Home.StorePath(state: home.State));
        Assert.Contains(Key, stored, StringComparison.Ordinal);
        Assert.Equal(first, home.Succeed("onboard", "--non-interactive", "--auth-choice", "openrouter-api-key"));
        Assert.Equal(stored, File.ReadAllText(home.Home.StorePath(state: home.State)));
    }
}
