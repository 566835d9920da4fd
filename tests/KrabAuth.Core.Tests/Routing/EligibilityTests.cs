using System.Text.Json.Nodes;
using KrabAuth.Core.Tests.Conformance;
using KrabAuth.OAuth;
using KrabAuth.Profiles;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.Storage;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Routing;

/// <summary>Why a profile can or cannot be used, and in which words that is said.</summary>
public sealed class EligibilityTests
{
    private const long Now = FrozenClock.VectorNow;
    private const string Key = """{ "type": "api_key", "provider": "p", "key": "k" }""";

    [Theory]
    [InlineData(Key, "{}", "ok", "usable")]
    [InlineData(Key, """{ auth: { order: { p: [] } } }""", "excluded_by_auth_order", "the order in force does not name it")]
    [InlineData(Key, """{ auth: { profiles: { "p:a": { provider: "p", mode: "oauth" } } } }""", "mode_mismatch", "the configuration expects another kind of credential")]
    [InlineData(Key, """{ auth: { order: { p: ["p:a"] }, profiles: { "p:a": { provider: "q", mode: "api_key" } } } }""", "provider_mismatch", "it belongs to another provider")]
    [InlineData("""{ "type": "api_key", "provider": "p" }""", "{}", "missing_credential", "it holds no secret")]
    [InlineData("""{ "type": "token", "provider": "p", "token": "t", "expires": 0 }""", "{}", "invalid_expires", "its expiry is no valid time")]
    [InlineData("""{ "type": "token", "provider": "p", "token": "t", "expires": 1700000000000 }""", "{}", "expired", "it has expired")]
    [InlineData("""{ "type": "token", "provider": "p", "token": "t", "expires": 1700000000001 }""", "{}", "ok", "usable")]
    [InlineData("""{ "type": "oauth", "provider": "p", "access": "t", "expires": 1700003600000 }""", "{}", "ok", "usable")]
    [InlineData("""{ "type": "oauth", "provider": "p", "access": "", "refresh": "r", "expires": 1700003600000 }""", "{}", "ok", "usable")]
    [InlineData("""{ "type": "oauth", "provider": "p", "access": "", "refresh": "", "expires": 1700003600000 }""", "{}", "missing_credential", "it holds no secret")]
    [InlineData("""{ "type": "oauth", "provider": "p", "access": { "source": "env", "id": "K" }, "refresh": "r", "expires": 1700003600000 }""", "{}", "refused_ref", "a reference stands where an OAuth sign-in has its tokens")]
    [InlineData("""{ "type": "token", "provider": "p", "token": "$K" }""", """{ auth: { profiles: { "p:a": { provider: "p", mode: "oauth" } } } }""", "refused_ref", "a reference stands where an OAuth sign-in has its tokens")]
    [InlineData("""{ "type": "token", "provider": "p", "token": "$K" }""", """{ auth: { profiles: { "p:a": { provider: "p", mode: "token" } } } }""", "ok", "usable")]
    public void Each_reason_has_its_words(string profile, string config, string code, string words)
    {
        OrderCandidate candidate = Assert.Single(Resolve($$"""{ "profiles": { "p:a": {{profile}} } }""", config).Candidates);
        Assert.Equal((code, words, code == "ok"), (candidate.ReasonCode, candidate.Explanation, candidate.Eligible));
    }

    [Fact]
    public void A_profile_that_is_not_there_is_said_and_so_is_one_with_a_code_of_the_future()
    {
        OrderCandidate candidate = Assert.Single(Resolve("""{ "profiles": {} }""", """{ auth: { order: { p: ["p:a"] } } }""").Candidates);
        Assert.Equal(("profile_missing", "no such profile in the store"), (candidate.ReasonCode, candidate.Explanation));
        Assert.Equal("of_the_future", ReasonCodes.Describe("of_the_future"));
    }

    /// <summary>A refused refresh token is the end of a sign-in, but not of an access token that still holds.</summary>
    [Theory]
    [InlineData(0L, "r", "sign_in_needed")]
    [InlineData(-1L, "r", "sign_in_needed")]
    [InlineData(1L, "r", "ok")]
    [InlineData(0L, "another", "ok")]
    [InlineData(0L, null, "ok")]
    public void What_the_server_refused_needs_a_sign_in_once_its_token_is_over(long left, string? refused, string code)
    {
        var store = new AuthStore([new StoredProfile("p:a", new OAuthCredential("p", Secret.Of("a"), Secret.Of("r")) { Expires = Now + left })])
        {
            UsageStats = new Dictionary<string, UsageStats> { ["p:a"] = new() { RefusedFingerprint = refused is null ? null : TokenRefresher.Fingerprint(Secret.Of(refused)) } },
        };
        OrderCandidate candidate = Assert.Single(ProfileOrder.Resolve(store, new TestConfig("{}").Load(), "p", Now).Candidates);
        Assert.Equal((code, code == "ok" ? "usable" : "its refresh token was refused; sign in again"), (candidate.ReasonCode, candidate.Explanation));
    }

    [Theory]
    [InlineData("""{ openai: { apiKey: "k" }, "amazon-bedrock": { auth: "aws-sdk" } }""", "ok")]
    [InlineData("""{ "amazon-bedrock": { auth: "api-key" } }""", "profile_missing")]
    [InlineData("""{ openai: { auth: "aws-sdk" } }""", "profile_missing")]
    public void What_the_configuration_leaves_to_AWS_needs_no_profile(string providers, string code)
    {
        const string Id = "amazon-bedrock:default";
        string config = $$"""{ auth: { profiles: { "{{Id}}": { provider: "amazon-bedrock", mode: "aws-sdk" } } }, models: { providers: {{providers}} } }""";
        Assert.Equal(code, Eligibility.Check(AuthStore.Empty, new TestConfig(config).Load(), "amazon-bedrock", Id, Now));
    }

    private static ResolvedOrder Resolve(string store, string config) => ProfileOrder.Resolve(StoreJson.Read(JsonNode.Parse(store)), new TestConfig(config).Load(), "p", Now);
}
