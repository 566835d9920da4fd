using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Profiles;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>One entry of a gateway's <c>auth.json</c>: its form, and whose account it is.</summary>
public sealed class RuntimeCacheEntryTests
{
    private const string AnyKey = """{"type":"api_key","key":"any"}""";
    private const string KeyInFile = """{"type":"api_key","provider":"p","keyRef":{"source":"file","provider":"default","id":"/p"}}""";
    private const string SignIn = """{"type":"oauth","provider":"p","access":"a","refresh":"r","expires":5,"accountId":"one"}""";

    [Theory]
    [InlineData("""{"type":"api_key","provider":"p","key":" k "}""", """{"type":"api_key","key":"k"}""")]
    [InlineData("""{"type":"token","provider":"p","token":"t"}""", """{"type":"api_key","key":"t"}""")]
    [InlineData("""{"type":"api_key","provider":"p","key":"${P_KEY}"}""", """{"type":"api_key","key":"P_KEY"}""")]
    [InlineData(KeyInFile, null)]
    [InlineData("""{"type":"api_key","provider":"p","key":"!run"}""", null)]
    [InlineData("""{"type":"oauth","provider":"p","access":" ","refresh":"r"}""", null)]
    [InlineData(
        """{"type":"oauth","provider":"p","access":"a","refresh":"r","expires":5,"email":"e@x.org","projectId":"pr","enterpriseUrl":"u.org","accountId":"i"}""",
        """{"type":"oauth","access":"a","refresh":"r","expires":5,"accountId":"i","enterpriseUrl":"u.org","projectId":"pr","email":"e@x.org"}""")]
    public void Each_kind_has_the_form_that_the_library_reads(string credential, string? entry)
        => Assert.Equal(entry, RuntimeCacheEntry.Of(Read(credential), null)?.ToJsonString());

    // An entry of the same account keeps what is not of the form; of another one nothing stays.
    [Theory]
    [InlineData(
        """{"type":"oauth","provider":"p","access":"new","refresh":"r2","expires":9,"email":"e@x.org"}""",
        """{"type":"oauth","access":"old","refresh":"r1","expires":5,"accountId":"i","enterpriseUrl":"u","projectId":"pr","email":"E@x.org","note":1}""",
        """{"type":"oauth","access":"new","refresh":"r2","expires":9,"email":"e@x.org","note":1}""")]
    [InlineData(
        """{"type":"oauth","provider":"p","access":"new","refresh":"r","expires":9}""",
        """{"type":"oauth","access":"old","refresh":"r","expires":5,"note":1}""",
        """{"type":"oauth","access":"new","refresh":"r","expires":9,"note":1}""")]
    [InlineData(
        """{"type":"oauth","provider":"p","access":"new","expires":9}""",
        """{"type":"oauth","access":"old","expires":5,"note":1}""",
        """{"type":"oauth","access":"new","refresh":null,"expires":9}""")]
    [InlineData(
        """{"type":"oauth","provider":"p","access":"new","refresh":"r","expires":9}""",
        """{"type":"api_key","key":"new","note":1}""",
        """{"type":"oauth","access":"new","refresh":"r","expires":9}""")]
    [InlineData(
        """{"type":"api_key","provider":"p","key":"k"}""",
        """{"type":"oauth","access":"k","refresh":"r","expires":9,"note":1}""",
        """{"type":"api_key","key":"k"}""")]
    [InlineData(
        """{"type":"api_key","provider":"p","key":"k"}""",
        """{"type":"api_key","key":"k","email":"of the sign-in before","note":1}""",
        """{"type":"api_key","key":"k","note":1}""")]
    public void What_others_added_stays_with_the_account_alone(string credential, string present, string entry)
        => Assert.Equal(entry, RuntimeCacheEntry.Of(Read(credential), JsonNode.Parse(present)!.AsObject())!.ToJsonString());

    [Theory]
    [InlineData(4, "mine")]
    [InlineData(5, "mine")]
    [InlineData(6, "theirs")]
    public void The_sign_in_that_lives_longer_stays(long expires, string access)
    {
        OAuthCredential credential = (OAuthCredential)Read(SignIn) with { Access = KrabAuth.Secrets.Secret.Of("mine") };
        var present = new JsonObject { ["type"] = "oauth", ["access"] = "theirs", ["refresh"] = "r", ["expires"] = expires, ["accountId"] = "one" };
        Assert.Equal(access, (string?)RuntimeCacheEntry.Of(credential, present)!["access"]);
    }

    [Theory]
    [InlineData("""{"type":"api_key","provider":"p","key":"k"}""", """{"type":"api_key","key":"k"}""", true)]
    [InlineData("""{"type":"api_key","provider":"p","key":"k"}""", AnyKey, false)]
    [InlineData("""{"type":"api_key","provider":"p","key":"k"}""", """{"type":"oauth","access":"k","refresh":"r","expires":9}""", false)]
    [InlineData(KeyInFile, AnyKey, true)]
    [InlineData(KeyInFile, """{"type":"oauth","access":"a","refresh":"r","expires":5}""", false)]
    [InlineData("""{"type":"token","provider":"p","tokenRef":{"source":"exec","provider":"x","id":"y"}}""", AnyKey, true)]
    [InlineData(SignIn, """{"type":"oauth","access":"b","refresh":"s","expires":5,"accountId":"one"}""", true)]
    [InlineData(SignIn, """{"type":"oauth","access":"b","refresh":"s","expires":5,"accountId":"two"}""", false)]
    [InlineData(SignIn, AnyKey, false)]
    public void An_entry_is_told_to_be_of_an_account(string credential, string entry, bool isOf)
        => Assert.Equal(isOf, RuntimeCacheEntry.IsOf(Read(credential), JsonNode.Parse(entry)!.AsObject()));

    private static Credential Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return CredentialReader.Read("p:x", document.RootElement).Credential!;
    }
}
