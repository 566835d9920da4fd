using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Under which id an account is stored: its own, else one that nobody else has.</summary>
public sealed class AccountProfileIdTests
{
    private const string Mail = "me@acme.test";

    private static readonly OAuthSettings Settings = new();

    [Theory]
    [InlineData(null, null, "acme:default")]
    [InlineData("acct-1", null, "acme:id-acct1")]
    [InlineData("1234-5678", null, "acme:id-12345678")]
    [InlineData("1234-5678-9", null, "acme:id-23456789")]
    [InlineData("acct-1", Mail, "acme:me@acme.test")]
    public void It_is_made_of_what_the_account_names(string? accountId, string? email, string id) => Assert.Equal(id, Choose(Settings, Account(accountId, email)));

    [Fact]
    public void An_account_that_is_there_keeps_its_id()
        => Assert.Equal("acme:my-own-name", Choose(Settings, Account("acct-1", Mail), ("acme:my-own-name", Account("acct-1", "old@acme.test"))));

    // A team beside a personal plan: one e-mail, two accounts.
    [Theory]
    [InlineData("acct-team-2", "acme:me@acme.test-cctteam2")]
    [InlineData("1234-5678", "acme:me@acme.test-12345678")]
    public void Another_account_of_one_email_is_told_apart_by_its_id(string accountId, string id)
        => Assert.Equal(id, Choose(Settings, Account(accountId, Mail), ("acme:me@acme.test", Account("acct-1", Mail))));

    [Theory]
    [InlineData(1, "acme:work-2")]
    [InlineData(2, "acme:work-3")]
    [InlineData(3, "acme:work-4")]
    public void An_account_without_an_id_is_counted(int taken, string id) => Assert.Equal(
        id,
        Choose(
            new OAuthSettings { ProfileName = "work" },
            Account(null, "another@acme.test"),
            [.. Enumerable.Range(1, taken).Select(number => (number == 1 ? "acme:work" : $"acme:work-{number}", (Credential)Account($"{number}", null)))]));

    [Fact]
    public void What_names_no_account_gives_way() => Assert.Equal("acme:default", Choose(Settings, Account(null, null), ("acme:default", Account(null, null))));

    // The columns: what stands there, and whether the sign-in of acct-1 with its e-mail may take its place.
    [Theory]
    [InlineData("acct-1", null, true)]
    [InlineData("acct-1", "old@acme.test", true)]
    [InlineData(null, Mail, true)]
    [InlineData(null, null, true)]
    [InlineData("acct-2", null, false)]
    [InlineData("acct-2", Mail, false)]
    [InlineData(null, "another@acme.test", false)]
    public void Only_ones_own_place_and_that_of_nobody_is_taken(string? accountId, string? email, bool taken)
        => Assert.Equal(taken, AccountProfileId.MayReplace(Account(accountId, email), Settings, Account("acct-1", Mail)));

    [Fact]
    public void A_key_is_never_replaced_and_a_token_where_sign_ins_make_tokens()
    {
        OAuthCredential fresh = Account("acct-1", Mail);
        OAuthSettings makesTokens = new() { StoresStaticToken = true };
        var token = new TokenCredential("acme", KrabAuth.Secrets.Secret.Of("t"));
        Assert.Equal((true, false), (AccountProfileId.MayReplace(token, makesTokens, fresh), AccountProfileId.MayReplace(token, Settings, fresh)));
        Assert.False(AccountProfileId.MayReplace(new ApiKeyCredential("acme", KrabAuth.Secrets.Secret.Of("k")), makesTokens, fresh));
    }

    private static OAuthCredential Account(string? accountId, string? email) => new("acme", null, null) { AccountId = accountId, Email = email };

    private static string Choose(OAuthSettings settings, OAuthCredential credential, params (string Id, Credential Credential)[] stored)
        => AccountProfileId.Choose(new AuthStore([.. stored.Select(profile => new StoredProfile(profile.Id, profile.Credential))]), "acme", settings, credential);
}
