using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Interop;

/// <summary>What a renewal makes of what the program that shares the sign-in holds by then.</summary>
public sealed class SharedDecisionTests : ExternalTestBase
{
    // The same token with a later end, as a server gives one that was asked too early: good where it will do, no answer to "renew it".
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_token_with_a_later_end_is_used_but_does_not_count_as_renewed(bool force)
    {
        string refresh = Server.GrantRefreshToken();
        WriteStore((ClaudeId, OAuthProfile("anthropic", force ? Hour : TimeSpan.FromSeconds(-1), access: "same", refresh: refresh)));
        WriteClaude(Hour * 2, access: "same", refresh: refresh);
        if (force) await State.Agent().Credentials.RenewAsync(ClaudeId, Cancellation);
        else Assert.Equal("same", (await State.Agent().Credentials.ForProfileAsync(ClaudeId, Cancellation)).Secret.Reveal());
        Assert.Equal(force ? 1 : 0, Server.TokenRequests.Count);
        JsonObject stored = StoredProfile(ClaudeId);
        Assert.Equal(!force, Text(stored, "access") == "same");
        string told = $"{ClaudeId} was renewed by the program that shares it; its token is used.";
        Assert.Equal(force ? [] : [told], State.Log.VerboseMessages.Where(message => message == told));
    }

    // Its directory is not there, as where the sign-in came from a keychain: there is no place for its locks.
    [Fact]
    public async Task A_living_token_is_used_where_the_program_cannot_be_locked()
    {
        var keychain = new FakeKeychain();
        State.Keychain = keychain;
        keychain.Put("Claude Code-credentials", "someone", $$"""{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":{{State.Clock.Milliseconds + 30_000}} } }""");
        await Sync();
        Assert.Equal("a", (await State.Agent().Credentials.ForProfileAsync(ClaudeId, Cancellation)).Secret.Reveal());
        Assert.Contains("whose directory cannot be written", Assert.Single(State.Log.Warnings), StringComparison.Ordinal);
        Assert.Empty(Server.TokenRequests);
    }
}
