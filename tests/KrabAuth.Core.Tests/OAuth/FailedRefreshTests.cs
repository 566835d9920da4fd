using KrabAuth.OAuth;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The note of a refresh that failed: what those who waited for it read.</summary>
public sealed class FailedRefreshTests : IDisposable
{
    private static readonly Secret Refresh = Secret.Of("rt-1");

    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData("http_503", "busy", 503)]
    [InlineData("network", "no route", null)]
    [InlineData("timeout", null, null)]
    public void It_is_read_as_it_was_written(string code, string? description, int? status)
    {
        var failed = new FailedRefresh(1_700_000_000_000, TokenRefresher.Fingerprint(Refresh), new OAuthError(code, description, status));
        failed.Write(_state.InState("note"));
        Assert.Equal(failed, FailedRefresh.Read(_state.InState("note")));
    }

    [Theory]
    [InlineData("""{"at":1,"refresh":"f","code":"timeout"}""", true)]
    [InlineData("""{"refresh":"f","code":"timeout"}""", false)]
    [InlineData("""{"at":1,"code":"timeout"}""", false)]
    [InlineData("""{"at":1,"refresh":"f"}""", false)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    public void One_that_lacks_something_is_none(string note, bool read)
    {
        string path = _state.Write("note", note);
        Assert.Equal(read ? new FailedRefresh(1, "f", new OAuthError("timeout")) : null, FailedRefresh.Read(path));
        File.Delete(path);
        Assert.Null(FailedRefresh.Read(path));
    }

    // It failed at 1000: who began to wait before that has its answer. A clock that was set back makes it say no.
    [Theory]
    [InlineData(999, 1000, true)]
    [InlineData(999, 1001, true)]
    [InlineData(1000, 1000, false)]
    [InlineData(1001, 1002, false)]
    [InlineData(998, 999, false)]
    public void It_answers_who_waited_for_it(long since, long now, bool answers)
    {
        var failed = new FailedRefresh(1000, TokenRefresher.Fingerprint(Refresh), new OAuthError("timeout"));
        Assert.Equal(answers, failed.Answers(since, now, Refresh));
        Assert.False(failed.Answers(since, now, Secret.Of("rt-2")));
    }
}
