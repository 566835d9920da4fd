using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>What is done to an account in main ends what other agents hold against it.</summary>
public sealed class InheritedWaitTests : IDisposable
{
    private const string Id = "openai:a";
    private const string Main = """
        {
          "version": 1,
          "profiles": {
            "openai:a": { "type": "api_key", "provider": "openai", "key": "sk-of-a-0123456789" },
            "openai:b": { "type": "api_key", "provider": "openai", "key": "sk-of-b-0123456789" }
          }
        }
        """;

    private readonly TempState _state = TempState.WithStore(Main);

    public InheritedWaitTests()
    {
        _state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        _state.Write("agents/own/agent/auth-profiles.json", """{ "version": 1, "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "sk-another-0123456789" } } }""");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    public static TheoryData<string> Ways => ["replace", "secret", "enable", "clear", "clear provider", "clear all", "import"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_new_credential_or_a_clearing_in_main_means_every_agent_that_inherits_it(string way)
    {
        await FailAsync("work", "own");
        AuthAgent main = _state.Agent();
        switch (way)
        {
            case "replace":
                await main.Profiles.AddAsync(new NewSecret("openai", SignInMethod.ApiKey, "sk-new-of-a-0123456789") { ProfileId = Id }, Cancellation);
                break;
            case "secret":
                await main.Profiles.SetAsync(Id, new ProfileChanges { SecretText = "sk-new-of-a-0123456789" }, Cancellation);
                break;
            case "enable":
                await main.Profiles.SetEnabledAsync(Id, enabled: true, Cancellation);
                break;
            case "import":
                await ImportAsync(main);
                break;
            default:
                // Main itself has nothing to end, and still says whose waits ended.
                Assert.Equal([Id], await main.Usage.ClearAsync(way == "clear" ? Id : null, way == "clear provider" ? "openai" : null, Cancellation));
                break;
        }
        Assert.Empty(_state.Agent("work").Usage.List());
        Assert.Equal(Id, _state.Agent("work").Orders.Select("openai"));
        // The profile of its own is another credential, and so is its wait.
        Assert.Equal("billing", Assert.Single(_state.Agent("own").Usage.List()).Reason);
        Assert.Empty(_state.Log.Warnings);
    }

    [Fact]
    public async Task A_sign_in_in_main_does_too()
    {
        const string SignedIn = "openai-codex:me";
        AuthAgent main = _state.Agent();
        await SignInAsync("first");
        await _state.Agent("work").Usage.RecordFailureAsync(SignedIn, FailureReason.AuthPermanent, model: null, Cancellation);
        Assert.Single(_state.Agent("work").Usage.List());
        await SignInAsync("second");
        Assert.Empty(_state.Agent("work").Usage.List());

        Task SignInAsync(string token) => main.SignIns.StoreAsync(
            new SignInRequest("openai-codex") { ProfileId = SignedIn, Force = true },
            new OAuthCredential("openai-codex", Secret.Of($"access-{token}"), Secret.Of($"refresh-{token}")) { Expires = FrozenClock.VectorNow + 3_600_000 },
            Cancellation);
    }

    [Fact]
    public async Task What_is_done_in_another_agent_is_its_own_affair()
    {
        await FailAsync("work");
        _state.Write("agents/third/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        await FailAsync("third");
        Assert.Equal([Id], await _state.Agent("work").Usage.ClearAsync(Id, provider: null, Cancellation));
        Assert.Single(_state.Agent("third").Usage.List());
        await _state.Agent("own").Profiles.SetAsync(Id, new ProfileChanges { SecretText = "sk-third-0123456789" }, Cancellation);
        Assert.Single(_state.Agent("third").Usage.List());
    }

    [Fact]
    public async Task Where_nothing_waits_no_other_store_is_touched()
    {
        await _state.Agent("work").Usage.RecordSuccessAsync(Id, Cancellation);
        string before = File.ReadAllText(_state.InAgent("auth-profiles.json", "work"));
        Assert.Empty(await _state.Agent().Usage.ClearAsync(cancellationToken: Cancellation));
        await _state.Agent().Profiles.SetAsync(Id, new ProfileChanges { SecretText = "sk-new-of-a-0123456789" }, Cancellation);
        Assert.Equal(before, File.ReadAllText(_state.InAgent("auth-profiles.json", "work")));
        Assert.False(Directory.Exists(_state.InAgent("auth-profiles.json.queue", "own")));
    }

    [Fact]
    public async Task An_agent_whose_store_cannot_be_read_is_a_warning_and_the_others_get_theirs()
    {
        await FailAsync("work");
        _state.Write("agents/broken/agent/auth-profiles.json", "{ broken");
        await _state.Agent().Profiles.SetAsync(Id, new ProfileChanges { SecretText = "sk-new-of-a-0123456789" }, Cancellation);
        Assert.Empty(_state.Agent("work").Usage.List());
        Assert.StartsWith("Waits were not ended in the store of agent broken: ", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
    }

    /// <summary>An automatic pin that survived "auth order set" of main in the agents that follow it.</summary>
    [Fact]
    public async Task An_order_of_main_lifts_automatic_pins_of_agents_that_follow_it()
    {
        foreach (string agent in new[] { "work", "own" })
        {
            await _state.Agent(agent).Credentials.GetAsync(new CredentialRequest("openai") { Session = new SessionTurn("s") }, Cancellation);
            await _state.Agent(agent).Sessions.SetAsync("mine", Id, Cancellation);
        }
        await _state.Agent("own").Orders.SetAsync("openai", [Id], Cancellation);
        await _state.Agent("own").Credentials.GetAsync(new CredentialRequest("openai") { Session = new SessionTurn("s") }, Cancellation);
        await _state.Agent().Orders.SetAsync("openai", ["openai:b", Id], Cancellation);
        Assert.Equal(["mine"], _state.Agent("work").Sessions.List().Select(pin => pin.Session));
        // It follows an order of its own.
        Assert.Equal(["mine", "s"], _state.Agent("own").Sessions.List().Select(pin => pin.Session));
        await _state.Agent("work").Credentials.GetAsync(new CredentialRequest("openai") { Session = new SessionTurn("s") }, Cancellation);
        Assert.Equal("openai:b", _state.Agent("work").Sessions.Get("s", "openai")!.ProfileId);
        await _state.Agent().Orders.ClearAsync("openai", Cancellation);
        Assert.Null(_state.Agent("work").Sessions.Get("s", "openai"));
    }

    private async Task FailAsync(params string[] agents)
    {
        foreach (string agent in agents) await _state.Agent(agent).Usage.RecordFailureAsync(Id, FailureReason.Billing, model: null, Cancellation);
    }

    private async Task ImportAsync(AuthAgent main)
    {
        string file = _state.WriteHome("profiles.json", new JsonObject
        {
            ["version"] = 1,
            ["profiles"] = new JsonObject { [Id] = new JsonObject { ["type"] = "api_key", ["provider"] = "openai", ["key"] = "sk-imported-0123456789" } },
        }.ToJsonString());
        TransferPlan plan = await main.Transfers.PlanImportAsync(new ImportRequest { Path = file, Force = true }, Cancellation);
        Assert.Equal(TransferAction.Updated, Assert.Single(await main.Transfers.ImportAsync(plan, null, Cancellation)).Action);
    }
}
