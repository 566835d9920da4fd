using System.Text.Json.Nodes;
using KrabAuth.Cli.Tests.Support;

namespace KrabAuth.Cli.Tests;

/// <summary>Plants secrets wherever secrets are, runs everything, and looks for them.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "CANARY";

    private static readonly string[][] Commands =
    [
        ["status"], ["status", "--json"], ["status", "--plain"], ["status", "--check"], ["status", "--json", "--check"], ["--status-json"],
        ["auth", "list"], ["auth", "list", "--json"], ["auth", "list", "--provider", "openai", "--json"],
        ["auth", "order", "get", "--provider", "anthropic"], ["auth", "order", "get", "--provider", "anthropic", "--json"],
        ["auth", "order", "set", "--provider", "anthropic", "anthropic:key", "anthropic:token"], ["auth", "order", "clear", "--provider", "anthropic"],
        ["auth", "resolve", "--provider", "anthropic"], ["auth", "resolve", "--provider", "openai-codex", "--json"], ["auth", "resolve", "--provider", "groq"],
        ["auth", "resolve", "--provider", "groq"], ["auth", "resolve", "--provider", "groq", "--json"], ["auth", "session", "set", "--session", "s", "anthropic:key"], ["auth", "session", "get", "--json"], ["auth", "token", "--profile-id", "openai-codex:old"], ["auth", "token", "--profile-id", "openai:ref"],
        ["auth", "paste-api-key", "--provider", "mistral"], ["auth", "paste-token", "--provider", "github-copilot", "--expires-in", "1d"], ["auth", "setup-token"],
        ["auth", "paste-api-key", "--provider", "openai-codex"], ["auth", "paste-token", "--provider", "openai", "--expires-in", "never"],
        ["auth", "logout", "openai:short", "--yes"], ["auth", "logout", "openai:none", "--yes"], ["auth", "logout", "openai:none"],
        ["auth", "paste-api-key", "--provider", "openai", "--profile-id", "openai:new", "--secret-ref", "env:GROQ_API_KEY"], ["auth", "paste-token", "--provider", "openai", "--secret-ref", "env:NOT_SET"],
        ["auth", "export", "out.krab", "--include-oauth", "--force"], ["auth", "export", "out.krab", "--json", "--force"], ["auth", "export", "none/out.krab"],
        ["auth", "import", "out.krab", "--dry-run"], ["auth", "import", "out.krab", "--product", "moltbot", "--json", "--include-oauth"], ["auth", "import", "keys.env", "--json"], ["auth", "import", "broken.json"],
        ["auth", "import", "--from-env", "--force"], ["auth", "import", "--from", "moltbot", "--include-oauth"],
        ["auth", "nonsense"], ["auth"], ["--help"],
    ];

    private static readonly string[][] OtherCommands =
    [
        ["secrets", "audit"], ["secrets", "audit", "--json"], ["secrets", "audit", "--check", "--allow-exec"], ["secrets"], ["secrets", "nonsense"],
        ["migrate", "--from", "krabkrab", "--to", "openclaw", "--dry-run"], ["migrate", "--from", "krabkrab", "--to", "openclaw", "--json"], ["migrate", "--from", "krabkrab", "--to", "openclaw"],
    ];

    private static readonly string[][] Misplaced =
    [
        ["status", "--agent", "X"], ["status", "--product", "X"], ["status", "X"], ["status", "--plain=X"], ["X"],
        ["auth", "list", "--provider=X", "--agent=X"], ["auth", "paste-api-key", "X"], ["auth", "paste-api-key", "--provider", "X"],
        ["auth", "paste-api-key", "--provider", "openai", "--profile-id", "X"], ["auth", "paste-api-key", "--provider", "openai", "--key", "X"],
        ["auth", "paste-token", "--provider", "openai", "--expires-in", "X"], ["auth", "setup-token", "--token=X"], ["auth", "setup-token", "--provider", "X"],
        ["auth", "logout", "X"], ["auth", "logout", "X", "--yes"], ["auth", "order", "set", "--provider", "openai", "X"], ["auth", "order", "set", "--provider", "X", "openai:a"],
        ["auth", "token", "--profile-id", "X"], ["auth", "token", "--provider", "X"],
        ["auth", "paste-api-key", "--provider", "openai", "--secret-ref", "X"], ["auth", "paste-api-key", "--provider", "openai", "--secret-ref=exec:op:X"],
        ["auth", "export", "X", "--password", "X"], ["auth", "export", "x.krab", "X"], ["auth", "import", "X"], ["auth", "import", "--from", "X"], ["auth", "import", "x.krab", "--password=X"],
    ];

    private readonly TempHome _home = new();

    public CanaryTests() => Plant();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_command_prints_a_secret(bool verbose)
    {
        foreach (string[] command in Commands)
        {
            Outcome outcome = _home.RunWithInput($"sk-input-{Canary}-0123456789", ["models", .. command, .. verbose ? ["--verbose"] : Array.Empty<string>()]);
            AssertClean(outcome, command);
        }
        foreach (string[] command in OtherCommands) AssertClean(_home.Run([.. command, .. verbose ? ["--verbose"] : Array.Empty<string>()]), command);
    }

    [Fact]
    public void Token_prints_it_and_nothing_else_does()
    {
        Outcome outcome = _home.Run("models", "auth", "token", "--profile-id", "anthropic:key", "--verbose");
        Assert.Equal($"sk-ant-api03-{Canary}-key-0123456789\n", outcome.Output);
        Assert.DoesNotContain(Canary, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_the_wrong_place_is_not_repeated()
    {
        foreach (string secret in new[] { $"sk-ant-api03-{Canary}-0123456789", $"ghp_{Canary}0123456789abcdef" })
        {
            foreach (string[] command in Misplaced)
            {
                Outcome outcome = _home.RunWithInput(string.Empty, ["models", .. command.Select(word => word.Replace("X", secret, StringComparison.Ordinal)), "--verbose"]);
                AssertClean(outcome, command);
            }
        }
    }

    [Theory]
    [InlineData("{\"version\":1,\"profiles\":{\"openai:a\":{\"type\":\"api_key\",\"provider\":\"openai\",\"key\":\"sk-CANARY-0123456789\"")]
    [InlineData("{\"version\":1,\"profiles\":{\"openai:a\":{\"key\":sk-CANARY-0123456789}}}")]
    [InlineData("{\"version\":1,\"profiles\":{\"openai:a\":{\"type\":\"api_key\",\"provider\":\"openai\",\"key\":\"sk-CANARY-\\x\"}}}")]
    [InlineData("{\"profiles\":{\"openai:a\":{\"type\":\"api_key\",\"key\":\"sk-CANARY-0123456789\",\"key\":\"sk-CANARY-0123456789\"}}}")]
    [InlineData("\"sk-CANARY-0123456789\"")]
    [InlineData("sk-CANARY-0123456789")]
    public void A_broken_store_does_not_print_what_it_holds(string store)
    {
        _home.WriteStore(store);
        foreach (string[] command in new string[][] { ["status"], ["status", "--json", "--verbose"], ["auth", "list"], ["auth", "token", "--provider", "openai", "--verbose"], ["auth", "paste-api-key", "--provider", "openai"] })
        {
            Outcome outcome = _home.RunWithInput($"sk-input-{Canary}-0123456789", ["models", .. command]);
            Assert.Equal(1, outcome.ExitCode);
            AssertClean(outcome, command);
        }
    }

    [Fact]
    public void A_broken_configuration_does_not_print_what_it_holds()
    {
        TempHome.Write(_home.ConfigPath, $"{{ models: {{ providers: {{ openai: {{ apiKey: \"sk-{Canary}-0123456789\" }}, }} ");
        Outcome outcome = _home.Run("models", "status", "--verbose");
        Assert.Equal(1, outcome.ExitCode);
        AssertClean(outcome, ["status"]);
    }

    private static void AssertClean(Outcome outcome, string[] command)
        => Assert.False(outcome.Everything.Contains(Canary, StringComparison.OrdinalIgnoreCase), $"models {string.Join(' ', command)} printed a secret:\n{outcome.Everything}");

    private void Plant()
    {
        JsonObject oauth = Sample.OAuth("openai-codex", 5);
        JsonObject expired = Sample.OAuth("openai-codex", -5);
        foreach (JsonObject credential in new[] { oauth, expired })
        {
            credential["access"] = $"eyJhbGciOi.{Canary}.access-0123456789";
            credential["refresh"] = $"rt_{Canary}_0123456789abcdef";
            credential["idToken"] = $"eyJhbGciOi.{Canary}.id-0123456789";
        }
        _home.WriteStore(
            new JsonObject
            {
                ["anthropic:key"] = Sample.Key("anthropic", $"sk-ant-api03-{Canary}-key-0123456789"),
                ["anthropic:token"] = Sample.Token("anthropic", 0.5, Sample.SetupToken(Canary)),
                ["anthropic:past"] = Sample.Token("anthropic", -3, Sample.SetupToken(Canary)),
                ["openai-codex:me"] = oauth,
                ["openai-codex:old"] = expired,
                ["openai:short"] = Sample.Key("openai", Canary + "1"),
                ["openai:ref"] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["keyRef"] = new JsonObject { ["source"] = "env", ["id"] = "NOT_SET" }, ["metadata"] = new JsonObject { ["note"] = Canary } },
                ["openai:odd"] = new JsonObject { ["type"] = "mystery", ["provider"] = "openai", ["key"] = $"sk-{Canary}-0123456789" },
                ["openai:by-hand"] = new JsonObject { ["mode"] = "api_key", ["provider"] = "openai", ["apiKey"] = $"sk-{Canary}-by-hand-0123456789" },
            },
            usage: new JsonObject { ["anthropic:key"] = new JsonObject { ["cooldownUntil"] = Sample.InDays(0.1) } });
        TempHome.Write(_home.ConfigPath, $$"""{ models: { providers: { mistral: { apiKey: "sk-{{Canary}}-config-0123456789" } } }, auth: { profiles: { "openai:short": { provider: "openai", mode: "api_key" } } } }""");
        TempHome.Write(Path.Combine(_home.StateDirectory(), ".env"), $"OPENAI_API_KEY=sk-{Canary}-env-0123456789\n");
        TempHome.Write(Path.Combine(_home.StateDirectory(), "credentials", "oauth.json"), $$"""{ "anthropic": { "access": "{{Canary}}-0123456789", "refresh": "rt_{{Canary}}_0123456789" } }""");
        TempHome.Write(Path.Combine(_home.Root, "keys.env"), $"MISTRAL_API_KEY=mk-key-{Canary}0123456789abcdef\nXAI_API_KEY=[{Canary}]\n");
        TempHome.Write(Path.Combine(_home.Root, "broken.json"), $"{{ \"openai\": sk-{Canary}-0123456789 }}");
        _home.Variables["GROQ_API_KEY"] = $"gsk_{Canary}0123456789abcdef";
        _home.Variables["ANTHROPIC_OAUTH_TOKEN"] = $"sk-ant-oat01-{Canary}-0123456789";
    }
}
