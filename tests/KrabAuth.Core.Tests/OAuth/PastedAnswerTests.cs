using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What people paste, in all the forms in which browsers and terminals give it to them.</summary>
public sealed class PastedAnswerTests
{
    private const string State = "st-1";

    [Theory]
    [InlineData("http://localhost:1455/auth/callback?code=abc&state=st-1")]
    [InlineData("https://provider.example/code?state=st-1&code=abc#fragment")]
    [InlineData("localhost:1455/auth/callback?code=abc&state=st-1")]
    [InlineData("abc#st-1")]
    [InlineData("code=abc&state=st-1")]
    [InlineData("?code=abc&state=st-1&scope=openid")]
    [InlineData("abc")]
    [InlineData("code=abc")]
    [InlineData("  http://localhost:1455/auth/call\r\n   back?code=a\nbc&st ate=st-1  ")]
    [InlineData("\u2028abc#\tst-1\n")]
    public void Each_form_gives_the_code(string text)
    {
        (AuthorizationAnswer? answer, string? problem) = PastedAnswer.Read(text, State);
        Assert.Null(problem);
        Assert.Equal("abc", answer!.Code);
    }

    // RFC 8252 §8.9: an answer whose state belongs to no pending request is rejected, however it comes.
    [Theory]
    [InlineData("http://localhost:1455/auth/callback?code=abc&state=other")]
    [InlineData("abc#other")]
    [InlineData("code=abc&state=other")]
    [InlineData("?error=access_denied&state=other")]
    public void A_foreign_state_is_refused(string text)
    {
        (AuthorizationAnswer? answer, string? problem) = PastedAnswer.Read(text, State);
        Assert.Null(answer);
        Assert.StartsWith("State mismatch", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:1455/auth/callback?state=st-1")]
    [InlineData("https://provider.example/")]
    [InlineData("#st-1")]
    [InlineData("code=&state=st-1")]
    public void Without_a_code_there_is_no_answer(string text) => Assert.Equal((null, "Missing authorization code"), PastedAnswer.Read(text, State));

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n ")]
    [InlineData(null)]
    public void Nothing_is_nothing(string? text) => Assert.Equal((null, null), PastedAnswer.Read(text, State));

    [Fact]
    public void A_parameter_that_stands_twice_is_refused()
        => Assert.Equal((null, "a parameter stands twice"), PastedAnswer.Read("http://localhost/cb?code=a&code=b&state=st-1", State));

    [Fact]
    public void An_error_is_an_answer()
    {
        AuthorizationAnswer answer = PastedAnswer.Read("http://localhost/cb?error=access_denied&error_description=No+thanks&state=st-1&iss=https%3A%2F%2Fa", State).Answer!;
        Assert.Equal("access_denied: No thanks", answer.Error!.ToString());
        Assert.Equal("https://a", answer.Issuer);
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("abc#st-1", true)]
    [InlineData("code=abc&state=st-1", false)]
    [InlineData("http://localhost/cb?code=abc&state=st-1", false)]
    public void Only_a_code_by_itself_has_no_room_for_an_issuer(string text, bool bare) => Assert.Equal(bare, PastedAnswer.Read(text, State).Answer!.IsBare);
}
