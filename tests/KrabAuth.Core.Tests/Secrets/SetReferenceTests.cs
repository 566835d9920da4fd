using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Secrets;

public sealed class SetReferenceTests : SecretsTestBase
{
    private const string Store = """
        { "version": 1, "profiles": {
          "openai:a": { "type": "api_key", "provider": "openai", "apiKey": "sk-proj-0123456789abcdefghij", "note": 1 },
          "anthropic:t": { "type": "token", "provider": "anthropic", "token": "old-token-0123456789" },
          "openai-codex:o": { "type": "oauth", "provider": "openai-codex", "access": "a", "refresh": "r", "expires": 1900000000000 } } }
        """;

    public SetReferenceTests() => State.Write("agents/main/agent/auth-profiles.json", Store);

    private JsonObject Entry(string id) => JsonNode.Parse(State.ReadStore())!["profiles"]![id]!.AsObject();

    private Task<AuthProfile> Set(string id, string reference) => State.Agent().Profiles.SetAsync(id, new ProfileChanges { Reference = reference }, Cancellation);

    [Fact]
    public async Task The_secret_leaves_the_store_for_a_reference_that_leads_to_one()
    {
        State.Host.Set("OPENAI_API_KEY", Value);
        AuthProfile profile = await Set("openai:a", "env:OPENAI_API_KEY");
        Assert.Equal("env:OPENAI_API_KEY", profile.SecretHint);
        JsonObject entry = Entry("openai:a");
        Assert.Equal(["type", "provider", "note", "keyRef"], entry.Select(member => member.Key));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{ "source": "env", "provider": "default", "id": "OPENAI_API_KEY" }"""), entry["keyRef"]));
        Assert.Equal(Value, await Resolve());
        Assert.Empty(State.Log.Warnings);
    }

    [Theory]
    [InlineData("openai:a", "env:NOT_SET", "SecretReferenceUnresolved")]
    [InlineData("openai:a", "file:nowhere:/a", "SecretReferenceUnresolved")]
    [InlineData("openai:a", "vault:Mine/a", "VaultNeedsPowerShell")]
    [InlineData("openai:a", "sk-proj-0123456789abcdefghij", "SecretReferenceInvalid")]
    [InlineData("openai:a", "env:JSON", "SecretInvalid")]
    [InlineData("anthropic:t", "env:GOOD", "SecretInvalid")]
    [InlineData("openai-codex:o", "env:GOOD", "SecretRefused")]
    [InlineData("openai:none", "env:GOOD", "ProfileNotFound")]
    public async Task Nothing_is_changed_for_one_that_does_not(string id, string reference, string error)
    {
        State.Host.Set("GOOD", "gsk_0123456789abcdefghij").Set("JSON", "{}");
        Assert.Equal(error, (await Assert.ThrowsAsync<KrabAuthException>(() => Set(id, reference))).ErrorId);
        Assert.Equal(Store, State.ReadStore());
    }

    [Fact]
    public async Task A_profile_that_the_configuration_calls_a_sign_in_takes_no_reference()
    {
        State.Write("openclaw.json", """{ auth: { profiles: { "anthropic:t": { provider: "anthropic", mode: "oauth" } } } }""");
        State.Host.Set("TOKEN", "sk-ant-oat01-" + new string('x', 90));
        Assert.Equal("SecretReferenceRefused", (await Assert.ThrowsAsync<KrabAuthException>(() => Set("anthropic:t", "env:TOKEN"))).ErrorId);
        Assert.Equal(Store, State.ReadStore());
    }

    [Fact]
    public async Task Another_secret_than_the_one_there_is_worth_a_word()
    {
        State.Host.Set("OTHER", "sk-proj-another-0123456789");
        await Set("openai:a", "env:OTHER");
        Assert.Contains("another secret", Assert.Single(State.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_profile_can_be_made_of_a_reference_alone()
    {
        State.Host.Set("GROQ_API_KEY", "gsk_0123456789abcdefghij");
        AuthProfile profile = await State.Agent().Profiles.AddAsync(new NewSecret("groq", SignInMethod.ApiKey, string.Empty) { Reference = "env:GROQ_API_KEY" }, Cancellation);
        Assert.Equal("groq:manual", profile.ProfileId);
        Assert.Null(Entry("groq:manual")["key"]);
        Assert.Equal("GROQ_API_KEY", Entry("groq:manual")["keyRef"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_new_secret_takes_the_place_of_a_reference()
    {
        State.Host.Set("OPENAI_API_KEY", Value);
        await Set("openai:a", "env:OPENAI_API_KEY");
        await State.Agent().Profiles.SetAsync("openai:a", new ProfileChanges { SecretText = "sk-proj-another-0123456789" }, Cancellation);
        Assert.Null(Entry("openai:a")["keyRef"]);
        Assert.Equal("sk-proj-another-0123456789", await Resolve());
    }

    [Fact]
    public async Task A_vault_is_asked_when_the_secret_is_used_and_not_before()
    {
        FakeVault vault = new FakeVault().Add("Mine", "openai", Value).Add("Mine", "empty", "  ");
        State.Vault = vault;
        await Set("openai:a", "vault:Mine/openai");
        Assert.Equal(1, vault.Reads);
        Assert.Contains("Only KrabAuth in PowerShell", Assert.Single(State.Log.Warnings), StringComparison.Ordinal);
        AuthAgent agent = State.Agent();
        Assert.Equal("vault:Mine/openai", agent.Profiles.Get("openai:a").SecretHint);
        agent.Health.Check();
        agent.Health.Status();
        agent.Orders.Resolve("openai");
        Assert.Equal(1, vault.Reads);
        Assert.Equal(Value, await Resolve());
        Assert.Equal(Value, await Resolve());
        Assert.Equal(3, vault.Reads);
        Assert.Contains("is empty", (await Assert.ThrowsAsync<KrabAuthException>(() => Set("openai:a", "vault:Mine/empty"))).Message, StringComparison.Ordinal);
        Assert.Contains("no secret \"gone\"", (await Assert.ThrowsAsync<KrabAuthException>(() => Set("openai:a", "vault:Mine/gone"))).Message, StringComparison.Ordinal);
        vault.Trouble = "the vault is locked";
        Assert.Contains("the vault is locked", await Problem(), StringComparison.Ordinal);
        State.Vault = null;
        Assert.Contains("only PowerShell can read", await Problem("VaultNeedsPowerShell"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "type": "oauth", "provider": "openai-codex", "access": "${ACCESS}", "refresh": "r", "expires": 1900000000000 }""")]
    [InlineData("""{ "type": "oauth", "provider": "openai-codex", "refresh": { "source": "env", "provider": "default", "id": "A" }, "expires": 1900000000000 }""")]
    [InlineData("""{ "type": "oauth", "provider": "openai-codex", "access": "a", "refresh": "r", "tokenRef": { "source": "exec", "provider": "op", "id": "A" }, "expires": 1900000000000 }""")]
    public async Task A_sign_in_with_a_reference_in_it_is_refused(string entry)
    {
        State.Write("agents/main/agent/auth-profiles.json", $$"""{ "version": 1, "profiles": { "openai-codex:o": {{entry}} } }""");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => State.Agent().Credentials.ForProfileAsync("openai-codex:o", Cancellation));
        Assert.Equal("SecretReferenceRefused", error.ErrorId);
        Assert.Contains("OAuth + SecretRef is not supported", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_the_allowlist_does_not_name_is_not_read()
    {
        State.Host.Set("OPENAI_API_KEY", Value);
        Providers("""{ default: { source: "env", allowlist: ["OTHER"] } }""");
        Assert.Contains("allowlist", (await Assert.ThrowsAsync<KrabAuthException>(() => Set("openai:a", "env:OPENAI_API_KEY"))).Message, StringComparison.Ordinal);
        Providers("""{ default: { source: "env", allowlist: ["OPENAI_API_KEY"] } }""");
        await Set("openai:a", "env:OPENAI_API_KEY");
        Assert.Equal(Value, await Resolve());
    }
}
