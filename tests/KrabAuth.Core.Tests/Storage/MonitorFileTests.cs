using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>What the monitor remembers, as it reads it again.</summary>
public sealed class MonitorFileTests : IDisposable
{
    private readonly TempState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task Profiles_and_providers_are_told_apart_and_a_reason_may_be_missing()
    {
        _state.Write(MonitorFile.Name, """
            {
              "version": 1,
              "agents": {
                "main": {
                  "profiles": {
                    "p:a": { "provider": "p", "result": "failed", "status": "expired", "reason": "it ended" },
                    "p:b": { "provider": "p", "result": "passed", "status": "ok" }
                  },
                  "providers": { "p": { "provider": "p", "result": "warning", "status": "expiring", "reason": "soon" } }
                }
              }
            }
            """);
        Assert.Equal(
            [
                new MonitoredState(AuthCheckKind.Profile, "p", "p:a", AuthCheckResult.Failed, AuthStatus.Expired, "it ended"),
                new MonitoredState(AuthCheckKind.Profile, "p", "p:b", AuthCheckResult.Passed, AuthStatus.Ok, ""),
                new MonitoredState(AuthCheckKind.Provider, "p", null, AuthCheckResult.Warning, AuthStatus.Expiring, "soon"),
            ],
            await ReadAsync());
    }

    [Theory]
    [InlineData("""{ "result": "failed", "status": "expired" }""")]
    [InlineData("""{ "provider": "p", "status": "expired" }""")]
    [InlineData("""{ "provider": "p", "result": "failed" }""")]
    [InlineData("""{ "provider": "p", "result": "FAILED", "status": "expired" }""")]
    [InlineData("""{ "provider": "p", "result": "2", "status": "expired" }""")]
    [InlineData("""{ "provider": "p", "result": "failed", "status": "someday" }""")]
    [InlineData("[]")]
    public async Task An_entry_that_says_nothing_usable_is_not_known(string entry)
    {
        _state.Write(MonitorFile.Name, $$"""{ "agents": { "main": { "profiles": { "p:a": {{entry}} } } } }""");
        Assert.Empty(await ReadAsync());
    }

    private async Task<IReadOnlyCollection<MonitoredState>> ReadAsync()
    {
        using MonitorFile file = await MonitorFile.OpenAsync(_state.InState(MonitorFile.Name), "main", _state.Locks, _state.Log, TestContext.Current.CancellationToken);
        return file.Read();
    }
}
