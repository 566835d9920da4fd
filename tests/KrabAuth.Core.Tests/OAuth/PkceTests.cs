using KrabAuth.Diagnostics;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>The proof key (RFC 7636), and what must never happen to its secret half.</summary>
public sealed class PkceTests : OAuthTestBase
{
    // RFC 7636 appendix B.
    [Fact]
    public void The_challenge_is_that_of_the_standard()
        => Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Pkce.FromVerifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").Challenge);

    // RFC 7636 §4.1, §7.1.
    [Fact]
    public void A_verifier_has_256_random_bits_in_43_characters_and_is_new_each_time()
    {
        List<string> verifiers = [.. Enumerable.Range(0, 500).Select(_ => Pkce.Create().Verifier)];
        Assert.All(verifiers, verifier => Assert.Matches("^[A-Za-z0-9_-]{43}$", verifier));
        Assert.Equal(verifiers.Count, verifiers.Distinct(StringComparer.Ordinal).Count());
        // Every bit is drawn: each of the 256 is set in some and unset in others.
        List<byte[]> bytes = [.. verifiers.Select(verifier => System.Buffers.Text.Base64Url.DecodeFromChars(verifier))];
        Assert.All(Enumerable.Range(0, 256), bit => Assert.Equal(2, bytes.Select(value => (value[bit / 8] >> (bit % 8)) & 1).Distinct().Count()));
    }

    // RFC 7636 §4.2, §7.2; RFC 9700 §2.1.1: S256, whatever the provider.
    [Theory]
    [MemberData(nameof(BrowserProviders))]
    public async Task Every_sign_in_has_a_challenge_and_none_falls_back_to_plain(string provider)
    {
        (OAuthClient client, OAuthSettings settings) = await OpenAsync(provider);
        AuthorizationRequest request = client.Begin(settings.RedirectUri);
        // None of them stands twice: this throws then.
        Dictionary<string, string> query = ServerRequest.Parse(request.Url.Query).ToDictionary();
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal(Pkce.FromVerifier(request.Pkce.Verifier).Challenge, query["code_challenge"]);
        Assert.NotEqual(request.Pkce.Verifier, query["code_challenge"]);
    }

    // CVE-2026-34511: OpenClaw sent the verifier as the state, which the server sees.
    [Theory]
    [MemberData(nameof(BrowserProviders))]
    public async Task The_state_has_nothing_to_do_with_the_verifier(string provider)
    {
        OAuthClient client = (await OpenAsync(provider)).Client;
        List<AuthorizationRequest> requests = [.. Enumerable.Range(0, 50).Select(_ => client.Begin("http://localhost:1/callback"))];
        Assert.All(requests, request =>
        {
            Assert.Single(ServerRequest.Parse(request.Url.Query), new KeyValuePair<string, string>("state", request.State));
            Assert.NotEqual(request.Pkce.Verifier, request.State);
            Assert.NotEqual(request.Pkce.Challenge, request.State);
            Assert.DoesNotContain(request.Pkce.Verifier, request.Url.AbsoluteUri, StringComparison.Ordinal);
            Assert.DoesNotContain(request.State, request.Pkce.Verifier, StringComparison.Ordinal);
        });
        Assert.Equal(50, requests.Select(request => request.State).Distinct(StringComparer.Ordinal).Count());
        Assert.All(requests, request => Assert.InRange(request.State.Length, 32, 64));
    }

    [Fact]
    public async Task The_verifier_goes_to_the_token_endpoint_and_nowhere_else()
    {
        DefineAcme();
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        await signIn;
        string verifier = Assert.Single(Server.TokenRequests)["code_verifier"]!;
        Assert.DoesNotContain(verifier, (await Prompt.Address).Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Requests, request => request.Url.AbsoluteUri.Contains(verifier, StringComparison.Ordinal));
        AssertNoSecret(Said);
        Assert.DoesNotContain(verifier, Pkce.FromVerifier(verifier).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":"invalid_grant","error_description":"verifier VERIFIER does not fit code CODE"}""")]
    [InlineData("""{"error":"VERIFIER"}""")]
    [InlineData("""{"error":{"code":"bad","message":"CODE VERIFIER"}}""")]
    [InlineData("VERIFIER CODE, and no JSON")]
    public async Task An_error_that_quotes_verifier_and_code_shows_neither(string body)
    {
        DefineAcme();
        Server.Answer(request => FakeAuthorizationServer.Response(
            System.Net.HttpStatusCode.BadRequest,
            body.Replace("VERIFIER", request["code_verifier"], StringComparison.Ordinal).Replace("CODE", request["code"], StringComparison.Ordinal)));
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        KrabAuthException error = await Refused(() => signIn, "SignInFailed");
        AssertNoSecret([error.ToString(), .. Said]);
    }
}
