using System.Text.Json.Nodes;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Transfer;

/// <summary>Two state directories, and files between them.</summary>
public abstract class TransferTestBase : IDisposable
{
    protected const string Key = """{ "type": "api_key", "provider": "openai", "key": "sk-proj-0123456789abcdefghij", "unknown": { "kept": 1 } }""";

    protected const string OtherKey = """{ "type": "api_key", "provider": "openai", "key": "sk-proj-another-0123456789" }""";

    protected static readonly Secret Password = Secret.Of("a long password")!;

    protected TempState Here { get; } = new();

    protected TempState There { get; } = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Here.Dispose();
        There.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string Codex(string refresh, long expires, string? account = "acct-1") => new JsonObject
    {
        ["type"] = "oauth",
        ["provider"] = "openai-codex",
        ["access"] = $"access-of-{refresh}",
        ["refresh"] = refresh,
        ["expires"] = expires,
        ["accountId"] = account,
    }.ToJsonString();

    protected static void Put(TempState state, string profiles, string agent = "main", string more = "")
        => state.Write($"agents/{agent}/agent/auth-profiles.json", $$"""{ "version": 1, "profiles": { {{profiles}} }{{more}} }""");

    protected static JsonObject Profiles(TempState state, string agent = "main")
        => File.Exists(state.InAgent("auth-profiles.json", agent)) ? JsonNode.Parse(File.ReadAllText(state.InAgent("auth-profiles.json", agent)))!["profiles"]!.AsObject() : [];

    /// <summary>An agent whose exports cost no second.</summary>
    protected static AuthAgent Quick(TempState state, string? id = null)
    {
        AuthAgent agent = state.Agent(id);
        agent.Transfers.Iterations = 2;
        return agent;
    }

    /// <summary>Imports here, and demands that the preview said what happened.</summary>
    protected async Task<IReadOnlyList<TransferResult>> Import(ImportRequest request, AuthAgent? agent = null)
    {
        agent ??= Quick(Here);
        TransferPlan plan = await agent.Transfers.PlanImportAsync(request, Cancellation);
        IReadOnlyList<TransferResult> results = await agent.Transfers.ImportAsync(plan, null, Cancellation);
        Assert.Equal(plan.Results, results);
        return results;
    }

    protected static string Line(TransferResult result) => $"{result.ProfileId} {result.Action}{(result.Moved ? " moved" : string.Empty)}";
}
