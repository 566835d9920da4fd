using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

public sealed class SessionTests : IDisposable
{
    private const string Store = """
        { "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "ka" }, "p:b": { "type": "api_key", "provider": "p", "key": "kb" }, "q:a": { "type": "api_key", "provider": "q", "key": "kq" } } }
        """;

    private readonly TempState _state = TempState.WithStore(Store);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string FilePath => _state.InAgent("krabauth-sessions.json");

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task A_pin_of_a_person_is_obeyed_and_nothing_stands_in_for_it()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("s", "p:b", Cancellation);
        Assert.Equal("kb", await Use("s"));
        Assert.Equal("ka", await Use("other"));
        await Wait("p:b");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Use("s"));
        Assert.Contains("session \"s\" is pinned to p:b: cooldown", error.Message, StringComparison.Ordinal);
        Assert.Equal("krabauth models auth session clear --session s", error.Remedy.CommandLine);
        Assert.Equal(1, await agent.Sessions.ClearAsync("s", cancellationToken: Cancellation));
        Assert.Equal("ka", await Use("s"));
    }

    /// <summary>An order that leaves the profile out, or a disabled profile, must not send the session's bill to somebody else.</summary>
    [Fact]
    public async Task A_pin_of_a_person_that_the_order_leaves_out_is_an_error_and_is_told_when_it_is_made()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("s", "p:b", Cancellation);
        Assert.Empty(_state.Log.Warnings);
        await agent.Orders.SetAsync("p", ["p:a"], Cancellation);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Use("s"));
        Assert.Equal("NoUsableProfile", error.ErrorId);
        Assert.Contains("session \"s\" is pinned to p:b", error.Message, StringComparison.Ordinal);
        Assert.Equal("p:b", agent.Sessions.Get("s", "p")!.ProfileId);
        await agent.Sessions.SetAsync("t", "p:b", Cancellation);
        Assert.Contains(_state.Log.Warnings, line => line.StartsWith("p:b cannot serve now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_automatic_pin_keeps_the_account_until_it_waits()
    {
        Assert.Equal("ka", await Use("s"));
        // By last use the other one would be next.
        await Usage("p:a", stats => stats["lastUsed"] = FrozenClock.VectorNow);
        Assert.Equal("ka", await Use("s"));
        Assert.Equal("kb", await Use("t"));
        await Wait("p:a");
        Assert.Equal("kb", await Use("s"));
        Assert.Equal(SessionPinSource.Auto, _state.Agent().Sessions.Get("s", "P")!.Source);
    }

    /// <summary>An automatic pin that survived "auth order set": #21490.</summary>
    [Fact]
    public async Task A_changed_order_lifts_automatic_pins_of_its_provider_and_no_others()
    {
        AuthAgent agent = _state.Agent();
        await Use("s");
        await agent.Credentials.GetAsync(new CredentialRequest("q") { Session = new SessionTurn("s") }, Cancellation);
        await agent.Sessions.SetAsync("mine", "p:a", Cancellation);
        await agent.Orders.SetAsync("p", ["p:b", "p:a"], Cancellation);
        Assert.Equal([("mine", "p:a"), ("s", "q:a")], agent.Sessions.List().Select(pin => (pin.Session, pin.ProfileId)));
        Assert.Equal("kb", await Use("s"));
        await agent.Orders.ClearAsync("p", Cancellation);
        Assert.Null(agent.Sessions.Get("s", "p"));
    }

    [Fact]
    public async Task Pins_follow_a_profile_to_its_new_id_and_go_with_it()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("s", "p:a", Cancellation);
        await agent.Profiles.RenameAsync("p:a", "p:z", Cancellation);
        Assert.Equal("p:z", agent.Sessions.Get("s", "p")!.ProfileId);
        await agent.Profiles.RemoveAsync("p:z", Cancellation);
        Assert.Empty(agent.Sessions.List());
        // One whose profile another program took away holds no more.
        await agent.Sessions.SetAsync("s", "p:b", Cancellation);
        _state.Write("agents/main/agent/auth-profiles.json", """{ "profiles": { "p:c": { "type": "api_key", "provider": "p", "key": "kc" } } }""");
        Assert.Equal("kc", await Use("s"));
    }

    [Fact]
    public async Task The_file_is_private_keeps_what_it_does_not_know_and_is_no_gateway_s()
    {
        _state.Write("agents/main/agent/krabauth-sessions.json", """{ "version": 1, "later": true, "sessions": { "old": { "x": 7 } } }""");
        await _state.Agent().Sessions.SetAsync("s", "p:a", Cancellation);
        JsonNode file = JsonNode.Parse(File.ReadAllText(FilePath))!;
        Assert.True((bool)file["later"]!);
        Assert.Equal("p:a", (string?)file["sessions"]!["s"]!["p"]!["profileId"]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.DoesNotContain(_state.Files(), path => path.EndsWith("/sessions.json", StringComparison.Ordinal));
        Assert.DoesNotContain("ka", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_process_left_goes_with_its_lock()
    {
        string leftover = FilePath + $".{Guid.NewGuid():N}.krabtmp";
        File.WriteAllText(leftover, "half");
        Directory.CreateDirectory(FilePath + ".lock");
        Directory.SetLastWriteTimeUtc(FilePath + ".lock", DateTime.UtcNow.AddHours(-1));
        await _state.Agent().Sessions.SetAsync("s", "p:a", Cancellation);
        Assert.False(File.Exists(leftover));
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("[]")]
    [InlineData("""{ "sessions": [] }""")]
    public async Task A_file_that_cannot_be_understood_is_left_alone(string text)
    {
        _state.Write("agents/main/agent/krabauth-sessions.json", text);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => _state.Agent().Sessions.SetAsync("s", "p:a", Cancellation));
        Assert.Equal("StoreCorrupt", error.ErrorId);
        Assert.EndsWith($" by hand, or move the file away, which only forgets the account that each session stays with: {FilePath}", error.Remedy.CommandLine, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(FilePath));
    }

    /// <summary>The change is made by then: to call it a failure would have people make it again.</summary>
    [Theory]
    [InlineData("order", "Running sessions may go on with the accounts of p that they have (agent main): ")]
    [InlineData("no order", "Running sessions may go on with the accounts of p that they have (agent main): ")]
    [InlineData("rename", "Sessions that stay with p:a may not follow it to p:z (agent main): ")]
    [InlineData("remove", "Sessions may go on naming p:a, which counts for nothing (agent main): ")]
    public async Task What_cannot_follow_a_change_in_the_sessions_is_a_warning(string change, string warning)
    {
        AuthAgent agent = _state.Agent();
        await agent.Orders.SetAsync("p", ["p:a", "p:b"], Cancellation);
        _state.Write("agents/main/agent/krabauth-sessions.json", "{");
        switch (change)
        {
            case "order":
                await agent.Orders.SetAsync("p", ["p:b"], Cancellation);
                Assert.Equal(["p:b"], agent.Orders.GetStored("p"));
                break;
            case "no order":
                Assert.True(await agent.Orders.ClearAsync("p", Cancellation));
                break;
            case "rename":
                Assert.Equal("p:z", (await agent.Profiles.RenameAsync("p:a", "p:z", Cancellation)).ProfileId);
                break;
            default:
                await agent.Profiles.RemoveAsync("p:a", Cancellation);
                Assert.Equal(["p:b", "q:a"], agent.Profiles.List().Select(profile => profile.ProfileId));
                break;
        }
        string told = Assert.Single(_state.Log.Warnings);
        Assert.StartsWith(warning + FilePath, told, StringComparison.Ordinal);
        Assert.EndsWith($"The file was left as it is. Mend line 1 by hand, or move the file away, which only forgets the account that each session stays with: {FilePath}", told, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task Sessions_that_cannot_be_written_are_a_warning_without_a_step_that_is_over()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("s", "p:a", Cancellation);
        // Where the lock has its line, so that it cannot be had.
        Directory.Delete(_state.InAgent(".krabauth-sessions.json.queue"), recursive: true);
        _state.Write("agents/main/agent/.krabauth-sessions.json.queue", "in the way");
        await agent.Profiles.RemoveAsync("p:a", Cancellation);
        Assert.Equal(["p:b", "q:a"], agent.Profiles.List().Select(profile => profile.ProfileId));
        string told = Assert.Single(_state.Log.Warnings);
        Assert.StartsWith($"Sessions may go on naming p:a, which counts for nothing (agent main): {FilePath} cannot be written: ", told, StringComparison.Ordinal);
        Assert.DoesNotContain("try again", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_sessions_and_those_beyond_a_thousand_go()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("old", "p:a", Cancellation);
        _state.Clock.Advance(SessionFile.Longest + TimeSpan.FromDays(1));
        await agent.Sessions.SetAsync("new", "p:a", Cancellation);
        Assert.Equal("new", Assert.Single(agent.Sessions.List()).Session);
        var sessions = new JsonObject(Enumerable.Range(0, SessionFile.Most + 5).Select(i => KeyValuePair.Create($"s{i}", (JsonNode?)new JsonObject
        {
            ["p"] = new JsonObject { ["profileId"] = "p:a", ["source"] = "user", ["updatedAt"] = _state.Clock.Milliseconds - i },
        })));
        _state.Write("agents/main/agent/krabauth-sessions.json", new JsonObject { ["sessions"] = sessions }.ToJsonString());
        _state.Clock.Advance(TimeSpan.FromMinutes(1));
        await agent.Sessions.SetAsync("latest", "p:b", Cancellation);
        IReadOnlyList<SessionPin> kept = agent.Sessions.List();
        Assert.Equal(SessionFile.Most, kept.Count);
        Assert.Contains(kept, pin => pin.Session == "latest");
        Assert.DoesNotContain(kept, pin => pin.Session == "s1004");
    }

    /// <summary>A thousand conversations of an afternoon pushed out what a person had decided in the morning.</summary>
    [Fact]
    public async Task What_a_person_pinned_goes_last()
    {
        AuthAgent agent = _state.Agent();
        var sessions = new JsonObject(Enumerable.Range(0, SessionFile.Most + 5).Select(i => KeyValuePair.Create($"s{i}", (JsonNode?)new JsonObject
        {
            ["p"] = new JsonObject { ["profileId"] = "p:a", ["source"] = i % 200 == 100 ? "user" : "auto", ["updatedAt"] = _state.Clock.Milliseconds - (i % 200 == 100 ? 1_000_000 : i) },
        })));
        _state.Write("agents/main/agent/krabauth-sessions.json", new JsonObject { ["sessions"] = sessions }.ToJsonString());
        await Use("latest");
        IReadOnlyList<SessionPin> kept = agent.Sessions.List();
        Assert.Equal(SessionFile.Most, kept.Count);
        Assert.Equal(5, kept.Count(pin => pin.Source == SessionPinSource.User));
        Assert.Contains(kept, pin => pin.Session == "latest");
        Assert.DoesNotContain(kept, pin => pin.Session is "s1004" or "s999");
    }

    [Fact]
    public async Task Where_people_pinned_all_that_are_kept_an_automatic_pin_is_not_written()
    {
        var sessions = new JsonObject(Enumerable.Range(0, SessionFile.Most).Select(i => KeyValuePair.Create($"s{i}", (JsonNode?)new JsonObject
        {
            ["p"] = new JsonObject { ["profileId"] = "p:a", ["source"] = "user", ["updatedAt"] = _state.Clock.Milliseconds },
        })));
        _state.Write("agents/main/agent/krabauth-sessions.json", new JsonObject { ["sessions"] = sessions }.ToJsonString());
        string before = File.ReadAllText(FilePath);
        Assert.Equal("ka", await Use("latest"));
        Assert.Equal(before, File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task A_pin_is_written_with_its_source_and_read_without_one()
    {
        await _state.Agent().Sessions.SetAsync("s", "p:a", Cancellation);
        Assert.Equal(
            $$$$$"""{"version":1,"sessions":{"s":{"p":{"profileId":"p:a","source":"user","updatedAt":{{{{{_state.Clock.Milliseconds}}}}}}}}}""",
            JsonNode.Parse(File.ReadAllText(FilePath))!.ToJsonString());
        _state.Write("agents/main/agent/krabauth-sessions.json", """
            { "sessions": { "s": {
              "a": { "profileId": "p:a", "source": "auto" },
              "b": { "profileId": "p:a", "source": "user", "compactionCount": 2 },
              "c": { "profileId": "p:a" },
              "d": { "profileId": "p:a", "compactionCount": -1 }
            } } }
            """);
        Assert.Equal(
            [("a", SessionPinSource.Auto, null), ("b", SessionPinSource.User, 2), ("c", SessionPinSource.User, null), ("d", SessionPinSource.Auto, 0)],
            _state.Agent().Sessions.List().Select(pin => (pin.Provider, pin.Source, pin.CompactionCount)));
    }

    [Fact]
    public async Task A_session_of_just_thirty_days_is_still_one()
    {
        AuthAgent agent = _state.Agent();
        await agent.Sessions.SetAsync("old", "p:a", Cancellation);
        _state.Clock.Advance(SessionFile.Longest);
        await agent.Sessions.SetAsync("new", "p:a", Cancellation);
        Assert.Equal(["new", "old"], agent.Sessions.List().Select(pin => pin.Session));
        _state.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await agent.Sessions.SetAsync("newest", "p:a", Cancellation);
        Assert.Equal(["new", "newest"], agent.Sessions.List().Select(pin => pin.Session));
    }

    [Fact]
    public async Task A_use_that_changes_nothing_writes_nothing()
    {
        await Use("s");
        File.SetLastWriteTimeUtc(FilePath, DateTime.UnixEpoch);
        await Use("s");
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(FilePath));
        // Once a day it is, so that a session that is used is not taken for an old one.
        _state.Clock.Advance(TimeSpan.FromDays(2));
        await Use("s");
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(FilePath));
    }

    [Fact]
    public async Task Processes_that_pin_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => _state.Agent().Sessions.SetAsync($"s{i}", "p:a", Cancellation))));
        Assert.Equal(40, _state.Agent().Sessions.List().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\u0007b")]
    public async Task A_key_that_is_none_is_refused(string key)
        => Assert.Equal("SessionKeyInvalid", (await Assert.ThrowsAsync<KrabAuthException>(() => _state.Agent().Sessions.SetAsync(key, "p:a", Cancellation))).ErrorId);

    [Fact]
    public async Task Where_nothing_may_be_written_a_session_is_served_and_not_kept()
    {
        _state.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        Assert.Equal("ka", await Use("s"));
        Assert.False(File.Exists(FilePath));
        Assert.Equal("StoreReadOnly", (await Assert.ThrowsAsync<KrabAuthException>(() => _state.Agent().Sessions.SetAsync("s", "p:a", Cancellation))).ErrorId);
    }

    private async Task<string> Use(string session)
        => (await _state.Agent().Credentials.GetAsync(new CredentialRequest("p") { Session = new SessionTurn(session) }, Cancellation)).Secret.Reveal();

    private Task Wait(string id) => Usage(id, stats => stats["cooldownUntil"] = FrozenClock.VectorNow + 60_000);

    private Task Usage(string id, Action<JsonObject> change) => _state.Agent().UpdateAsync(
        (_, editor) =>
        {
            editor.ChangeUsage(id, change);
            return true;
        },
        Cancellation);
}
