using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>Which <c>auth.json</c> follows a change, how it is written, and what one that cannot be written leaves undone.</summary>
public sealed class RuntimeCacheFollowTests
{
    private const string Store = """
        {
          "version": 1,
          "profiles": {
            "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-a" },
            "openai:b": { "type": "api_key", "provider": "openai", "key": "key-of-b" }
          }
        }
        """;

    private const string Cache = "agents/main/agent/auth.json";
    private const string CacheOfWork = "agents/work/agent/auth.json";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_keeps_the_spelling_that_the_gateway_gave_it_and_the_record_tells_of_it()
    {
        using TempState state = TempState.WithStore(Store);
        string cache = state.Write(Cache, """{ "OpenAI": { "type": "api_key", "key": "old" } }""");
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal("""{"OpenAI":{"type":"api_key","key":"key-of-b"}}""", Read(state, Cache));
        Assert.Equal("""{"version":1,"providers":["OpenAI"]}""", Read(state, "agents/main/agent/.auth.json.krabauth"));
        Assert.Contains($"Writing {cache}.", state.Log.VerboseMessages);
    }

    [Fact]
    public async Task One_that_says_it_already_is_not_written()
    {
        const string Same = """{ "openai": {"type": "api_key",   "key": "key-of-b"} }""";
        using TempState state = TempState.WithStore(Store);
        string cache = state.Write(Cache, Same);
        await state.Agent().Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal(Same, File.ReadAllText(cache));
        Assert.DoesNotContain($"Writing {cache}.", state.Log.VerboseMessages);
    }

    // What an heir kept in the time before there were stores is imported, and no cache is made in its place.
    [Fact]
    public async Task A_file_of_the_time_before_there_were_stores_is_none()
    {
        using TempState state = TempState.WithStore(Store);
        state.Write(CacheOfWork, """{ "groq": { "type": "api_key", "key": "key-of-groq" } }""");
        await state.Agent("main").Orders.SetAsync("openai", ["openai:b"], Cancellation);
        Assert.Equal(["agents/main/agent/auth-profiles.json", "agents/work/agent/auth-profiles.json"], state.Files());
        Assert.Contains(state.Agent("work").Profiles.List(), profile => profile is { ProfileId: "groq:default", Inherited: false });
    }

    [Fact]
    public async Task One_that_is_broken_keeps_no_other_from_following()
    {
        using TempState state = TempState.WithStore(Store);
        string broken = state.Write(Cache, "{ not json");
        state.Write("agents/work/agent/auth-profiles.json", """{ "version": 1, "profiles": {} }""");
        state.Write(CacheOfWork, "{}");
        await state.Agent("main").Orders.SetAsync("openai", ["openai:b"], Cancellation);
        string warning = Assert.Single(state.Log.Warnings);
        Assert.StartsWith($"{broken} was not brought up to date: ", warning, StringComparison.Ordinal);
        Assert.EndsWith(" A gateway may go on using what it says until the next change.", warning, StringComparison.Ordinal);
        Assert.Equal("""{"openai":{"type":"api_key","key":"key-of-b"}}""", Read(state, CacheOfWork));
    }

    [Fact]
    public async Task Where_the_configuration_cannot_be_read_the_store_is_changed_and_a_warning_tells_of_the_cache()
    {
        using TempState state = TempState.WithStore(Store);
        state.Write(Cache, "{}");
        state.Write("openclaw.json", "{ not json");
        AuthWorkspace workspace = state.Workspace();
        var agent = new AuthAgent(workspace, AgentPaths.MainOf(workspace.State), isNamed: true);
        await agent.UpdateAsync(
            (_, editor) =>
            {
                editor.Remove("openai:a");
                return true;
            },
            Cancellation);
        Assert.DoesNotContain("openai:a", state.ReadStore(), StringComparison.Ordinal);
        string warning = Assert.Single(state.Log.Warnings);
        Assert.StartsWith("The gateways' cache of credentials was not brought up to date: ", warning, StringComparison.Ordinal);
        Assert.Contains("openclaw.json", warning, StringComparison.Ordinal);
        Assert.Equal("{}", Read(state, Cache));
    }

    // Of a provider whose profiles never wait, too: the gateway would go on using what a person took out of use.
    [Theory]
    [InlineData("openai")]
    [InlineData("openrouter")]
    public async Task An_account_that_a_person_took_out_of_use_is_in_none(string provider)
    {
        using TempState state = TempState.WithStore(Store.Replace("openai", provider, StringComparison.Ordinal));
        state.Write(Cache, "{}");
        await state.Agent().Profiles.SetEnabledAsync($"{provider}:a", enabled: false, Cancellation);
        Assert.Equal($$$"""{"{{{provider}}}":{"type":"api_key","key":"key-of-b"}}""", Read(state, Cache));
        await state.Agent().Profiles.SetEnabledAsync($"{provider}:b", enabled: false, Cancellation);
        Assert.Equal("{}", Read(state, Cache));
    }

    private static string Read(TempState state, string path) => JsonNode.Parse(File.ReadAllText(state.InState(path)))!.ToJsonString();
}
