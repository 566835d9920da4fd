using System.Text.Json.Nodes;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Host;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>How the files of a store are read beside writers, and what is done under their lock.</summary>
public sealed class StoreFilesTests
{
    private const string Store = """
        { "version": 1, "profiles": {
          "p:a": { "type": "api_key", "provider": "p", "key": "1" },
          "q:c": { "type": "api_key", "provider": "q", "key": "3" }
        } }
        """;

    private const string Half = """{ "version": 1, "profiles": { "p:a": """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Half_a_file_of_a_peer_that_writes_in_place_is_read_again_when_it_is_whole()
    {
        using TempState state = TempState.WithStore(Half);
        File.SetLastWriteTimeUtc(state.StorePath, DateTime.UtcNow);
        var log = new Interrupting("being written", () => File.WriteAllText(state.StorePath, Store));
        Assert.Equal(["p:a", "q:c"], Files(state, log).Read().Profiles.Select(profile => profile.Id));
        Assert.Contains($"{state.StorePath} is being written by another program; reading it again under its lock.", log.Told);
        Assert.False(Path.Exists(state.LockPath));
    }

    [Fact]
    public void An_old_file_under_a_lock_may_be_written_now_too()
    {
        using TempState state = TempState.WithStore(Half);
        Abandon(state);
        var log = new Interrupting("being written", () => File.WriteAllText(state.StorePath, Store));
        Assert.Equal(2, Files(state, log).Read().Profiles.Count);
    }

    [Fact]
    public void An_old_file_that_is_broken_is_an_error_at_once_and_nothing_is_made_beside_it()
    {
        using TempState state = TempState.WithStore(Half);
        Assert.Equal("StoreCorrupt", Assert.Throws<KrabAuthException>(() => Files(state, state.Log).Read()).ErrorId);
        Assert.Empty(state.Log.VerboseMessages);
        Assert.Equal([state.StorePath], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(state.StorePath)!));
    }

    [Fact]
    public void A_text_that_is_no_store_is_not_looked_into()
    {
        using TempState state = TempState.WithStore("""{ "version": 1, "profiles": ["a"] }""");
        Assert.Equal("StoreCorrupt", Assert.Throws<KrabAuthException>(() => state.Agent().ReadNodes()).ErrorId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{ "version": 1 }""")]
    public async Task The_lock_has_the_form_of_the_programs_that_share_the_store(string? second)
    {
        using TempState state = TempState.WithStore(Store, second);
        bool isFile = await state.Agent().UpdateAsync((_, _) => File.Exists(state.LockPath), Cancellation);
        Assert.Equal(second is not null, isFile);
    }

    [Fact]
    public async Task A_profile_is_written_to_the_first_file_alone()
    {
        const string Second = """{ "version": 1,   "order": { "p": ["p:a"] } }""";
        using TempState state = TempState.WithStore(Store, Second);
        await state.Agent().Profiles.SetAsync("p:a", new ProfileChanges { DisplayName = "A" }, Cancellation);
        Assert.Equal(Second, state.ReadState());
        Assert.Equal([$"Writing {state.StorePath}."], state.Log.VerboseMessages.Where(message => message.StartsWith("Writing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_nothing_is_changed_nothing_follows_and_a_lost_lock_is_no_matter()
    {
        using TempState state = TempState.WithStore(Store);
        state.Write("agents/main/agent/auth.json", """{ "p": { "type": "api_key", "key": "of somebody" } }""");
        bool lost = await state.Agent().UpdateAsync(
            (_, _) =>
            {
                Directory.Delete(state.LockPath);
                return true;
            },
            Cancellation);
        Assert.True(lost);
        Assert.Equal(Store, state.ReadStore());
        Assert.Equal(["agents/main/agent/auth-profiles.json", "agents/main/agent/auth.json"], state.Files());
        Assert.Contains("of somebody", File.ReadAllText(state.InAgent("auth.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cache_follows_each_of_several_changes_under_one_lock()
    {
        using TempState state = TempState.WithStore(Store);
        state.Write("agents/main/agent/auth.json", """{ "p": { "type": "api_key", "key": "1" }, "q": { "type": "api_key", "key": "3" } }""");
        await state.Agent().HoldAsync(
            held =>
            {
                Remove("p:a");
                Remove("q:c");
                return Task.FromResult(true);

                void Remove(string id) => held.Change((_, editor) =>
                {
                    editor.Remove(id);
                    return true;
                });
            },
            Cancellation);
        Assert.Equal("{}", JsonNode.Parse(File.ReadAllText(state.InAgent("auth.json")))!.ToJsonString());
    }

    [Fact]
    public async Task A_store_that_another_made_meanwhile_stays()
    {
        using var state = new TempState();
        StoreFiles files = Files(state, state.Log);
        Assert.True(await files.CreateAsync("""{ "version": 1, "profiles": {} }"""u8.ToArray(), Cancellation));
        state.Write("agents/main/agent/auth-profiles.json", Store);
        Assert.False(await files.CreateAsync("""{ "version": 1, "profiles": {} }"""u8.ToArray(), Cancellation));
        Assert.Equal(Store, state.ReadStore());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_writer_left_of_either_file_goes_with_its_lock(bool wasKilled)
    {
        using TempState state = TempState.WithStore(Store);
        string[] leftovers = ["auth-profiles.json.1.krabtmp", "auth-state.json.2.krabtmp"];
        foreach (string name in leftovers) state.Write($"agents/main/agent/{name}", "half");
        if (wasKilled) Abandon(state);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(wasKilled ? [] : leftovers, leftovers.Where(name => File.Exists(state.InAgent(name))));
    }

    // The directory of a linked file can go at any moment, as when a disk is taken out.
    [Fact]
    public async Task A_lock_under_which_nothing_can_be_tidied_is_given_back()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using TempState state = TempState.WithStore(Store);
        File.CreateSymbolicLink(state.StatePath, state.Write("shared/state.json", """{ "version": 1 }"""));
        Abandon(state);
        var log = new Interrupting("Taking over", () => Directory.Delete(state.InState("shared"), recursive: true));
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Files(state, log).UpdateAsync((_, _) => true, Cancellation));
        Assert.Equal("StoreUnwritable", error.ErrorId);
        Assert.False(Path.Exists(state.LockPath));
    }

    [Theory]
    [InlineData("agents/main")]
    [InlineData("agents/main/agent/.auth-profiles.json.queue")]
    public async Task A_file_where_a_directory_must_be_is_told_with_the_path_of_the_store(string path)
    {
        using var state = new TempState();
        state.Write(path, "in the way");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().UpdateAsync((_, _) => true, Cancellation));
        Assert.Equal("StoreUnwritable", error.ErrorId);
        Assert.StartsWith($"{state.StorePath} cannot be written: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("in the way", File.ReadAllText(state.InState(path)));
    }

    [Fact]
    public async Task A_target_that_cannot_be_replaced_is_told_and_nothing_is_left_beside_it()
    {
        using TempState state = TempState.WithStore(Store);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().UpdateAsync(
            (_, editor) =>
            {
                File.Delete(state.StorePath);
                state.Write("agents/main/agent/auth-profiles.json/inner", "in the way");
                editor.Remove("p:a");
                return true;
            },
            Cancellation));
        Assert.Equal("StoreUnwritable", error.ErrorId);
        Assert.StartsWith($"{state.StorePath} cannot be written: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["agents/main/agent/auth-profiles.json/inner"], state.Files());
    }

    private static void Abandon(TempState state)
    {
        Directory.CreateDirectory(state.LockPath);
        Directory.SetLastWriteTimeUtc(state.LockPath, DateTime.UtcNow.AddHours(-1));
    }

    private static StoreFiles Files(TempState state, IAuthLog log)
    {
        AuthWorkspace workspace = state.Workspace();
        return new StoreFiles(AgentPaths.MainOf(workspace.State), state.Locks, log, workspace.Cache);
    }

    /// <summary>A log that lets another program do something when it hears of a word.</summary>
    private sealed class Interrupting(string word, Action action) : IAuthLog
    {
        public List<string> Told { get; } = [];

        public void Verbose(string message)
        {
            Told.Add(message);
            if (message.Contains(word, StringComparison.Ordinal)) action();
        }

        public void Warning(string message) => Told.Add(message);
    }
}
