using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>How long before its end a token is renewed: a minute, or half of a life that is shorter than two.</summary>
public sealed class TokenUsableTests
{
    private const long Now = 1_700_000_000;

    // The columns: when the access token and the ID token were issued, in seconds from now; what is left, in milliseconds.
    [Theory]
    [InlineData(null, null, 60_001, true)]
    [InlineData(null, null, 60_000, false)]
    [InlineData(-30, null, 30_001, true)]
    [InlineData(-30, null, 30_000, false)]
    [InlineData(null, -30, 30_001, true)]
    [InlineData(null, -30, 30_000, false)]
    [InlineData(-10, -1000, 20_000, true)]
    [InlineData(-1000, -10, 20_000, false)]
    [InlineData(-3600, null, 60_001, true)]
    [InlineData(-30, null, 0, false)]
    [InlineData(-30, null, -1, false)]
    [InlineData(30, null, 30_000, false)]
    [InlineData(40, null, 30_000, false)]
    public void It_is_used_until_its_margin_begins(int? issued, int? idIssued, long left, bool usable)
    {
        var credential = new OAuthCredential("acme", Token(issued), null) { IdToken = Token(idIssued), Expires = Now * 1000 + left };
        Assert.Equal(usable, TokenRefresher.IsUsable(credential, Now * 1000));
    }

    [Fact]
    public void Without_a_token_or_its_end_nothing_is_usable()
    {
        var credential = new OAuthCredential("acme", Secret.Of("t"), null) { Expires = Now * 1000 + 3_600_000 };
        Assert.True(TokenRefresher.IsUsable(credential, Now * 1000));
        Assert.All([credential with { Access = null }, credential with { Access = Secret.Of(" ") }, credential with { Expires = null }], less => Assert.False(TokenRefresher.IsUsable(less, Now * 1000)));
    }

    private static Secret Token(int? issued) => issued is { } seconds ? Jwt.Of($$"""{"iat":{{Now + seconds}}}""") : Secret.Of("opaque");
}
