using System.Text.Json;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What becomes of the answer of a token endpoint (RFC 6749 §5.1): a credential, and what it keeps of the one before.</summary>
public sealed class TokenAnswerTests : OAuthTestBase
{
    private static readonly OAuthSettings Settings = new() { ClientId = "krab", AccountIdClaim = ["account"], PlanClaim = ["plan"] };

    private static readonly string Of1 = Jwt.Text("""{"account":"acct-1","email":"1@acme.test","plan":"free"}""");

    private static readonly string Of2 = Jwt.Text("""{"account":"acct-2","email":"2@acme.test","plan":"team"}""");

    private static readonly OAuthCredential Previous = new(Acme, Secret.Of("old-access"), Secret.Of("old-refresh"))
    {
        IdToken = Secret.Of("old-id"),
        AccountId = "acct-0",
        Email = "0@acme.test",
        ChatGptPlanType = "plus",
    };

    // The access token first: it is the one that is used.
    [Fact]
    public void Whose_it_is_is_read_from_the_tokens_in_their_order()
    {
        Assert.Equal(("acct-1", "1@acme.test", "free"), Identity(Read(Of1, Of2, null)));
        Assert.Equal(("acct-1", "1@acme.test", "free"), Identity(Read(Of1, Of2, Previous)));
        Assert.Equal(("acct-2", "2@acme.test", "team"), Identity(Read("opaque", Of2, null)));
        Assert.Equal(("acct-2", "2@acme.test", "team"), Identity(Read("opaque", Of2, Previous)));
    }

    [Fact]
    public void What_the_new_tokens_leave_out_stays()
    {
        OAuthCredential credential = Read("opaque", null, Previous);
        Assert.Equal(("acct-0", "0@acme.test", "plus"), Identity(credential));
        Assert.Equal(("opaque", "old-refresh", "old-id"), (credential.Access!.Reveal(), credential.Refresh!.Reveal(), credential.IdToken!.Reveal()));
        Assert.Equal(Of2, Read("opaque", Of2, Previous).IdToken!.Reveal());
    }

    // Refreshed by another client than the one that signed in, a token is refused.
    [Theory]
    [InlineData(null, "krab", null)]
    [InlineData(null, "own", "own")]
    [InlineData("own", "own", "own")]
    [InlineData("own", "krab", "own")]
    [InlineData("own", "third", "own")]
    public void The_client_that_signed_in_is_remembered_where_it_is_not_the_usual_one(string? signedIn, string asks, string? remembered)
    {
        var client = new OAuthClient(Acme, Settings, new OAuthHttp(Server, State.Clock), State.Clock, State.Host, asks);
        Assert.Equal(remembered, Read("opaque", null, Previous with { ClientId = signedIn }, client: client).ClientId);
    }

    [Theory]
    [InlineData("{}", "invalid_response: the answer has no access_token")]
    [InlineData("""{"access_token":" ","refresh_token":"r"}""", "invalid_response: the answer has no access_token")]
    [InlineData("""{"access_token":"opaque","refresh_token":"r"}""", "invalid_response: the token names no account")]
    [InlineData("""{"access_token":"e30.eyJhY2NvdW50IjoiYSJ9.x"}""", "invalid_response: the answer has no refresh_token")]
    public void What_is_missing_is_said(string answer, string error)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        OAuthClient client = ClientOf(Acme, Settings with { AccountIdRequired = true, RefreshTokenRequired = true });
        Assert.Equal(error, client.ToCredential(document.RootElement, null).Error!.ToString());
    }

    // As long as the provider's other programs, and never longer than half of what is left.
    [Theory]
    [InlineData(3600, 300, 3300)]
    [InlineData(601, 300, 301)]
    [InlineData(600, 300, 300)]
    [InlineData(240, 300, 120)]
    [InlineData(3600, 0, 3600)]
    public void A_margin_is_taken_off_the_end(int life, int margin, int left)
    {
        OAuthCredential credential = Read("opaque", null, null, $$""","expires_in":{{life}}""", ClientOf(Acme, Settings with { ExpiryMargin = TimeSpan.FromSeconds(margin) }));
        Assert.Equal(State.Clock.Milliseconds + left * 1000, credential.Expires);
    }

    private static (string?, string?, string?) Identity(OAuthCredential credential) => (credential.AccountId, credential.Email, credential.ChatGptPlanType);

    private OAuthCredential Read(string access, string? idToken, OAuthCredential? previous, string more = "", OAuthClient? client = null)
    {
        string id = idToken is null ? string.Empty : $$""","id_token":"{{idToken}}" """;
        using JsonDocument document = JsonDocument.Parse($$"""{"access_token":"{{access}}"{{id}}{{more}}}""");
        return (client ?? ClientOf(Acme, Settings)).ToCredential(document.RootElement, previous).Value!;
    }
}
