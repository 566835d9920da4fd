using System.Net;
using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What a client asks, byte for byte, and what it says where it cannot ask.</summary>
public sealed class OAuthClientTests : OAuthTestBase
{
    private const string Redirect = "http://localhost:1/cb";

    private static readonly OAuthSettings Settings = new()
    {
        AuthorizationEndpoint = new Uri("https://auth.acme.test/authorize"),
        TokenEndpoint = new Uri("https://auth.acme.test/token"),
        RevocationEndpoint = new Uri("https://auth.acme.test/revoke"),
        ClientId = "krab",
        ClientSecretVariables = ["ACME_SECRET", "ACME_CLIENT_SECRET"],
        Scopes = ["openid", "email"],
    };

    private static readonly OAuthCredential Old = new(Acme, Secret.Of("old-access"), Secret.Of("old-refresh"));

    // RFC 6749 §3.1: an endpoint may have a query, which is kept.
    [Theory]
    [InlineData("https://auth.acme.test/authorize", "https://auth.acme.test/authorize?response_type=code&client_id=krab&")]
    [InlineData("https://auth.acme.test/authorize?tenant=1", "https://auth.acme.test/authorize?tenant=1&response_type=code&client_id=krab&")]
    public void The_address_begins_with_what_the_endpoint_is(string endpoint, string start)
        => Assert.StartsWith(start, ClientOf(Acme, Settings with { AuthorizationEndpoint = new Uri(endpoint) }).Begin(Redirect).Url.AbsoluteUri, StringComparison.Ordinal);

    // RFC 6749 §10.10: 256 random bits, or 128 where the provider's own program has it so.
    [Theory]
    [InlineData(false, "^[A-Za-z0-9_-]{43}$")]
    [InlineData(true, "^[0-9a-f]{32}$")]
    public void The_state_has_the_form_that_the_provider_knows(bool hexadecimal, string form)
        => Assert.Matches(form, ClientOf(Acme, Settings with { HexState = hexadecimal }).Begin(Redirect).State);

    [Fact]
    public async Task A_device_is_asked_for_by_the_client()
    {
        using var answer = (await ClientOf(Acme, Settings).PostDeviceAsync(new Uri("https://auth.acme.test/device"), [new("scope", "openid")], Cancellation)).Value;
        Assert.Equal([new("client_id", "krab"), new("scope", "openid")], Assert.Single(Server.Requests).Form);
    }

    // RFC 6749 §2.3.1.
    [Theory]
    [InlineData(ClientAuthentication.Post, true)]
    [InlineData(ClientAuthentication.Basic, false)]
    [InlineData(ClientAuthentication.None, false)]
    public async Task The_secret_goes_where_the_provider_wants_it(ClientAuthentication authentication, bool isInBody)
    {
        State.Host.Set("ACME_SECRET", " s3cret ");
        await ClientOf(Acme, Settings with { ClientAuthentication = authentication }).RefreshAsync(Old, Cancellation);
        ServerRequest request = Assert.Single(Server.Requests);
        Assert.Equal(
            [new("grant_type", "refresh_token"), new("refresh_token", "old-refresh"), new("client_id", "krab"), .. isInBody ? [KeyValuePair.Create("client_secret", "s3cret")] : Array.Empty<KeyValuePair<string, string>>()],
            request.Form);
        Assert.Equal(authentication == ClientAuthentication.Basic, request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public void Who_needs_a_secret_is_told_which_variable_to_set()
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => ClientOf(Acme, Settings with { ClientSecretRequired = true }));
        Assert.Equal(("ClientUnknown", "Provider \"acme\" needs a client secret, which KrabAuth does not carry."), (error.ErrorId, error.Message));
        Assert.Equal("Set it in the environment: ACME_SECRET or ACME_CLIENT_SECRET", error.Remedy.CommandLine);
        error = Assert.Throws<KrabAuthException>(() => ClientOf(Acme, Settings with { ClientId = null, ClientIdVariables = ["ACME_CLIENT_ID"] }));
        Assert.Equal(("Provider \"acme\" needs a client id, which KrabAuth does not carry.", "Set it in the environment: ACME_CLIENT_ID"), (error.Message, error.Remedy.CommandLine));
    }

    [Fact]
    public async Task An_endpoint_that_is_not_known_is_named()
    {
        OAuthClient client = ClientOf(Acme, new OAuthSettings { ClientId = "krab" });
        Assert.Equal(("EndpointUnknown", "Provider \"acme\" has no authorization endpoint."), (Assert.Throws<KrabAuthException>(() => client.Begin(Redirect)) is var error ? error.ErrorId : null, error.Message));
        Assert.Equal("Provider \"acme\" has no token endpoint.", (await Refused(() => client.RefreshAsync(Old, Cancellation), "EndpointUnknown")).Message);
        Assert.Equal("Provider \"acme\" has no revocation endpoint.", (await Refused(() => client.RevokeAsync(Old.Refresh!, "refresh_token", Cancellation), "EndpointUnknown")).Message);
        Assert.Empty(Server.Requests);
    }

    // What the token says is not replaced by what the endpoint says of the same person.
    [Theory]
    [InlineData("acct-1", null, "acct-1", "told@acme.test")]
    [InlineData(null, "me@acme.test", "told", "me@acme.test")]
    [InlineData(null, null, "told", "told@acme.test")]
    public async Task The_provider_is_asked_for_what_is_not_known(string? accountId, string? email, string knownId, string knownMail)
    {
        const string UserInfo = "https://auth.acme.test/userinfo";
        Server.Serve(UserInfo, _ => FakeAuthorizationServer.Response(HttpStatusCode.OK, """{"sub":"told","email":"told@acme.test"}"""));
        OAuthClient client = ClientOf(Acme, Settings with { UserInfoEndpoint = new Uri(UserInfo), AccountIdClaim = ["sub"] });
        OAuthCredential known = await client.IdentifyAsync(Old with { AccountId = accountId, Email = email }, Cancellation);
        Assert.Equal((knownId, knownMail), (known.AccountId, known.Email));
    }
}
