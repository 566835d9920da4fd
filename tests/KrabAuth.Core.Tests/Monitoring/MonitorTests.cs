using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Monitoring;

/// <summary>The monitor as a front end runs it, with a script in the place of the user's command.</summary>
public sealed class MonitorTests : IDisposable
{
    private readonly TempState _state = new() { Clock = new FrozenClock() };

    public MonitorTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is a script of sh.");

    private string StateFile => _state.InState("krabauth-monitor.json");

    private string Told => Path.Combine(_state.Home, "told");

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task Each_change_is_told_once_with_no_secret_in_it()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        MonitorOptions options = Telling();
        MonitorChange change = Assert.Single((await RunAsync(options)).Changes);
        Assert.Equal((MonitorEvent.Failed, "openai:a", null), (change.Event, change.Target, change.Problem));
        JsonNode told = JsonNode.Parse(File.ReadAllText(Told))!;
        Assert.Equal(("failed", "openai:a", "expired"), ((string?)told["event"], (string?)told["target"], (string?)told["now"]!["status"]));
        Assert.Equal("krabauth models auth paste-token --provider openai --profile-id openai:a", (string?)told["next"]);
        Assert.DoesNotContain("tok-secret", File.ReadAllText(Told) + File.ReadAllText(StateFile), StringComparison.Ordinal);

        File.Delete(Told);
        Assert.Empty((await RunAsync(options)).Changes);
        Assert.False(File.Exists(Told));

        SetExpiry(TimeSpan.FromDays(9));
        Assert.Equal(MonitorEvent.Recovered, Assert.Single((await RunAsync(options)).Changes).Event);
        Assert.Equal("recovered", (string?)JsonNode.Parse(File.ReadAllText(Told))!["event"]);
        Assert.Equal(MonitorEvent.Warning, Assert.Single((await RunAsync(options with { WarnWithin = TimeSpan.FromDays(10) })).Changes).Event);
    }

    [Fact]
    public async Task The_command_knows_what_it_is_about_from_its_variables()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        await RunAsync(Script("printf '%s|' \"$KRABAUTH_EVENT\" \"$KRABAUTH_TARGET\" \"$KRABAUTH_REASON\" \"$KRABAUTH_MESSAGE\" \"$1\" > " + Told, "an argument; $HOME"));
        Assert.Equal("failed|openai:a|expired|openai:a fails: expired.|an argument; $HOME|", File.ReadAllText(Told));
    }

    [Theory]
    [InlineData("exit 3", 60_000, "sh ended with exit code 3")]
    [InlineData("exec sleep 600", 200, "sh was ended: it did not answer within 200 ms")]
    public async Task A_command_that_fails_or_hangs_is_told_of_and_gets_the_news_again(string script, int milliseconds, string problem)
    {
        SetExpiry(TimeSpan.FromHours(-1));
        MonitorOptions failing = Script(script) with { Timeout = TimeSpan.FromMilliseconds(milliseconds) };
        _state.Timers = TimeProvider.System;
        foreach (int _ in new[] { 1, 2 })
        {
            Assert.Equal(problem, Assert.Single((await RunAsync(failing)).Changes).Problem);
        }
        Assert.Contains(_state.Log.Warnings, warning => warning.Contains(problem, StringComparison.Ordinal) && warning.Contains("next run", StringComparison.Ordinal));
        Assert.Null(Assert.Single((await RunAsync(Telling())).Changes).Problem);
        Assert.Empty((await RunAsync(Telling())).Changes);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_tried_once_in_a_run()
    {
        SetExpiry(TimeSpan.FromHours(-1), "openai:a", "groq:b");
        MonitorReport report = await RunAsync(new MonitorOptions { Command = ["krabauth-no-such-command"] });
        Assert.Equal(2, report.Changes.Count);
        Assert.All(report.Changes, change => Assert.StartsWith("krabauth-no-such-command could not be started: ", change.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_one_command_took_is_remembered_although_the_next_one_fails()
    {
        SetExpiry(TimeSpan.FromHours(-1), "groq:b", "openai:a");
        MonitorReport report = await RunAsync(Script("[ \"$KRABAUTH_PROVIDER\" = groq ]"));
        Assert.Equal(["groq:b", "openai:a"], report.Changes.Select(change => change.Target));
        Assert.Equal(["openai:a"], (await RunAsync(Telling())).Changes.Select(change => change.Target));
    }

    [Fact]
    public async Task Agents_have_their_own_news_in_one_file_and_a_file_can_be_named()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        _state.Write("agents/work/agent/auth-profiles.json", "{\"version\":1,\"profiles\":{}}");
        Assert.Single((await RunAsync(Telling())).Changes);
        Assert.Single((await _state.Agent("work").Health.Monitor(Telling()).RunAsync(TestContext.Current.CancellationToken)).Changes);
        JsonNode known = JsonNode.Parse(File.ReadAllText(StateFile))!;
        Assert.Equal(1, (int?)known["version"]);
        Assert.Equal(["main", "work"], known["agents"]!.AsObject().Select(agent => agent.Key));
        string other = Path.Combine(_state.Home, "deep", "monitor.json");
        Assert.Single((await RunAsync(Telling() with { StateFile = other })).Changes);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(other));
    }

    [Fact]
    public async Task What_a_killed_monitor_left_goes_with_its_lock()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        string leftover = StateFile + $".{Guid.NewGuid():N}.krabtmp";
        File.WriteAllText(leftover, "half");
        Directory.CreateDirectory(StateFile + ".lock");
        Directory.SetLastWriteTimeUtc(StateFile + ".lock", DateTime.UtcNow.AddHours(-1));
        await RunAsync(Telling());
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task A_file_that_cannot_be_where_it_is_to_be_is_an_error_that_names_it()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        string impossible = Path.Combine(_state.StorePath, "monitor.json");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => RunAsync(Telling() with { StateFile = impossible }));
        Assert.Equal("StoreUnwritable", error.ErrorId);
        Assert.Contains(impossible, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Told));
    }

    [Fact]
    public async Task A_file_that_holds_something_else_is_left_as_it_is()
    {
        _state.Write("krabauth-monitor.json", "[]");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => RunAsync(Telling()));
        Assert.Contains("(1,1): the file must hold an object", error.Message, StringComparison.Ordinal);
        Assert.Equal("[]", File.ReadAllText(StateFile));
    }

    [Fact]
    public async Task A_file_that_cannot_be_understood_is_left_as_it_is()
    {
        _state.Write("krabauth-monitor.json", "{ not json");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => RunAsync(Telling()));
        Assert.Equal("StoreCorrupt", error.ErrorId);
        Assert.Equal($"Mend line 1 by hand, or move the file away; what fails or warns now is told once more then: {StateFile}", error.Remedy.CommandLine);
        Assert.Equal("{ not json", File.ReadAllText(StateFile));
        Assert.False(Path.Exists(StateFile + ".lock"));
    }

    [Theory]
    [InlineData("\"failed\"", "\"FAILED\"")]
    [InlineData("\"failed\"", "\"2\"")]
    [InlineData("\"expired\"", "\"of the future\"")]
    [InlineData("\"provider\"", "\"supplier\"")]
    [InlineData("\"profiles\"", "\"accounts\"")]
    public async Task An_entry_that_says_nothing_usable_is_news_again(string word, string other)
    {
        SetExpiry(TimeSpan.FromHours(-1));
        await RunAsync(Telling());
        Assert.Empty((await RunAsync(Telling())).Changes);
        string known = File.ReadAllText(StateFile);
        Assert.Contains(word, known, StringComparison.Ordinal);
        File.WriteAllText(StateFile, known.Replace(word, other, StringComparison.Ordinal));
        Assert.Single((await RunAsync(Telling())).Changes);
    }

    [Fact]
    public async Task Two_monitors_at_once_tell_it_once()
    {
        SetExpiry(TimeSpan.FromHours(-1));
        MonitorOptions options = Script("cat >> " + Told);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(options)));
        Assert.Single(File.ReadAllLines(Told));
    }

    [Fact]
    public async Task It_goes_on_by_the_clock_after_a_run_that_failed_and_sees_what_changed()
    {
        var clock = new ManualClock();
        _state.Timers = clock;
        _state.Write("agents/main/agent/auth-profiles.json", "{ broken");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reports = new List<MonitorReport>();
        Task watching = _state.Agent().Health.Monitor(new MonitorOptions()).WatchAsync(TimeSpan.FromMinutes(30), reports.Add, stop.Token);
        await clock.NextWaitAsync(TimeSpan.FromMinutes(30), stop.Token);
        Assert.Empty(reports);
        Assert.Contains(_state.Log.Warnings, warning => warning.Contains("The check came to no end", StringComparison.Ordinal));
        SetExpiry(TimeSpan.FromHours(-1));
        clock.Advance(TimeSpan.FromMinutes(30));
        await clock.NextWaitAsync(TimeSpan.FromMinutes(30), stop.Token);
        Assert.Single(Assert.Single(reports).Changes);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private MonitorOptions Telling() => Script("cat > " + Told);

    private static MonitorOptions Script(string script, params string[] arguments) => new() { Command = ["sh", "-c", script, "sh", .. arguments] };

    private Task<MonitorReport> RunAsync(MonitorOptions options) => _state.Agent().Health.Monitor(options).RunAsync(TestContext.Current.CancellationToken);

    private void SetExpiry(TimeSpan left, params string[] ids)
    {
        long expires = (_state.Timers ?? _state.Clock).GetUtcNow().Add(left).ToUnixTimeMilliseconds();
        var profiles = new JsonObject();
        foreach (string id in ids is [] ? ["openai:a"] : ids)
        {
            profiles[id] = new JsonObject { ["type"] = "token", ["provider"] = id.Split(':')[0], ["token"] = "tok-secret-0123456789", ["expires"] = expires };
        }
        // The usual model's provider has a key, so that it is no news.
        profiles["anthropic:default"] = new JsonObject { ["type"] = "api_key", ["provider"] = "anthropic", ["key"] = "sk-ant-api03-0123456789" };
        _state.Write("agents/main/agent/auth-profiles.json", new JsonObject { ["version"] = 1, ["profiles"] = profiles }.ToJsonString());
    }
}
