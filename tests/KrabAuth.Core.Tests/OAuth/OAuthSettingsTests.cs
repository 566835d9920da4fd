using KrabAuth.OAuth;

namespace KrabAuth.Core.Tests.OAuth;

/// <summary>What follows from a provider's definition, and what OpenID Connect adds to it.</summary>
public sealed class OAuthSettingsTests
{
    private static readonly Uri Issuer = new("https://id.acme.test");

    private static readonly KeyValuePair<string, string> Consent = new("prompt", "consent");

    private static readonly KeyValuePair<string, string> Other = new("audience", "api");

    [Theory]
    [InlineData(false, false, false, false, false)]
    [InlineData(true, false, false, true, false)]
    [InlineData(false, true, false, false, true)]
    [InlineData(false, false, true, true, true)]
    [InlineData(true, true, true, true, true)]
    public void A_flow_is_there_with_its_endpoint_or_an_issuer_to_ask_for_it(bool authorization, bool device, bool issuer, bool browserFlow, bool deviceFlow)
    {
        var settings = new OAuthSettings
        {
            AuthorizationEndpoint = authorization ? new Uri(Issuer, "a") : null,
            DeviceAuthorizationEndpoint = device ? new Uri(Issuer, "d") : null,
            Issuer = issuer ? Issuer : null,
        };
        Assert.Equal((browserFlow, deviceFlow), (settings.HasBrowserFlow, settings.HasDeviceFlow));
    }

    // OpenID Connect Core §2 and §11: the account is "sub", and offline_access counts with prompt=consent alone.
    [Theory]
    [InlineData(true, new[] { "openid", "offline_access" }, true, true)]
    [InlineData(true, new[] { "openid" }, true, false)]
    [InlineData(true, new[] { "openid", "email" }, true, false)]
    [InlineData(true, new[] { "offline_access" }, false, false)]
    [InlineData(false, new[] { "openid", "offline_access" }, false, false)]
    [InlineData(false, new string[0], false, false)]
    public void It_is_completed_where_an_issuer_is_asked_for_openid(bool issuer, string[] scopes, bool hasSubject, bool asksForConsent)
    {
        OAuthSettings settings = new OAuthSettings { Issuer = issuer ? Issuer : null, Scopes = scopes, ExtraParameters = [Other] }.WithOpenIdDefaults();
        Assert.Equal(hasSubject ? ["sub"] : [], settings.AccountIdClaim);
        Assert.Equal(asksForConsent ? [Other, Consent] : [Other], settings.ExtraParameters);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_definition_says_itself_stays(bool leading)
    {
        KeyValuePair<string, string>[] own = [Other, new("prompt", "login")];
        var defined = new OAuthSettings { Issuer = Issuer, Scopes = ["openid", "offline_access"], AccountIdClaim = ["https://acme.test", "account"] };
        OAuthSettings settings = (leading ? defined with { LeadingParameters = own } : defined with { ExtraParameters = own }).WithOpenIdDefaults();
        Assert.Equal(["https://acme.test", "account"], settings.AccountIdClaim);
        Assert.Equal(own, leading ? settings.LeadingParameters : settings.ExtraParameters);
        Assert.Empty(leading ? settings.ExtraParameters : settings.LeadingParameters);
    }
}
