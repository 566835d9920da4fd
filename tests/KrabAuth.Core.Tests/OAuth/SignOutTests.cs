using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Signing out: the server is asked to forget (RFC 7009), and the profile goes whatever it answers.</summary>
public sealed class SignOutTests : OAuthTestBase
{
    private const string Id = "acme:a";
    private const string Endpoint = "https://auth.acme.test/revoke";

    public SignOutTests()
    {
        DefineAcme();
        Store("""{ "type": "oauth", "provider": "acme", "access": "the-access-token", "refresh": "the-refresh-token", "expires": 1 }""");
    }

    // §2.1: the refresh token takes the access tokens along; §2.2: 200, and nothing in it.
    [Fact]
    public async Task The_refresh_token_is_revoked_and_the_profile_removed()
    {
        Server.Serve(Endpoint, _ => FakeAuthorizationServer.Response(HttpStatusCode.OK, string.Empty));
        Assert.Equal(new SignOutResult(Id, true, string.Empty), await SignOut());
        ServerRequest request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", Endpoint, "application/x-www-form-urlencoded"), (request.Method, request.Url.AbsoluteUri, request.ContentType));
        Assert.Equal([new("token", "the-refresh-token"), new("token_type_hint", "refresh_token"), new("client_id", "krab")], request.Form);
        AssertRemoved();
    }

    [Fact]
    public async Task Without_a_refresh_token_the_access_token_is_revoked()
    {
        Store("""{ "type": "oauth", "provider": "acme", "access": "the-access-token", "expires": 1 }""");
        Server.Serve(Endpoint, _ => FakeAuthorizationServer.Response(HttpStatusCode.OK, string.Empty));
        Assert.True((await SignOut()).Revoked);
        Assert.Equal(("the-access-token", "access_token"), (Server.Requests[0]["token"], Server.Requests[0]["token_type_hint"]));
    }

    // §2.2.1: 503 means that the token lives on.
    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "{}", "http_503")]
    [InlineData(HttpStatusCode.BadRequest, """{"error":"unsupported_token_type","error_description":"the-refresh-token"}""", "unsupported_token_type: [redacted]")]
    [InlineData(HttpStatusCode.Redirect, "", "http_302: the server redirects; requests with a credential do not follow")]
    public async Task The_profile_goes_although_the_server_did_not_revoke_and_the_result_says_so(HttpStatusCode status, string body, string detail)
    {
        Server.Serve(Endpoint, _ => FakeAuthorizationServer.Response(status, body));
        Assert.Equal(new SignOutResult(Id, false, detail), await SignOut());
        AssertRemoved();
    }

    [Fact]
    public async Task It_goes_without_a_network()
    {
        Server.Serve(Endpoint, _ => throw new HttpRequestException("no route"));
        Assert.Equal((false, "network: auth.acme.test: no route"), ((await SignOut()) is var result && result.Revoked, result.Detail));
        AssertRemoved();
    }

    [Fact]
    public async Task It_goes_where_there_is_nothing_to_ask()
    {
        DefineAcme(new JsonObject { ["revocationEndpoint"] = null });
        Assert.Equal("the provider has no way to revoke", (await SignOut()).Detail);
        AssertRemoved();
        Assert.Empty(Server.Requests);
    }

    // What keeps KrabAuth from asking must not keep the profile.
    [Fact]
    public async Task It_goes_although_the_client_or_the_definition_is_not_known_any_more()
    {
        DefineAcme(new JsonObject { ["clientId"] = null, ["clientIdEnvironment"] = new JsonArray("ACME_CLIENT_ID") });
        Assert.Contains("client id", (await SignOut()).Detail, StringComparison.Ordinal);
        AssertRemoved();
        Store("""{ "type": "oauth", "provider": "acme", "access": "a", "refresh": "r", "expires": 1 }""");
        State.Write("providers/acme.json", "{ broken");
        Assert.False((await SignOut()).Revoked);
        AssertRemoved();
    }

    [Fact]
    public async Task Without_being_asked_nothing_is_revoked()
    {
        SignOutResult result = await State.Agent().SignIns.SignOutAsync(Id, revoke: false, Cancellation);
        Assert.False(result.Revoked);
        Assert.Empty(Server.Requests);
        AssertRemoved();
    }

    [Fact]
    public async Task A_key_is_removed_and_the_result_says_where_it_can_be_revoked()
    {
        Store("""{ "type": "api_key", "provider": "acme", "key": "k" }""");
        Assert.Equal("only the provider's console can revoke a key or a static token", (await SignOut()).Detail);
        AssertRemoved();
    }

    // Nothing is revoked that is not removed then: main goes on using it.
    [Fact]
    public async Task What_an_agent_inherits_is_neither_revoked_nor_removed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(State.InAgent("x", "sub"))!);
        string before = State.ReadStore();
        await Refused(() => State.Agent("sub").SignIns.SignOutAsync(Id, revoke: true, Cancellation), "ProfileInherited");
        Assert.Empty(Server.Requests);
        Assert.Equal(before, State.ReadStore());
    }

    private Task<SignOutResult> SignOut() => State.Agent().SignIns.SignOutAsync(Id, revoke: true, Cancellation);

    private void Store(string profile) => State.Write("agents/main/agent/auth-profiles.json", $$"""{ "profiles": { "{{Id}}": {{profile}} } }""");

    private void AssertRemoved() => Assert.Empty(JsonNode.Parse(State.ReadStore())!["profiles"]!.AsObject());
}
