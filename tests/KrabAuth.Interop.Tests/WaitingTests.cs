using System.Text.Json.Nodes;
using KrabAuth.Interop.Tests.Support;

namespace KrabAuth.Interop.Tests;

/// <summary>Gateways read what KrabAuth writes of failures, and step aside for the same profiles.</summary>
public sealed class WaitingTests : IClassFixture<OpenClaw>, IClassFixture<LaterOpenClaw>, IDisposable
{
    private const string Provider = "openai-codex";

    private static readonly string[] Ids = [.. new[] { "limit", "credit", "shut", "works", "cleared", "model", "stated", "off", "new" }.Select(name => $"{Provider}:{name}")];

    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly OpenClaw _openClaw;
    private readonly LaterOpenClaw _later;
    private readonly TempHome _home = new();

    public WaitingTests(OpenClaw openClaw, LaterOpenClaw later) => (_openClaw, _later) = (openClaw, later);

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task They_skip_whom_we_skip(bool isLater, bool twoFiles)
    {
        if (isLater) _later.Require();
        else _openClaw.Require();
        var profiles = new JsonObject();
        foreach (string id in Ids) profiles[id] = new JsonObject { ["type"] = "api_key", ["provider"] = Provider, ["key"] = $"sk-{id}-0123456789" };
        _home.WriteStore(new JsonObject { ["version"] = 1, ["profiles"] = profiles }, twoFiles);
        await RecordAsync("limit", "--status", "429");
        await RecordAsync("credit", "--reason", "billing");
        await RecordAsync("shut", "--status", "403", "--message", "api key revoked");
        await RecordAsync("works", "--status", "429");
        await RecordAsync("works", "--success");
        await RecordAsync("cleared", "--reason", "billing");
        await KrabauthAsync("models", "auth", "cooldown", "clear", "--profile-id", $"{Provider}:cleared");
        await RecordAsync("model", "--status", "429", "--model", "gpt-a");
        await RecordAsync("stated", "--status", "429", "--message", """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":9000}}""");
        await RecordAsync("off", "--reason", "auth");

        JsonNode ours = JsonNode.Parse(await KrabauthAsync("models", "auth", "resolve", "--provider", Provider, "--json"))!;
        JsonNode theirs = await TheirsAsync(isLater);
        List<string> waiting = [.. Names(ours["candidates"]!.AsArray().Where(entry => entry!["kind"] is not null).Select(entry => entry!["profileId"])).Order()];
        Assert.Equal(["credit", "limit", "model", "off", "shut", "stated"], waiting);
        Assert.Equal(waiting, Names(theirs["waiting"]!.AsArray()).Order());
        Assert.Equal(Names(ours["order"]!.AsArray()), Names(theirs["order"]!.AsArray()));
        // A limit of one model is that model's alone, to those that know of models.
        if (isLater) Assert.DoesNotContain("model", Names((await TheirsAsync(isLater, "gpt-b"))["waiting"]!.AsArray()));
    }

    private async Task<JsonNode> TheirsAsync(bool isLater, params string[] model)
    {
        string module = isLater ? LaterOpenClaw.Module : Path.Combine(OpenClaw.Modules, "agents", "auth-profiles.js");
        using Session session = _openClaw.Start(_home, "waiting.mjs", isLater ? "stubs.mjs" : null, NoVariables, [module, Path.GetDirectoryName(_home.StorePath)!, Provider, .. model]);
        return JsonNode.Parse((await session.FinishAsync()).Succeeded())!;
    }

    private Task<string> RecordAsync(string name, params string[] options) => KrabauthAsync(["models", "auth", "record", "--profile-id", $"{Provider}:{name}", .. options]);

    private async Task<string> KrabauthAsync(params string[] arguments)
    {
        using Session session = Session.Krabauth(_home, arguments);
        return (await session.FinishAsync()).Succeeded();
    }

    private static IEnumerable<string> Names(IEnumerable<JsonNode?> ids) => ids.Select(id => id!.GetValue<string>().Split(':')[1]);
}
