using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>OpenClaw's own reader accepts a configuration that KrabAuth changed, and reads the same of it.</summary>
public sealed class OpenClawConfigTests : IClassFixture<OpenClaw>
{
    private readonly OpenClaw _openClaw;

    public OpenClawConfigTests(OpenClaw openClaw)
    {
        openClaw.Require();
        _openClaw = openClaw;
    }

    [Fact]
    public async Task What_was_changed_here_is_valid_there_and_means_the_same()
    {
        using var home = new TempHome();
        home.WriteEmptyStore();
        await File.WriteAllTextAsync(Path.Combine(home.StateDirectory, "openclaw.json"), "// mine\n{ auth: { $include: './auth.json5' }, gateway: { port: 0x4965, mode: 'local' }, env: { vars: { WHO: 'openai:old' } } }\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(home.StateDirectory, "auth.json5"), "{ profiles: { 'anthropic:claude-cli': { provider: 'anthropic', mode: 'token' }, }, order: { openai: ['${WHO}'] } }\n", TestContext.Current.CancellationToken);
        await Ours(home, "agents", "add", "work", "--model", "openai/gpt-5.2");
        await Ours(home, "agents", "add", "gone");
        await Ours(home, "agents", "delete", "gone", "--force");
        (await Session.RunAsync(home, [.. Options(home), "models", "auth", "paste-api-key", "--provider", "openai"], "sk-interop-0123456789abcdef\n")).Succeeded();

        using Session session = _openClaw.Start(home, "openclaw.mjs", null, new Dictionary<string, string> { ["OPENCLAW_STATE_DIR"] = home.StateDirectory }, "config", OpenClaw.Modules);
        JsonNode theirs = JsonNode.Parse((await session.FinishAsync()).Succeeded())!;
        Assert.True(theirs["valid"]!.GetValue<bool>(), theirs["issues"]!.ToJsonString());
        Assert.Equal(
            """{"profiles":{"anthropic:claude-cli":{"provider":"anthropic","mode":"oauth"},"openai:manual":{"provider":"openai","mode":"api_key"}},"order":{"openai":["openai:manual","openai:old"]}}""",
            theirs["auth"]!.ToJsonString());
        JsonArray ours = JsonNode.Parse(await Ours(home, "agents", "list", "--json"))!.AsArray();
        Assert.Equal(["main", "work"], ours.Select(agent => (string?)agent!["id"]));
        foreach ((JsonNode? expected, JsonNode? found) in theirs["agents"]!.AsArray().Zip(ours))
        {
            foreach (string member in new[] { "id", "name", "agentDir", "bindings", "isDefault" }) Assert.Equal(expected![member]?.ToJsonString(), found![member]?.ToJsonString());
        }
        Assert.Equal((string?)theirs["agents"]![1]!["workspace"], (string?)ours[1]!["workspace"]);
        Assert.StartsWith("// mine\n", await File.ReadAllTextAsync(Path.Combine(home.StateDirectory, "openclaw.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string[] Options(TempHome home) => ["--product", "openclaw", "--state-dir", home.StateDirectory];

    private static async Task<string> Ours(TempHome home, params IEnumerable<string> arguments) => (await Session.RunAsync(home, [.. Options(home), .. arguments])).Succeeded();
}
