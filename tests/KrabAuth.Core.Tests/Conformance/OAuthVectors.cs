using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;

namespace KrabAuth.Core.Tests.Conformance;

public sealed class OAuthVectors
{
    [Theory]
    [Vectors("oauth.json", "token-profile-id")]
    public void Id_from_a_name_that_a_person_chose(Vector vector)
        => vector.Answer(ProfileId.FromFriendlyName(vector.Text("provider")!, vector.Text("name")));

    [Theory]
    [Vectors("oauth.json", "auth-profile-id")]
    public void Id_from_a_name_as_it_is(Vector vector)
        => vector.Answer(ProfileId.Of(vector.Text("providerId")!, vector.Text("profileName")));

    [Theory]
    [Vectors("oauth.json", "setup-token")]
    public void Setup_token(Vector vector)
    {
        ProviderDefinition anthropic = ProviderCatalog.BuiltIn.Find("anthropic")!;
        KrabAuthException error = Assert.Throws<KrabAuthException>(
            () => SecretInput.ToCredential("anthropic", anthropic, SignInMethod.SetupToken, vector.Text("raw")!, null, DateTimeOffset.UnixEpoch));
        vector.Answer(new JsonObject { ["error"] = error.Message.TrimEnd('.') });
    }
}
