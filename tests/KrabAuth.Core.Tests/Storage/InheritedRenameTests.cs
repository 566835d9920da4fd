using System.Text.Json.Nodes;
using KrabAuth.Routing;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>A profile of main that gets another id is known by it in every agent that inherits it.</summary>
public sealed class InheritedRenameTests : IDisposable
{
    private const string Old = "openai:a";
    private const string New = "openai:new";
    private const string Empty = """{ "version": 1, "profiles": {} }""";
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

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Order_waits_and_sessions_of_an_agent_that_inherits_it_follow(bool inTwoFiles)
    {
        AuthAgent work = Agent("work", Empty);
        if (inTwoFiles) _state.Write("agents/work/agent/auth-state.json", """{ "version": 1 }""");
        await work.Orders.SetAsync("openai", [Old, "openai:b"], Cancellation);
        await work.Usage.RecordSuccessAsync(Old, Cancellation);
        await work.Usage.RecordFailureAsync(Old, FailureReason.RateLimit, model: null, Cancellation);
        await work.Sessions.SetAsync("s", Old, Cancellation);
        await RenameAsync();
        Assert.Equal([New, "openai:b"], work.Orders.GetStored("openai"));
        Assert.Equal((New, "rate_limit"), (Assert.Single(work.Usage.List()).ProfileId, Assert.Single(work.Usage.List()).Reason));
        Assert.Equal(New, work.Sessions.Get("s", "openai")!.ProfileId);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(work.Paths.StorePath)!).Select(File.ReadAllText), text => text.Contains(Old, StringComparison.Ordinal));
        Assert.DoesNotContain("sk-of-a", File.ReadAllText(work.Paths.StorePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_of_its_own_under_the_old_id_is_another_credential()
    {
        const string Store = """{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "sk-another-0123456789" } }, "order": { "openai": ["openai:a"] } }""";
        AuthAgent own = Agent("own", Store);
        await own.Sessions.SetAsync("s", Old, Cancellation);
        await RenameAsync();
        Assert.Equal(Store, File.ReadAllText(own.Paths.StorePath));
        Assert.Equal(Old, own.Sessions.Get("s", "openai")!.ProfileId);
        Assert.Empty(_state.Log.Warnings);
    }

    /// <summary>Its order would send to its own account what was meant for the one that it inherited.</summary>
    [Fact]
    public async Task Where_the_new_id_is_a_profile_of_its_own_nothing_is_renamed_and_a_warning_says_so()
    {
        const string Store = """{ "profiles": { "openai:new": { "type": "api_key", "provider": "openai", "key": "sk-another-0123456789" } }, "order": { "openai": ["openai:a"] } }""";
        AuthAgent own = Agent("own", Store);
        await own.Sessions.SetAsync("s", Old, Cancellation);
        await RenameAsync();
        Assert.Equal(Store, File.ReadAllText(own.Paths.StorePath));
        Assert.Equal(Old, own.Sessions.Get("s", "openai")!.ProfileId);
        Assert.StartsWith("Agent own has a profile openai:new of its own and does not see the renamed one: ", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_cannot_follow_is_a_warning_and_the_others_follow()
    {
        Agent("broken", "{ broken");
        AuthAgent work = Agent("work", """{ "profiles": {}, "order": { "openai": ["openai:a"] } }""");
        await RenameAsync();
        Assert.Equal([New], work.Orders.GetStored("openai"));
        Assert.StartsWith("openai:a was not renamed in the store of agent broken: ", Assert.Single(_state.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_name_it_is_not_touched()
    {
        AuthAgent work = Agent("work", Empty);
        await RenameAsync();
        Assert.Equal(Empty, File.ReadAllText(work.Paths.StorePath));
        Assert.Equal([work.Paths.StorePath], Directory.EnumerateFileSystemEntries(work.Paths.Directory));
    }

    [Fact]
    public async Task What_another_agent_renames_is_its_own_affair()
    {
        AuthAgent own = Agent("own", """{ "profiles": { "openai:a": { "type": "api_key", "provider": "openai", "key": "sk-another-0123456789" } } }""");
        AuthAgent work = Agent("work", """{ "profiles": {}, "order": { "openai": ["openai:a"] } }""");
        await own.Profiles.RenameAsync(Old, New, Cancellation);
        Assert.Equal([Old], work.Orders.GetStored("openai"));
        Assert.Contains(Old, _state.ReadStore(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_store_that_is_shared_by_a_link_the_sessions_are_what_is_left_to_follow()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateDirectory(_state.InAgent(string.Empty, "linked"));
        File.CreateSymbolicLink(_state.InAgent("auth-profiles.json", "linked"), _state.StorePath);
        AuthAgent linked = _state.Agent("linked");
        await linked.Sessions.SetAsync("s", Old, Cancellation);
        await RenameAsync();
        Assert.Equal(New, linked.Sessions.Get("s", "openai")!.ProfileId);
        Assert.Empty(_state.Log.Warnings);
    }

    private AuthAgent Agent(string id, string store)
    {
        _state.Write($"agents/{id}/agent/auth-profiles.json", store);
        return _state.Agent(id);
    }

    private async Task RenameAsync()
    {
        await _state.Agent().Profiles.RenameAsync(Old, New, Cancellation);
        Assert.Equal([New, "openai:b"], JsonNode.Parse(_state.ReadStore())!["profiles"]!.AsObject().Select(entry => entry.Key));
    }
}
