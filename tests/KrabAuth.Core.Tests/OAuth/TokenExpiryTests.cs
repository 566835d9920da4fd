using System.Text.Json;
using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>When a token ends, in each of the forms in which servers say it.</summary>
public sealed class TokenExpiryTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Theory]
    [InlineData("""{ "expires_in": 3600 }""", 3600d)]
    [InlineData("""{ "expires_in": "3600" }""", 3600d)]
    [InlineData("""{ "expires_in": 0.5 }""", 0.5)]
    [InlineData("""{ "expires_in": 1e300 }""", (double)int.MaxValue)]
    [InlineData("""{ "expires_in": 0 }""", null)]
    [InlineData("""{ "expires_in": -1 }""", null)]
    [InlineData("""{ "expires_in": "soon" }""", null)]
    [InlineData("""{ "expires_in": "1e999" }""", null)]
    [InlineData("""{ "expires_in": true }""", null)]
    [InlineData("""{ "expires_in": 60, "expired_in": 120 }""", 60d)]
    [InlineData("""{ "expires_in": 0, "expired_in": 120 }""", 120d)]
    [InlineData("""{ "expired_in": 999999999 }""", 999_999_999d)]
    [InlineData("""{ "expired_in": 1000000000 }""", -700_000_000d)]
    [InlineData("""{ "expired_in": 99999999999 }""", 98_299_999_999d)]
    [InlineData("""{ "expired_in": 100000000000 }""", -1_600_000_000d)]
    [InlineData("""{ "expired_in": 253402300799000 }""", 251_702_300_799d)]
    [InlineData("""{ "expired_in": 253402300799001 }""", null)]
    [InlineData("""{ "expired_in": 0 }""", null)]
    [InlineData("{}", null)]
    public void It_is_understood_or_not_there(string answer, double? seconds)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        long? expected = seconds is { } left ? Now.ToUnixTimeMilliseconds() + (long)(left * 1000) : null;
        Assert.Equal(expected, TokenResponse.ExpiryOf(document.RootElement, Now)?.ToUnixTimeMilliseconds());
    }
}
