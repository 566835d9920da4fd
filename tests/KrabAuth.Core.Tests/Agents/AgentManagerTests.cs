using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>Agents are made, listed, removed and brought back, and no credential is lost on the way.</summary>
public sealed class AgentManagerTests : IDisposable
{
    private const string Store = """
        { "version": 1, "profiles": {
          "openai:a": { "type": "api_key", "provider": "openai", "key": "key-of-a" },
          "openai:mine": { "type": "api_key", "provider": "openai", "key": "not-for-others", "copyToAgents": false },
          "openai-codex:me": { "type": "oauth", "provider": "openai-codex", "access": "a", "refresh": "r", "expires": 1 }
        } }
        """;

    private readonly TempState _state = TempState.WithStore(Store);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AgentManager Agents => _state.Workspace().Agents;

    private string ConfigPath => _state.InState("openclaw.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task An_agent_gets_its_directories_and_its_entry_and_main_stays_the_default()
    {
        AgentInfo made = (await Agents.AddAsync(new NewAgent("Work") { Model = "openai/gpt-5.2" }, Cancellation)).Agent;
        Assert.Equal(("work", "Work", false, true), (made.Agent, made.Name, made.IsDefault, made.IsConfigured));
        Assert.Equal(_state.InState("workspace-work"), made.Workspace);
        Assert.All(new[] { made.AgentDirectory, made.SessionsDirectory, made.Workspace }, path => Assert.True(Directory.Exists(path)));
        Assert.Equal(
            new JsonObject
            {
                ["agents"] = new JsonObject
                {
                    ["list"] = new JsonArray(
                        new JsonObject { ["id"] = "main" },
                        new JsonObject { ["id"] = "work", ["name"] = "Work", ["workspace"] = made.Workspace, ["agentDir"] = made.AgentDirectory, ["model"] = "openai/gpt-5.2" }),
                },
            }.ToJsonString(),
            JsonNode.Parse(File.ReadAllText(ConfigPath))!.ToJsonString());
        Assert.Equal(["main", "work"], Agents.List().Select(agent => agent.Agent));
        Assert.Equal("main", _state.Agent().Id);
        Assert.Equal(3, _state.Agent("work").Profiles.List().Count(profile => profile.Inherited));
    }

    [Fact]
    public async Task Only_what_may_be_copied_is_copied()
    {
        CreatedAgent made = await Agents.AddAsync(new NewAgent("work") { CopyProfiles = true }, Cancellation);
        Assert.Equal(["openai:a"], made.CopiedProfiles);
        Assert.Equal(["openai:a"], _state.Agent("work").Profiles.List().Where(profile => !profile.Inherited).Select(profile => profile.ProfileId));
    }

    [Theory]
    [InlineData("main", "AgentReserved")]
    [InlineData("  ", "AgentReserved")]
    [InlineData("HOME", "AgentExists")]
    public async Task A_name_that_is_taken_is_refused(string name, string errorId)
    {
        string before = Configure("{ agents: { list: [ { id: 'home' } ] } }");
        Assert.Equal(errorId, (await Assert.ThrowsAsync<KrabAuthException>(() => Agents.AddAsync(new NewAgent(name), Cancellation))).ErrorId);
        Assert.Equal(before, File.ReadAllText(ConfigPath));
    }

    [Fact]
    public async Task Two_agents_never_share_a_directory()
    {
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Agents.AddAsync(new NewAgent("work") { AgentDirectory = _state.InAgent("") }, Cancellation));
        Assert.Equal("AgentPathTaken", error.ErrorId);
        Assert.False(File.Exists(ConfigPath));
    }

    [Fact]
    public async Task Removing_takes_everything_to_the_trash_and_restoring_brings_it_back()
    {
        string before = Configure("""
            {
              // mine
              agents: {
                list: [
                  { id: 'main', default: true },
                  { id: 'work', name: 'Work', workspace: "${HOME_OF_WORK}/w" }, // for the company
                ],
              },
              bindings: [ { agentId: 'work', match: { channel: 'telegram' } }, { agentId: 'main', match: { channel: 'slack' } } ],
              tools: { agentToAgent: { allow: ['work'] } },
            }
            """);
        _state.Host.Set("HOME_OF_WORK", _state.Home);
        await _state.Agent("work").Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, "a-key-of-groq-itself"), Cancellation);
        string store = File.ReadAllText(_state.InAgent("auth-profiles.json", "work"));
        string workspace = Directory.CreateDirectory(Path.Combine(_state.Home, "w")).FullName;

        RemovedAgent removed = await Agents.RemoveAsync("Work", Cancellation);
        Assert.Equal((1, 1), (removed.RemovedBindings, removed.RemovedAllow));
        Assert.Equal(["main"], Agents.List().Select(agent => agent.Agent));
        Assert.False(Directory.Exists(workspace));
        Assert.False(Directory.Exists(_state.InState("agents/work")));
        string config = File.ReadAllText(ConfigPath);
        Assert.DoesNotContain("'work'", config, StringComparison.Ordinal);
        Assert.Contains("// for the company", config, StringComparison.Ordinal);
        Assert.Equal(store, File.ReadAllText(Path.Combine(removed.Trash, "agent", "agent", "auth-profiles.json")));

        Assert.Equal("Work", (await Agents.RestoreAsync("work", Cancellation)).Name);
        Assert.Equal(store, File.ReadAllText(_state.InAgent("auth-profiles.json", "work")));
        Assert.True(Directory.Exists(workspace));
        AgentInfo back = Agents.Get("work");
        Assert.Equal((workspace, 1), (back.Workspace, back.Bindings));
        Assert.Contains("\"${HOME_OF_WORK}/w\"", File.ReadAllText(ConfigPath), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_state.InState("trash")));
        Assert.NotEqual(before, File.ReadAllText(ConfigPath));
    }

    [Fact]
    public async Task The_agent_that_was_removed_last_comes_back()
    {
        foreach (string key in new[] { "the-first-key-of-groq", "the-second-key-of-groq" })
        {
            await Agents.AddAsync(new NewAgent("work"), Cancellation);
            await _state.Agent("work").Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, key), Cancellation);
            await Agents.RemoveAsync("work", Cancellation);
            _state.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await Agents.RestoreAsync("work", Cancellation);
        Assert.Equal("the-second-key-of-groq", (await _state.Agent("work").Credentials.ForProfileAsync("groq:manual", Cancellation)).Secret.Reveal());
        Assert.Equal("AgentPathTaken", (await Assert.ThrowsAsync<KrabAuthException>(() => Agents.RestoreAsync("work", Cancellation))).ErrorId);
    }

    [Fact]
    public async Task What_another_agent_uses_stays()
    {
        Configure("{ agents: { list: [ { id: 'main', workspace: '~/shared' }, { id: 'work', workspace: '~/shared' }, { id: 'odd', workspace: '~' } ] } }");
        string shared = Directory.CreateDirectory(Path.Combine(_state.Home, "shared")).FullName;
        await Agents.RemoveAsync("work", Cancellation);
        await Agents.RemoveAsync("odd", Cancellation);
        Assert.True(Directory.Exists(shared));
        Assert.Equal(2, _state.Log.Warnings.Count(warning => warning.Contains("stays where it is", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("main", "AgentProtected")]
    [InlineData("nobody", "AgentNotFound")]
    public async Task What_cannot_be_removed_is_not(string id, string errorId)
        => Assert.Equal(errorId, (await Assert.ThrowsAsync<KrabAuthException>(() => Agents.RemoveAsync(id, Cancellation))).ErrorId);

    [Fact]
    public async Task Who_is_not_in_the_trash_cannot_come_back()
        => Assert.Equal("AgentNotInTrash", (await Assert.ThrowsAsync<KrabAuthException>(() => Agents.RestoreAsync("nobody", Cancellation))).ErrorId);

    [Fact]
    public async Task A_configuration_that_cannot_be_read_leaves_the_files_where_they_are()
    {
        await Agents.AddAsync(new NewAgent("work"), Cancellation);
        AgentManager agents = Agents;
        Assert.Equal(2, agents.List().Count);
        File.WriteAllText(ConfigPath, "{ agents: ");
        Assert.Equal("ConfigCorrupt", (await Assert.ThrowsAsync<KrabAuthException>(() => agents.RemoveAsync("work", Cancellation))).ErrorId);
        Assert.True(Directory.Exists(_state.InState("agents/work/agent")));
    }

    private string Configure(string text)
    {
        _state.Write("openclaw.json", text);
        return text;
    }
}
