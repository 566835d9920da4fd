using System.Globalization;
using System.Net;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Live;

/// <summary>When the view looks, reads and asks.</summary>
public sealed class LiveWatchTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly TempState _state = new();
    private readonly FakeProviderApi _api = new();
    private readonly List<LiveSnapshot> _looks = [];
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LiveWatchTests()
    {
        _state.Timers = _clock;
        _state.Http = _api;
        Store("a", hours: 48);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _api.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_change_of_the_files_is_seen_at_the_next_look_and_time_alone_needs_no_reading()
    {
        Task watching = Watch(new LiveOptions { Count = 4 });
        await NextLookAsync();
        await _clock.NextWaitAsync(Interval, Cancellation);
        Assert.Same(Profile(0).Provider, Profile(1).Provider);
        Assert.Equal(_looks[0].Time + Interval, _looks[1].Time);
        Store("b", hours: 48);
        await NextLookAsync(isWaiting: true);
        await NextLookAsync();
        await watching;
        Assert.Equal(["openai-codex:a", "openai-codex:a", "openai-codex:b", "openai-codex:b"], _looks.Select(look => look.Report.Profiles[0].ProfileId));
        Assert.NotSame(Profile(1).Provider, Profile(2).Provider);
    }

    [Fact]
    public async Task What_ends_meanwhile_is_told_without_a_change_of_the_files()
    {
        Store("a", hours: 24.001);
        Task watching = Watch(new LiveOptions { Count = 2 });
        await NextLookAsync();
        await watching;
        Assert.Equal([Profiles.AuthStatus.Ok, Profiles.AuthStatus.Expiring], _looks.Select(look => look.Report.Profiles[0].Status));
        string line = Assert.Single(LiveLog.Changes(_looks[0], _looks[1]));
        Assert.Matches("^[0-9T:-]+Z openai-codex:a was ok, ends [^ ]+, is expiring, ends [^ ]+$", line);
        Assert.Empty(LiveLog.Changes(_looks[1], _looks[1]));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_beside_what_was_known_and_the_view_goes_on()
    {
        Task watching = Watch(new LiveOptions { Count = 3 });
        await _clock.NextWaitAsync(Interval, Cancellation);
        _state.Write(Path.GetRelativePath(_state.Root, _state.StorePath), "{ broken");
        await NextLookAsync(isWaiting: true);
        await _clock.NextWaitAsync(Interval, Cancellation);
        Store("c", hours: 48);
        await NextLookAsync(isWaiting: true);
        await watching;
        Assert.Equal([null, "a", null], _looks.Select(look => look.Problem is null ? null : look.Report.Profiles[0].ProfileId.Split(':')[1]));
        Assert.Contains("the store was readable, is unreadable: ", LiveLog.Changes(_looks[0], _looks[1])[0], StringComparison.Ordinal);
        Assert.Equal("openai-codex:c", _looks[2].Report.Profiles[0].ProfileId);
    }

    [Fact]
    public async Task Quotas_are_asked_for_once_a_minute_and_shown_when_they_come()
    {
        _api.Serve("https://chatgpt.com/backend-api/wham/usage", """{"rate_limit":{"primary_window":{"used_percent":6,"limit_window_seconds":18000}}}""");
        Task watching = Watch(new LiveOptions { AsksUsage = true, Count = 14 });
        await _answered.Task.WaitAsync(Cancellation);
        for (int look = 1; look < 14; look++) await NextLookAsync();
        await watching;
        Assert.Equal(2, _api.Requests.Count);
        Assert.True(_looks[0].IsAsking);
        Assert.Equal("6% used", Assert.Single(_looks[^1].Quotas).UsedText);
        Assert.Contains("openai-codex:a 5h: 6% used", string.Join('\n', LiveLog.Changes(_looks[0], _looks[^1])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_unless_that_is_wanted_and_the_last_look_waits_for_the_answer()
    {
        await Watch(new LiveOptions { Count = 1 });
        Assert.Empty(_api.Requests);
        _api.Serve("https://chatgpt.com/backend-api/wham/usage", "{}", HttpStatusCode.TooManyRequests);
        await Watch(new LiveOptions { Count = 1, AsksUsage = true });
        Assert.StartsWith("The provider did not tell", Assert.Single(_looks[^1].Quotas).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_at_once_when_told_even_while_a_provider_is_asked()
    {
        _api.Hold();
        using var stop = new CancellationTokenSource();
        Task watching = _state.Agent().Health.Live(new LiveOptions { AsksUsage = true }).RunAsync(_looks.Add, stop.Token);
        await _api.NextArrivalAsync(Cancellation);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Single(_looks);
    }

    [Fact]
    public async Task The_first_look_fails_as_a_command_does()
    {
        _state.Write(Path.GetRelativePath(_state.Root, _state.StorePath), "{ broken");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Watch(new LiveOptions()));
        Assert.Equal("StoreCorrupt", error.ErrorId);
    }

    [Theory]
    [InlineData(0.5, 1, "IntervalInvalid")]
    [InlineData(100_000, 1, "IntervalInvalid")]
    [InlineData(5, 0, "OptionInvalid")]
    public void What_makes_no_sense_is_refused(double seconds, int count, string id)
        => Assert.Equal(id, Assert.Throws<KrabAuthException>(() => _state.Agent().Health.Live(new LiveOptions { Interval = TimeSpan.FromSeconds(seconds), Count = count })).ErrorId);

    private Profiles.AuthProfile Profile(int look) => _looks[look].Report.Profiles[0];

    private Task Watch(LiveOptions options) => _state.Agent().Health.Live(options).RunAsync(
        look =>
        {
            _looks.Add(look);
            if (look.Quotas.Count > 0) _answered.TrySetResult();
        },
        Cancellation);

    private async Task NextLookAsync(bool isWaiting = false)
    {
        if (!isWaiting) await _clock.NextWaitAsync(Interval, Cancellation);
        _clock.Advance(Interval);
    }

    private void Store(string name, double hours)
    {
        string expires = _clock.GetUtcNow().AddHours(hours).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        string path = _state.Write(
            Path.GetRelativePath(_state.Root, _state.StorePath),
            $$"""{"version":1,"profiles":{"openai-codex:{{name}}":{"type":"oauth","provider":"openai-codex","access":"CANARY-access-0123456789","refresh":"CANARY-refresh-0123456789","accountId":"acct","expires":{{expires}} } } }""");
        // A test is faster than the clock of some file systems.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1).AddSeconds(name[0]));
    }
}
