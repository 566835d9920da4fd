using KrabAuth.OAuth;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What is read out of a token (RFC 7519), and what of one that is none.</summary>
public sealed class JwtClaimsTests
{
    // §2: a NumericDate counts seconds since 1970.
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1700000000", 1_700_000_000L)]
    [InlineData("253402300798", 253_402_300_798L)]
    [InlineData("253402300799", null)]
    [InlineData("253402300800", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("\"1700000000\"", null)]
    [InlineData("null", null)]
    public void Issue_and_end_are_moments_that_a_calendar_knows(string time, long? seconds)
    {
        DateTimeOffset? moment = seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;
        Assert.Equal((moment, null), (JwtClaims.IssuedAt(Jwt.Of($$"""{"iat":{{time}}}""")), JwtClaims.Expiry(Jwt.Of($$"""{"iat":{{time}}}"""))));
        Assert.Equal((null, moment), (JwtClaims.IssuedAt(Jwt.Of($$"""{"exp":{{time}}}""")), JwtClaims.Expiry(Jwt.Of($$"""{"exp":{{time}}}"""))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("opaque")]
    [InlineData("e30.e30")]
    [InlineData("e30.e30.e30.e30")]
    [InlineData("e30.not base64!.sig")]
    public void A_token_that_is_none_claims_nothing(string? token) => AssertNothing(Secret.Of(token));

    [Theory]
    [InlineData("not json")]
    [InlineData("""["sub"]""")]
    [InlineData("{}")]
    [InlineData("""{"sub":1}""")]
    [InlineData("""{"sub":" "}""")]
    [InlineData("""{"sub":{"sub":"x"}}""")]
    public void Neither_do_claims_that_are_none(string payload) => AssertNothing(Jwt.Of(payload));

    [Fact]
    public void A_claim_may_stand_within_another()
    {
        Secret token = Jwt.Of("""{"a":{"b":"c"}}""");
        Assert.Equal(("c", null, null), (JwtClaims.Text(token, ["a", "b"]), JwtClaims.Text(token, ["a"]), JwtClaims.Text(token, ["a", "b", "c"])));
        Assert.Null(JwtClaims.Text(token, []));
    }

    private static void AssertNothing(Secret? token)
        => Assert.Equal((null, null, null), (JwtClaims.Text(token, ["sub"]), JwtClaims.Expiry(token), JwtClaims.IssuedAt(token)));
}
