using KrabAuth.OAuth;
using KrabAuth.Profiles;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Whether two sign-ins are of one account: the id decides, else the e-mail, and nothing is guessed.</summary>
public sealed class AccountIdentityTests
{
    // The columns: whether they match, whether the second may stand in for the first, whether anything can be compared.
    [Theory]
    [InlineData("a", null, "a", null, true, true, true)]
    [InlineData("a", null, " a ", null, true, true, true)]
    [InlineData("a", null, "A", null, false, false, true)]
    [InlineData("a", "x@y.z", "a", "other@y.z", true, true, true)]
    [InlineData("a", "x@y.z", "b", "x@y.z", false, false, true)]
    [InlineData(null, "x@y.z", null, " X@Y.Z ", true, true, true)]
    [InlineData("a", "x@y.z", null, "x@y.z", true, true, true)]
    [InlineData(null, "x@y.z", "a", "x@y.z", true, true, true)]
    [InlineData(null, "x@y.z", null, "other@y.z", false, false, true)]
    [InlineData("a", null, null, "x@y.z", false, false, false)]
    [InlineData(null, "x@y.z", "a", null, false, false, false)]
    [InlineData(null, "x@y.z", null, null, false, false, false)]
    [InlineData("a", null, null, null, false, false, false)]
    [InlineData(null, null, "a", "x@y.z", false, true, false)]
    [InlineData(" ", " ", " ", " ", false, true, false)]
    public void It_is_told_by_the_marks_that_both_have(string? leftId, string? leftMail, string? rightId, string? rightMail, bool matches, bool safe, bool comparable)
    {
        OAuthCredential left = new("acme", null, null) { AccountId = leftId, Email = leftMail };
        OAuthCredential right = new("acme", null, null) { AccountId = rightId, Email = rightMail, DisplayName = "another" };
        Assert.Equal(
            (matches, safe, comparable),
            (AccountIdentity.Matches(left, right), AccountIdentity.IsSafeToAdopt(left, right), AccountIdentity.CanCompare(left, right)));
    }

    [Fact]
    public void An_account_of_another_provider_is_another()
    {
        OAuthCredential left = new("acme", null, null) { AccountId = "a", Email = "x@y.z" };
        OAuthCredential right = left with { Provider = "other" };
        Assert.Equal((false, false), (AccountIdentity.Matches(left, right), AccountIdentity.IsSafeToAdopt(left, right)));
        OAuthCredential nameless = new("acme", null, null);
        Assert.False(AccountIdentity.IsSafeToAdopt(nameless, right));
        Assert.True(AccountIdentity.IsSafeToAdopt(nameless, nameless with { Email = null }));
    }
}
