using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The waiting of all device flows (RFC 8628 §3.5), to the millisecond.</summary>
public sealed class DevicePollingTests : OAuthTestBase
{
    private static readonly TimeSpan Five = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly List<int> _asked = [];
    private Task _answer = Task.CompletedTask;
    private DateTimeOffset _started;

    [Theory]
    [InlineData(4_000)] // Over before the first question.
    [InlineData(5_000)]
    [InlineData(5_001, 5_000)]
    [InlineData(10_000, 5_000)]
    [InlineData(10_001, 5_000, 10_000)]
    public async Task A_code_that_has_ended_is_not_asked_with(int life, params int[] asked)
    {
        Task<OAuthResult<OAuthCredential>> running = Run(life);
        for (int i = 0; i <= asked.Length; i++)
        {
            await _clock.NextWaitAsync(Five, Cancellation);
            Assert.False(running.IsCompleted);
            _clock.Advance(Five);
        }
        Assert.Equal(new OAuthError("expired_token", "the code was not used in time"), (await running).Error);
        Assert.Equal(asked, _asked);
    }

    // An answer that took all that was left: there is nothing to count down and to wait for.
    [Theory]
    [InlineData(7_999, 1)]
    [InlineData(8_000, 0)]
    [InlineData(9_000, 0)]
    public async Task The_time_that_an_answer_takes_counts(int answer, int left)
    {
        var answered = new TaskCompletionSource();
        _answer = answered.Task;
        Task<OAuthResult<OAuthCredential>> running = Run(5_000 + 8_000);
        await _clock.NextWaitAsync(Five, Cancellation);
        _clock.Advance(Five);
        _clock.Advance(TimeSpan.FromMilliseconds(answer));
        answered.SetResult();
        if (left > 0)
        {
            await _clock.NextWaitAsync(Five, Cancellation);
            _clock.Advance(TimeSpan.FromMilliseconds(left));
        }
        Assert.Equal("expired_token", (await running).Error!.Code);
        int[] told = left > 0 ? [13_000, left] : [13_000];
        Assert.Equal(told, Prompt.TimesLeft.Select(time => (int)time.TotalMilliseconds));
        Assert.Single(_asked);
    }

    private Task<OAuthResult<OAuthCredential>> Run(int life)
    {
        _started = _clock.GetUtcNow();
        return new DevicePolling(Prompt, _clock).RunAsync(Five, TimeSpan.FromMilliseconds(life), AskAsync, Cancellation);
    }

    private async Task<OAuthResult<OAuthCredential>> AskAsync(CancellationToken cancellationToken)
    {
        _asked.Add((int)(_clock.GetUtcNow() - _started).TotalMilliseconds);
        await _answer.WaitAsync(cancellationToken);
        return DevicePolling.Pending;
    }
}
