using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What follows from the words of a server.</summary>
public sealed class OAuthErrorTests
{
    [Theory]
    [InlineData("invalid_grant")]
    [InlineData("refresh_token_reused")]
    [InlineData("refresh_token_expired")]
    [InlineData("refresh_token_invalidated")]
    [InlineData("invalid_refresh_token")]
    [InlineData("token_invalidated")]
    public void Each_code_of_a_dead_token_asks_for_a_new_sign_in(string code) => Assert.True(new OAuthError(code).NeedsSignIn);

    [Theory]
    [InlineData("Please Sign in again.")]
    [InlineData("Please try signing in again.")]
    [InlineData("Invalid refresh token")]
    [InlineData("It is expired or revoked.")]
    public void Its_words_do_where_the_status_speaks_of_the_account(string words)
    {
        Assert.All<int>([400, 401, 403], status => Assert.True(new OAuthError("http", words, status).NeedsSignIn));
        Assert.All<int?>([null, 402, 404, 500], status => Assert.False(new OAuthError("http", words, status).NeedsSignIn));
        Assert.False(new OAuthError("http", null, 401).NeedsSignIn);
    }

    [Theory]
    [InlineData("refresh_token_reused", null, true)]
    [InlineData("http_401", "Your refresh token has Already Been Used.", true)]
    [InlineData("invalid_grant", "expired", false)]
    [InlineData("invalid_grant", null, false)]
    public void A_token_that_another_used_is_told(string code, string? words, bool reused) => Assert.Equal(reused, new OAuthError(code, words).IsReuse);

    [Theory]
    [InlineData("timeout", null, true)]
    [InlineData("network", null, true)]
    [InlineData("http_500", 500, true)]
    [InlineData("http_599", 599, true)]
    [InlineData("http_429", 429, true)]
    [InlineData("http_499", 499, false)]
    [InlineData("http_428", 428, false)]
    [InlineData("invalid_response", 200, false)]
    [InlineData("invalid_response", null, false)]
    public void What_may_be_answered_later_is_transient(string code, int? status, bool transient) => Assert.Equal(transient, new OAuthError(code, null, status).IsTransient);

    [Fact]
    public void It_is_said_with_its_words_where_it_has_any()
    {
        Assert.Equal("code", new OAuthError("code").ToString());
        Assert.Equal("code", new OAuthError("code", string.Empty).ToString());
        Assert.Equal("code: words", new OAuthError("code", "words").ToString());
    }

    [Theory]
    [InlineData("access_denied", "access_denied")]
    [InlineData("a-b.c_9", "a-b.c_9")]
    [InlineData("no code", "invalid_response")]
    [InlineData("", "invalid_response")]
    public void A_code_out_of_the_browser_is_one_or_is_not_shown(string code, string shown)
    {
        Assert.Equal(shown, OAuthError.FromCallback(code, null).Code);
        Assert.Equal("no", OAuthError.FromCallback(code, " n\u202Eo\u0007 ").Description);
    }

    [Fact]
    public void A_code_has_sixty_four_characters_and_words_three_hundred_at_most()
    {
        Assert.Equal(new string('a', 64), OAuthError.FromCallback(new string('a', 64), null).Code);
        Assert.Equal("invalid_response", OAuthError.FromCallback(new string('a', 65), null).Code);
        string words = string.Concat(Enumerable.Repeat("ab ", 100));
        Assert.Equal(words.Trim(), OAuthError.FromCallback("c", words).Description);
        Assert.Equal(new string('a', 300), OAuthError.FromCallback("c", new string('a', 300)).Description);
        string long_ = string.Concat(Enumerable.Repeat("ab ", 100)) + "c";
        Assert.Equal(long_[..300] + "…", OAuthError.FromCallback("c", long_).Description);
    }
}
