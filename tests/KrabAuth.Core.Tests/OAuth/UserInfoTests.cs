using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Whose account it is, asked of the provider where the tokens do not say it (OpenID Connect Core §5.3).</summary>
public sealed class UserInfoTests : OAuthTestBase
{
    private const string UserInfo = "https://auth.acme.test/userinfo";

    [Fact]
    public async Task What_the_tokens_leave_out_is_asked_for()
    {
        Serve("""{"sub":"acct-1","username":"me@chutes.test"}""");
        AuthProfile profile = await SignInToAcme();
        Assert.Equal(("acme:me@chutes.test", "me@chutes.test", "acct-1"), (profile.ProfileId, profile.Email, profile.AccountId));
        Assert.Equal("Bearer opaque-access", Server.Requests.Single(request => request.Url.AbsoluteUri == UserInfo).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_has_signed_in_all_the_same()
    {
        Server.Serve(UserInfo, _ => FakeAuthorizationServer.Response(HttpStatusCode.InternalServerError, "busy", "text/plain"));
        AuthProfile profile = await SignInToAcme();
        Assert.Equal(("acme:default", null), (profile.ProfileId, profile.Email));
    }

    // §5.3.2: an answer about somebody else must not be used.
    [Theory]
    [InlineData("acct-1", "acme:me@chutes.test")]
    [InlineData("acct-2", "acme:id-acct1")]
    public async Task An_answer_about_somebody_else_is_not_used(string answered, string id)
    {
        Serve($$"""{"sub":"{{answered}}","username":"me@chutes.test"}""");
        Assert.Equal(id, (await SignInToAcme("""{"sub":"acct-1"}""")).ProfileId);
    }

    [Fact]
    public async Task Nobody_is_asked_when_the_tokens_say_it()
    {
        Serve("""{"sub":"another","username":"another@acme.test"}""");
        Assert.Equal("acme:me@acme.test", (await SignInToAcme("""{"sub":"acct-1","username":"me@acme.test"}""")).ProfileId);
        Assert.DoesNotContain(Server.Requests, request => request.Url.AbsoluteUri == UserInfo);
    }

    /// <summary>Signs in with an access token that says nothing, and an ID token of the given claims.</summary>
    private async Task<AuthProfile> SignInToAcme(string? claims = null)
    {
        string idToken = claims is null ? string.Empty : $$""","id_token":"{{Jwt.Text(claims)}}" """;
        Server.Answer(HttpStatusCode.OK, $$"""{"access_token":"opaque-access","refresh_token":"opaque-refresh","expires_in":3600{{idToken}}}""");
        DefineAcme(new JsonObject { ["userInfoEndpoint"] = UserInfo, ["accountIdClaim"] = new JsonArray("sub"), ["emailClaim"] = new JsonArray("username") });
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        return await signIn;
    }

    private void Serve(string body) => Server.Serve(UserInfo, _ => FakeAuthorizationServer.Response(HttpStatusCode.OK, body));
}
