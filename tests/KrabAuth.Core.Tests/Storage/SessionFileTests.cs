using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Routing;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>The file of the sessions' pins, member by member.</summary>
public sealed class SessionFileTests : IDisposable
{
    private readonly TempState _state = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(SessionPinSource.Auto, """{ "profileId": "p:a", "source": "auto", "compactionCount": 2, "updatedAt": 7 }""")]
    [InlineData(SessionPinSource.User, """{ "profileId": "p:a", "source": "user", "compactionCount": 2, "updatedAt": 7 }""")]
    public void A_pin_takes_the_place_of_that_of_its_provider_however_it_was_spelt(SessionPinSource source, string expected)
    {
        var sessions = (JsonObject)JsonNode.Parse("""{ "s": { "P": { "profileId": "p:old" }, "q": { "profileId": "q:a" } } }""")!;
        SessionFile.Put(sessions, new SessionPin("s", "p", "p:a", source) { CompactionCount = 2 }, 7);
        string whole = $$"""{ "s": { "q": { "profileId": "q:a" }, "p": {{expected}} } }""";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(whole), sessions), sessions.ToJsonString());
    }

    [Theory]
    [InlineData(-1, 0, true)]
    [InlineData(0, -1, true)]
    [InlineData(-1, -1, false)]
    public async Task A_session_lasts_as_long_as_the_latest_of_its_pins(int first, int second, bool isKept)
    {
        long oldest = _state.Clock.GetUtcNow().Subtract(SessionFile.Longest).ToUnixTimeMilliseconds();
        var file = new SessionFile(_state.Agent());
        await file.UpdateAsync(
            sessions =>
            {
                SessionFile.Put(sessions, new SessionPin("s", "p", "p:a", SessionPinSource.User), oldest + first);
                SessionFile.Put(sessions, new SessionPin("s", "q", "q:a", SessionPinSource.User), oldest + second);
                return 0;
            },
            Cancellation);
        Assert.Equal(isKept ? 2 : 0, file.Read().Count);
    }

    [Fact]
    public async Task The_first_pin_of_an_agent_that_has_nothing_yet_makes_its_directory()
    {
        var file = new SessionFile(_state.Agent());
        Assert.Empty(file.Read());
        await file.UpdateAsync(
            sessions =>
            {
                SessionFile.Put(sessions, new SessionPin("s", "p", "p:a", SessionPinSource.User), _state.Clock.GetUtcNow().ToUnixTimeMilliseconds());
                return 0;
            },
            Cancellation);
        Assert.Equal("p:a", Assert.Single(file.Read()).ProfileId);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file.Location)!));
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{ "sessions": [] }""")]
    public void A_file_of_another_kind_is_told_with_what_it_must_hold(string content)
    {
        var file = new SessionFile(_state.Agent());
        _state.Write(Path.GetRelativePath(_state.Root, file.Location), content);
        KrabAuthException error = Assert.Throws<KrabAuthException>(file.Read);
        Assert.Equal("StoreCorrupt", error.ErrorId);
        Assert.Contains("(1,1): the file must hold an object with the member \"sessions\"", error.Message, StringComparison.Ordinal);
    }
}
