using System.Net;
using System.Text.Json.Nodes;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>Endpoints that an issuer publishes (RFC 8414, OpenID Connect Discovery) and the name it signs its answers with (RFC 9207).</summary>
public sealed class DiscoveryTests : OAuthTestBase
{
    private const string Issuer = "https://id.acme.test/tenant";
    private const string OpenId = Issuer + "/.well-known/openid-configuration";
    private const string OAuth = "https://id.acme.test/.well-known/oauth-authorization-server/tenant";

    private static JsonObject Metadata => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = Issuer + "/authorize",
        ["token_endpoint"] = Issuer + "/token",
        ["device_authorization_endpoint"] = Issuer + "/device",
        ["revocation_endpoint"] = Issuer + "/revoke",
    };

    // RFC 8414 §3: the well-known part stands before the path there, behind it with OpenID.
    [Theory]
    [InlineData(OpenId)]
    [InlineData(OAuth)]
    public async Task Each_place_is_looked_at(string place)
    {
        Server.Serve(place, Metadata);
        OAuthSettings settings = (await Complete(Issuer)).Value!;
        Assert.Equal(
            [$"{Issuer}/authorize", $"{Issuer}/token", $"{Issuer}/device", $"{Issuer}/revoke"],
            new[] { settings.AuthorizationEndpoint, settings.TokenEndpoint, settings.DeviceAuthorizationEndpoint, settings.RevocationEndpoint }.Select(uri => uri!.AbsoluteUri));
        Assert.Equal((Issuer, false), (settings.StatedIssuer, settings.AnswersNameIssuer));
    }

    [Fact]
    public async Task What_the_user_gave_is_not_overridden()
    {
        Server.Serve(OpenId, Metadata);
        OAuthSettings settings = (await Complete(Issuer, settings => settings with { TokenEndpoint = new Uri("https://own.test/token") })).Value!;
        Assert.Equal("https://own.test/token", settings.TokenEndpoint!.AbsoluteUri);
    }

    // RFC 8414 §3.3: identical, by simple string comparison; the slash of a bare host is Uri's, not the user's.
    [Theory]
    [InlineData(Issuer, Issuer, true)]
    [InlineData(Issuer, Issuer + "/", false)]
    [InlineData(Issuer, "https://id.acme.test/Tenant", false)]
    [InlineData(Issuer, "https://evil.test", false)]
    [InlineData(Issuer, null, false)]
    [InlineData("https://id.acme.test", "https://id.acme.test/", true)]
    [InlineData("https://id.acme.test/", "https://id.acme.test", true)]
    public async Task Metadata_of_another_issuer_is_refused(string asked, string? stated, bool accepted)
    {
        JsonObject metadata = Metadata;
        metadata["issuer"] = stated;
        Server.Serve(asked.TrimEnd('/') + "/.well-known/openid-configuration", metadata);
        Assert.Equal(accepted ? null : "issuer_mismatch", (await Complete(asked)).Error?.Code);
    }

    // RFC 9700 §2.6: http for this machine alone. CVE-2025-6514: an authorization endpoint that is a command for the shell.
    [Theory]
    [InlineData("authorization_endpoint", "http://id.acme.test/authorize")]
    [InlineData("authorization_endpoint", "file:///usr/bin/calc")]
    [InlineData("authorization_endpoint", "a:$(calc.exe)")]
    [InlineData("authorization_endpoint", "https://id.acme.test/authorize#fragment")]
    [InlineData("authorization_endpoint", "https://user:secret@id.acme.test/authorize")]
    [InlineData("token_endpoint", "http://id.acme.test/token")]
    [InlineData("token_endpoint", "http://localhost/token")]
    [InlineData("token_endpoint", "/token")]
    [InlineData("device_authorization_endpoint", "http://id.acme.test/device")]
    [InlineData("revocation_endpoint", "http://id.acme.test/revoke")]
    public async Task An_endpoint_that_is_not_https_is_refused(string name, string value)
    {
        JsonObject metadata = Metadata;
        metadata[name] = value;
        Server.Serve(OpenId, metadata);
        Assert.Equal("unsafe_endpoint", (await Complete(Issuer)).Error!.Code);
    }

    // What the catalog ships stays with the provider, even if its metadata is tampered with.
    [Theory]
    [InlineData("https://id.acme.test/token", null)]
    [InlineData("https://login.acme.test/token", null)]
    [InlineData("https://acme-login.test/token", null)]
    [InlineData("https://acme.test.evil.test/token", "unsafe_endpoint")]
    [InlineData("https://evilacme.test/token", "unsafe_endpoint")]
    public async Task A_pinned_provider_takes_no_endpoint_elsewhere(string endpoint, string? code)
    {
        JsonObject metadata = Metadata;
        metadata["token_endpoint"] = endpoint;
        Server.Serve(OpenId, metadata);
        Assert.Equal(code, (await Complete(Issuer, settings => settings with { EndpointHosts = ["acme.test", "acme-login.test"] })).Error?.Code);
    }

    [Fact]
    public void Each_provider_of_the_catalog_that_is_looked_up_is_pinned()
        => Assert.All(ProviderCatalog.BuiltIn.Providers.Where(provider => provider.OAuth?.Issuer is not null), provider =>
            Assert.Contains(provider.OAuth!.EndpointHosts, host => provider.OAuth.Issuer!.Host == host || provider.OAuth.Issuer.Host.EndsWith($".{host}", StringComparison.Ordinal)));

    [Theory]
    [InlineData("http://id.acme.test", false)]
    [InlineData("http://localhost.acme.test", false)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://[::1]:8080", true)]
    public async Task Plain_http_is_for_an_issuer_on_this_machine(string issuer, bool allowed)
    {
        Server.Serve($"{issuer}/.well-known/openid-configuration", new JsonObject { ["issuer"] = issuer, ["authorization_endpoint"] = $"{issuer}/a", ["token_endpoint"] = $"{issuer}/t" });
        Assert.Equal(allowed ? null : "invalid_issuer", (await Complete(issuer)).Error?.Code);
        if (!allowed) Assert.Empty(Server.Requests);
    }

    // What listens on this machine without TLS may be anybody's; and an issuer here has no word about places elsewhere that lack it.
    [Theory]
    [InlineData("https://id.acme.test", "https://id.acme.test/a", "http://127.0.0.1:8080/t", false)]
    [InlineData("https://id.acme.test", "https://id.acme.test/a", "http://localhost:8080/t", false)]
    [InlineData("https://id.acme.test", "https://id.acme.test/a", "http://[::1]:8080/t", false)]
    [InlineData("https://id.acme.test", "http://127.0.0.1:8080/a", "https://id.acme.test/t", false)]
    [InlineData("http://127.0.0.1:8080", "http://evil.test/a", "http://127.0.0.1:8080/t", false)]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/a", "http://evil.test/t", false)]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/a", "http://127.0.0.1:9090/t", true)]
    [InlineData("https://id.acme.test", "https://id.acme.test/a", "https://id.acme.test/t", true)]
    public async Task An_issuer_elsewhere_cannot_send_tokens_to_this_machine_and_back(string issuer, string authorization, string token, bool accepted)
    {
        Server.Serve($"{issuer}/.well-known/openid-configuration", new JsonObject { ["issuer"] = issuer, ["authorization_endpoint"] = authorization, ["token_endpoint"] = token });
        Assert.Equal(accepted ? null : "unsafe_endpoint", (await Complete(issuer)).Error?.Code);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "{}", "http_404")]
    [InlineData(HttpStatusCode.OK, "<html>Sign in to the hotel's network</html>", "invalid_response")]
    [InlineData(HttpStatusCode.OK, "[1]", "invalid_response")]
    [InlineData(HttpStatusCode.OK, "", "issuer_mismatch")]
    [InlineData(HttpStatusCode.Redirect, "", "http_302")]
    public async Task What_is_no_metadata_is_an_error(HttpStatusCode status, string body, string code)
    {
        Server.Serve(OpenId, _ => FakeAuthorizationServer.Response(status, body));
        Server.Serve(OAuth, _ => FakeAuthorizationServer.Response(status, body));
        OAuthError error = (await Complete(Issuer)).Error!;
        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("hotel", error.ToString(), StringComparison.Ordinal);
    }

    // RFC 9207 §2.4: promised and missing, or another's, is refused; with errors too. RFC 9700 §4.4: mix-up.
    [Theory]
    [InlineData(true, Issuer, true)]
    [InlineData(true, null, false)]
    [InlineData(true, "https://evil.test", false)]
    [InlineData(true, Issuer + "/", false)]
    [InlineData(false, null, true)]
    [InlineData(false, Issuer, true)]
    [InlineData(false, "https://evil.test", false)]
    public async Task The_issuer_of_an_answer_is_compared(bool promised, string? iss, bool accepted)
    {
        Begin(promised);
        Server.Issuer = iss;
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        if (accepted)
        {
            await signIn;
            return;
        }
        Assert.Contains("issuer_mismatch", (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
        Assert.Empty(Server.TokenRequests);
    }

    [Theory]
    [InlineData("", "issuer_mismatch")]
    [InlineData("&iss=https%3A%2F%2Fid.acme.test%2Ftenant", "access_denied")]
    public async Task The_issuer_of_an_error_is_compared_too(string iss, string code)
    {
        Begin(promised: true);
        Task<AuthProfile> signIn = SignIn(Acme);
        Dictionary<string, string> query = ServerRequest.Parse((await Prompt.Address.WaitAsync(Cancellation)).Address.Query).ToDictionary();
        Prompt.Paste($"{query["redirect_uri"]}?error=access_denied&state={query["state"]}{iss}");
        Assert.Contains(code, (await Refused(() => signIn, "SignInFailed")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_a_person_copied_by_itself_needs_no_issuer()
    {
        Begin(promised: true);
        Task<AuthProfile> signIn = SignIn(Acme);
        Dictionary<string, string> answer = ServerRequest.Parse(Server.Authorize((await Prompt.Address.WaitAsync(Cancellation)).Address).Query).ToDictionary();
        Prompt.Paste($"{answer["code"]}#{answer["state"]}");
        await signIn;
    }

    [Fact]
    public async Task A_refresh_looks_the_endpoint_up_and_asks_it_once()
    {
        Begin(promised: false);
        Task<AuthProfile> signIn = SignIn(Acme);
        await PasteAnswer();
        string id = (await signIn).ProfileId;
        await State.Agent().Credentials.RenewAsync(id, Cancellation);
        Assert.Equal(["authorization_code", "refresh_token"], Server.TokenRequests.Select(request => request["grant_type"]));
        Assert.All(Server.TokenRequests, request => Assert.Equal(Issuer + "/token", request.Url.AbsoluteUri));
    }

    private void Begin(bool promised)
    {
        JsonObject metadata = Metadata;
        if (promised) metadata["authorization_response_iss_parameter_supported"] = true;
        Server.Serve(OpenId, metadata);
        DefineAcme(new JsonObject { ["issuer"] = Issuer, ["authorizationEndpoint"] = null, ["tokenEndpoint"] = null });
    }

    private async Task<OAuthResult<OAuthSettings>> Complete(string issuer, Func<OAuthSettings, OAuthSettings>? with = null)
    {
        using var http = new OAuthHttp(Server, State.Clock);
        return await ServerMetadata.CompleteAsync((with ?? (settings => settings))(new OAuthSettings { Issuer = new Uri(issuer), ClientId = "krab" }), http, Cancellation);
    }
}
