using KrabAuth.Core.Tests.Properties;
using KrabAuth.Diagnostics;
using KrabAuth.TestSupport;
using FsCheck.Fluent;

namespace KrabAuth.Core.Tests.Live;

/// <summary>What the view lays out, at any size and whatever stands in the store.</summary>
public sealed class LiveViewTests : IDisposable
{
    private const long Now = FrozenClock.VectorNow;

    private readonly FrozenClock _clock = new();
    private TempState? _state;

    public void Dispose() => _state?.Dispose();

    [Fact]
    public void A_wide_screen_has_a_column_for_each_thing()
    {
        string[] lines = Draw(100, 24);
        Assert.StartsWith("OpenClaw, main  1 needs attention", lines[0], StringComparison.Ordinal);
        Assert.Equal(_state!.Root, lines[1]);
        Assert.Matches("^Profile +Status +Ends +Waits$", lines[3]);
        Assert.Matches("^anthropic:a +ok +12d 4h$", lines[4]);
        Assert.Matches("^anthropic:gone +expired +2h 0m ago$", lines[5]);
        Assert.Matches("^openai:held +static +never +disabled by the user$", lines[6]);
        Assert.Matches("^openai:limited +static +never +rate_limit 4m 12s$", lines[7]);
        Assert.Matches(@"^openai-codex:me \(me@example.com\) +expired \(refreshable\) +1m 5s ago$", lines[8]);
        Assert.Equal("the hint", lines[^1]);
    }

    [Fact]
    public void A_narrow_screen_puts_the_wait_or_the_end_beside_the_profile()
    {
        string[] lines = Draw(46, 24);
        Assert.Matches("^Profile +State$", lines[3]);
        Assert.Matches("^anthropic:a +ok 12d 4h$", lines[4]);
        Assert.Matches("^openai:limited +rate_limit 4m 12s$", lines[7]);
    }

    [Fact]
    public void Time_goes_on_between_two_looks()
    {
        LiveSnapshot snapshot = Snapshot();
        string later = Text(LiveView.Draw(snapshot, Screen(100, 24), _clock.GetUtcNow().AddSeconds(12)))[7];
        Assert.EndsWith("rate_limit 4m 0s", later, StringComparison.Ordinal);
        Assert.EndsWith("never", Text(LiveView.Draw(snapshot, Screen(100, 24), _clock.GetUtcNow().AddMinutes(5)))[7], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_room_for_all_what_needs_attention_stays()
    {
        string[] lines = Draw(100, 4);
        Assert.Equal(4, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("anthropic:gone", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("anthropic:a ", StringComparison.Ordinal));
        Assert.Equal("4 more profiles of less urgency", lines[^1]);
    }

    [Fact]
    public void Quotas_have_bars_and_what_is_unknown_says_why()
    {
        QuotaWindow window = new() { Provider = "openai-codex", ProfileId = "openai-codex:me", Label = "openai-codex:me (me@example.com)", Window = "5h", UsedPercent = 42, ResetsAt = _clock.GetUtcNow().AddHours(2), Agent = "main", StateDirectory = "/", Product = KrabAuth.Storage.Product.OpenClaw };
        LiveSnapshot bare = Snapshot();
        var snapshot = new LiveSnapshot(bare.Report, bare.Time) { Quotas = [window with { Window = string.Empty, ProfileId = null, Label = "GROQ_API_KEY", UsedPercent = null, Reason = "Nobody told." }, window] };
        string[] lines = Text(LiveView.Draw(snapshot, Screen(110, 30), _clock.GetUtcNow()));
        int known = Array.FindIndex(lines, line => line.StartsWith("openai-codex:me (me@example.com)  5h      ########------------  42% used  2h 0m", StringComparison.Ordinal));
        Assert.NotEqual(-1, known);
        Assert.Equal("GROQ_API_KEY                      unknown: Nobody told.", lines[known + 1]);
    }

    [Theory]
    [InlineData("me@example.com", "p:me@example.com")]
    [InlineData("me", "p:me (me@example.com)")]
    [InlineData("not-me@example.com", "p:not-me@example.com (me@example.com)")]
    public void An_owner_whom_the_id_names_is_not_named_twice(string name, string label)
    {
        using TempState state = Store(name, "me@example.com");
        LiveSnapshot snapshot = new(state.Agent().Health.Status(), state.Clock.GetUtcNow());
        Assert.StartsWith($"{label}  expired", Text(LiveView.Draw(snapshot, Screen(100, 24), snapshot.Time))[4], StringComparison.Ordinal);
    }

    [Fact]
    public void The_tone_says_what_matters()
    {
        LiveLine gone = LiveView.Draw(Snapshot(), Screen(100, 24), _clock.GetUtcNow())[5];
        Assert.Equal([LiveTone.Plain, LiveTone.Bad], gone.Spans.Select(span => span.Tone).Distinct());
        Assert.Contains("\u001b[31mexpired", LiveFrame.Draw([gone], useColor: true), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31m", LiveFrame.Draw([gone], useColor: false), StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_is_wider_or_lower_than_the_screen_and_none_steers_the_terminal() => Property.Holds(
        ArbMap.Default.ArbFor<(string Id, string Email, byte Width, byte Height)>().Filter(input => input.Id is not null && input.Email is not null),
        input =>
        {
            using TempState state = Store(input.Id + "\u001b[2J\u202e漢字", input.Email + "\u0007\r\n");
            AuthAgent agent = state.Agent();
            var snapshot = new LiveSnapshot(agent.Health.Status(), state.Clock.GetUtcNow()) { Notes = ["\u001b]0;title\u0007"] };
            IReadOnlyList<LiveLine> lines = LiveView.Draw(snapshot, Screen(input.Width, input.Height), state.Clock.GetUtcNow());
            Assert.True(lines.Count <= input.Height);
            Assert.All(lines, line =>
            {
                string text = string.Concat(line.Spans.Select(span => span.Text));
                Assert.True(TextCells.Width(text) <= input.Width, $"{TextCells.Width(text)} > {input.Width}: {text}");
                Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202e');
            });
            Assert.All(LiveLog.Changes(null, snapshot), line => Assert.DoesNotContain(line, char.IsControl));
        },
        100);

    private static LiveScreen Screen(int width, int height) => new(width, height, IsAscii: true, "the hint");

    private static string[] Text(IReadOnlyList<LiveLine> lines) => [.. lines.Select(line => line.ToString())];

    private string[] Draw(int width, int height) => Text(LiveView.Draw(Snapshot(), Screen(width, height), _clock.GetUtcNow()));

    private LiveSnapshot Snapshot()
    {
        _state ??= TempState.WithStore($$$"""
            {"version":1,"profiles":{
              "anthropic:a":{"type":"token","provider":"anthropic","token":"sk-ant-CANARY-0123456789","expires":{{{Now + (292L * 3600000)}}} },
              "anthropic:gone":{"type":"token","provider":"anthropic","token":"sk-ant-CANARY-0123456789","expires":{{{Now - 7200000}}} },
              "openai:held":{"type":"api_key","provider":"openai","key":"sk-CANARY-0123456789"},
              "openai:limited":{"type":"api_key","provider":"openai","key":"sk-CANARY-0123456789"},
              "openai-codex:me":{"type":"oauth","provider":"openai-codex","access":"CANARY-access","refresh":"CANARY-refresh","expires":{{{Now - 65000}}},"email":"me@example.com"} },
             "usageStats":{
              "openai:held":{"disabledUntil":253402300799000,"disabledReason":"manual"},
              "openai:limited":{"cooldownUntil":{{{Now + 252000}}},"cooldownReason":"rate_limit","errorCount":1} } }
            """);
        AuthAgent agent = _state.Agent();
        return new LiveSnapshot(agent.Health.Status(), _clock.GetUtcNow());
    }

    private static TempState Store(string name, string email) => TempState.WithStore(
        $$"""{"version":1,"profiles":{ {{System.Text.Json.JsonSerializer.Serialize("p:" + name)}}:{"type":"token","provider":"p","token":"t","email":{{System.Text.Json.JsonSerializer.Serialize(email)}},"expires":{{Now - 1}} } } }""");
}
