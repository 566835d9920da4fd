using System.Text.Json;
using KrabAuth.Diagnostics;
using KrabAuth.Secrets;

namespace KrabAuth.Core.Tests.Secrets;

public sealed class SecretReferenceTests
{
    private static readonly SecretsConfig Config = ConfigOf("""{ "defaults": { "file": "keys" }, "providers": { "op": { "source": "exec", "command": "/bin/op" } } }""");

    [Theory]
    [InlineData("env:OPENAI_API_KEY", SecretReferenceSource.Env, "default", "OPENAI_API_KEY")]
    [InlineData("ENV:mine:OPENAI_API_KEY", SecretReferenceSource.Env, "mine", "OPENAI_API_KEY")]
    [InlineData("${OPENAI_API_KEY}", SecretReferenceSource.Env, "default", "OPENAI_API_KEY")]
    [InlineData(" file:/openai/key ", SecretReferenceSource.File, "keys", "/openai/key")]
    [InlineData("file:other:/a~1b/c~0d", SecretReferenceSource.File, "other", "/a~1b/c~0d")]
    [InlineData("file:one:value", SecretReferenceSource.File, "one", "value")]
    [InlineData("exec:op:vault/item#field", SecretReferenceSource.Exec, "op", "vault/item#field")]
    [InlineData("exec:a:b", SecretReferenceSource.Exec, "default", "a:b")]
    [InlineData("vault:Mine/openai key", SecretReferenceSource.Vault, "Mine", "openai key")]
    [InlineData("vault:openai", SecretReferenceSource.Vault, "default", "openai")]
    public void What_a_person_writes_is_read_with_its_alias(string text, SecretReferenceSource source, string provider, string id)
        => Assert.Equal(new SecretReference(source, provider, id), SecretReference.Parse(text, Config));

    [Theory]
    [InlineData("")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("sk-proj-0123456789abcdefghij")]
    [InlineData("env:")]
    [InlineData("env:lower_case")]
    [InlineData("env:9NUMBER")]
    [InlineData("env:Bad Alias:NAME")]
    [InlineData("file:no-pointer")]
    [InlineData("file:keys:/a~2b")]
    [InlineData("exec:op:")]
    [InlineData("exec:op:-x")]
    [InlineData("exec:op:a/../b")]
    [InlineData("exec:op:a b")]
    [InlineData("vault:")]
    [InlineData("vault:Mine/")]
    [InlineData("vault:/secret")]
    [InlineData("https://example.com/sk-proj-0123456789abcdefghij")]
    public void What_is_no_reference_is_refused_and_not_repeated(string text)
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => SecretReference.Parse(text, Config));
        Assert.Equal("SecretReferenceInvalid", error.ErrorId);
        Assert.DoesNotContain("0123456789", error.Message + error.Remedy.PowerShell + error.Target, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_the_place_of_an_id_shows_as_a_mask()
        => Assert.DoesNotContain("0123456789", new SecretReference(SecretReferenceSource.Exec, "op", "sk-proj-0123456789abcdefghij").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "source": "env", "id": "A" }""", "elsewhere")]
    [InlineData("""{ "source": "env", "provider": "default", "id": "A" }""", "default")]
    [InlineData("""{ "source": "file", "id": "/a" }""", "default")]
    public void An_alias_that_was_not_written_is_that_of_the_configuration(string json, string alias)
    {
        SecretReference reference = SecretReference.FromJson(JsonElement.Parse(json))!;
        Assert.Equal(alias, ConfigOf("""{ "defaults": { "env": "elsewhere" } }""").AliasOf(reference));
    }

    [Theory]
    [InlineData("""{ "source": "file", "path": "/a", "mode": "yaml" }""")]
    [InlineData("""{ "source": "file" }""")]
    [InlineData("""{ "source": "exec" }""")]
    [InlineData("""{ "source": "ftp", "path": "/a" }""")]
    [InlineData("5")]
    public void A_provider_that_is_none_is_a_problem_only_for_what_leads_there(string provider)
    {
        SecretsConfig config = ConfigOf($$"""{ "providers": { "bad": {{provider}} } }""");
        Assert.Contains("secrets.providers.bad", config.Find(new SecretReference(SecretReferenceSource.File, "bad", "/a")).Problem, StringComparison.Ordinal);
        Assert.NotNull(config.Find(new SecretReference(SecretReferenceSource.Env, "default", "A")).Provider);
    }

    [Fact]
    public void A_provider_of_another_source_is_not_used()
        => Assert.Contains("has source exec, not file", Config.Find(new SecretReference(SecretReferenceSource.File, "op", "/a")).Problem, StringComparison.Ordinal);

    private static SecretsConfig ConfigOf(string json) => SecretsConfig.Read(JsonElement.Parse(json));
}
