using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Host;
using KrabAuth.Interop.Tests.Support;
using KrabAuth.Routing;
using KrabAuth.Storage;

namespace KrabAuth.Interop.Tests;

/// <summary>The order of profiles, asked of KrabAuth and of OpenClaw 2026.2.1 as published, on the same generated stores and configurations.</summary>
public sealed class OrderTests : IClassFixture<OpenClaw>, IDisposable
{
    private const int Cases = 3000;

    private readonly Node _node;
    private readonly string _directory = Directory.CreateTempSubdirectory("krabauth-order-").FullName;

    public OrderTests(Node node, OpenClaw openClaw)
    {
        openClaw.Require();
        _node = node;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_order_is_that_of_OpenClaw_but_for_what_differs_on_purpose()
    {
        List<OrderQuestion> questions = [.. OrderQuestion.Generate(seed: 20260201).Take(Cases)];
        List<IReadOnlyList<string>> ours = [.. questions.Select(Answer)];
        // What OpenClaw is told where KrabAuth reads the same words otherwise.
        List<OrderQuestion> translated = [.. questions.Select(PeerDifferences.Translate)];
        IReadOnlyList<IReadOnlyList<string>> theirs = await AskAsync(translated);
        Assert.Equal(Cases, theirs.Count);
        for (int i = 0; i < Cases; i++)
        {
            Assert.True(ours[i].SequenceEqual(theirs[i], StringComparer.Ordinal), $"case {i}: ours {string.Join(", ", ours[i])}; theirs {string.Join(", ", theirs[i])}\n{questions[i]}");
        }
        Assert.True(ours.Count(order => order.Count > 1) > Cases / 4, "most of the cases have nothing to put in order");
    }

    /// <summary>A difference that OpenClaw does not show is none, and its line must go.</summary>
    [Fact]
    public async Task Each_difference_is_seen_and_stands_in_the_list()
    {
        List<OrderQuestion> questions = [.. OrderQuestion.Generate(seed: 20260202).Take(Cases)];
        IReadOnlyList<IReadOnlyList<string>> untold = await AskAsync(questions);
        string list = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "interop.md"), TestContext.Current.CancellationToken);
        foreach ((string topic, Func<OrderQuestion, OrderQuestion> translate) in PeerDifferences.All)
        {
            List<int> touched = [.. Enumerable.Range(0, Cases).Where(i => PeerDifferences.Touches(questions[i], translate))];
            Assert.True(touched.Exists(i => !Answer(questions[i]).SequenceEqual(untold[i], StringComparer.Ordinal)), topic);
            Assert.Contains($"\n| {topic} |", list, StringComparison.Ordinal);
        }
    }

    private IReadOnlyList<string> Answer(OrderQuestion question)
    {
        string path = Path.Combine(_directory, "openclaw.json");
        File.WriteAllText(path, question.Config.ToJsonString());
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(Encoding.UTF8.GetBytes(question.Store.ToJsonString()));
        Assert.Null(problem);
        AuthStore store = AuthStoreReader.Read("store", json, "state", null);
        return ProfileOrder.Resolve(store, AuthConfig.Load(path, static _ => null, NullAuthLog.Instance), question.Provider, OrderQuestion.Now, question.Preferred).Order;
    }

    private async Task<IReadOnlyList<IReadOnlyList<string>>> AskAsync(IEnumerable<OrderQuestion> questions)
    {
        var request = new JsonObject
        {
            ["now"] = OrderQuestion.Now,
            ["cases"] = new JsonArray([.. questions.Select(question => (JsonNode?)new JsonObject
            {
                ["store"] = question.Store.DeepClone(), ["config"] = question.Config.DeepClone(), ["provider"] = question.Provider, ["preferred"] = question.Preferred,
            })]),
        };
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string file = Path.Combine(_directory, "request.json");
        await File.WriteAllTextAsync(file, request.ToJsonString(), cancellation);
        using Process process = Process.Start(new ProcessStartInfo(_node.Program, [OpenClaw.PathOf("order.mjs"), OpenClaw.Modules, file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = _directory, ["USERPROFILE"] = _directory, ["OPENCLAW_STATE_DIR"] = Path.Combine(_directory, "state") },
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await error);
        return [.. JsonNode.Parse(await output)!.AsArray().Select(order => (IReadOnlyList<string>)[.. order!.AsArray().Select(id => id!.GetValue<string>())])];
    }
}
