using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.TestSupport;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Transfer;

public sealed class ImportTests : TransferTestBase
{
    private ImportRequest FromThere => new() { From = There.Agent() };

    private ImportRequest FromFile(string name, string content) => new() { Path = There.Write(name, content) };

    [Fact]
    public async Task A_key_comes_with_all_that_its_entry_holds_and_stays_there()
    {
        Put(There, $$"""  "openai:a": {{Key}}, "bad": 5 """);
        Assert.Equal(["openai:a Imported", "bad Skipped"], (await Import(FromThere)).Select(Line));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Key), Profiles(Here)["openai:a"]));
        Assert.Equal(2, Profiles(There).Count);
        Assert.Equal(["openai:a Skipped", "bad Skipped"], (await Import(FromThere)).Select(Line));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_kept_unless_the_user_insists()
    {
        Put(There, $$""" "openai:a": {{Key}} """);
        Put(Here, $$""" "openai:a": {{OtherKey}} """, more: """, "usageStats": { "openai:a": { "cooldownUntil": 1900000000000, "errorCount": 2 } } """);
        string before = Here.ReadStore();
        TransferResult kept = Assert.Single(await Import(FromThere));
        Assert.Equal(TransferAction.Skipped, kept.Action);
        Assert.Contains("another one has this id", kept.Reason, StringComparison.Ordinal);
        Assert.Equal(before, Here.ReadStore());
        Assert.Equal(TransferAction.Updated, Assert.Single(await Import(FromThere with { Force = true })).Action);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Key), Profiles(Here)["openai:a"]));
        // The waits belonged to the old key.
        Assert.Null(Here.Agent().Profiles.Get("openai:a").CooldownUntil);
    }

    [Fact]
    public async Task A_profile_of_another_provider_is_never_replaced()
    {
        Put(There, $$""" "x:a": {{Key}} """);
        Put(Here, """ "x:a": { "type": "api_key", "provider": "groq", "key": "gsk_0123456789" }, "x:b": 1 """);
        Assert.Equal(["x:a Skipped"], (await Import(FromThere with { Force = true })).Select(Line));
        Put(There, $$""" "x:b": {{Key}} """);
        Assert.Equal(["x:b Skipped"], (await Import(FromThere with { Force = true })).Select(Line));
    }

    [Fact]
    public async Task A_sign_in_is_not_copied_out_of_a_store_that_is_in_use()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        TransferResult refused = Assert.Single(await Import(FromThere));
        Assert.Equal(TransferAction.Skipped, refused.Action);
        Assert.Contains("one owner", refused.Reason, StringComparison.Ordinal);
        Assert.Single(await Import(FromFile("copy.json", File.ReadAllText(There.StorePath))));
        Assert.Empty(Profiles(Here));
        Assert.Single(Profiles(There));
    }

    [Fact]
    public async Task A_sign_in_can_be_moved()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}}, "openai:a": {{Key}} """, more: """, "order": { "openai-codex": ["openai-codex:me"] } """);
        Assert.Equal(["openai-codex:me Imported moved", "openai:a Imported"], (await Import(FromThere with { Move = true })).Select(Line));
        Assert.Equal("r1", Profiles(Here)["openai-codex:me"]!["refresh"]!.GetValue<string>());
        // The key can have several holders; the order named what is gone.
        Assert.Equal(["openai:a"], Profiles(There).Select(profile => profile.Key));
        Assert.Null(JsonNode.Parse(There.ReadStore())!["order"]!["openai-codex"]);
        Assert.Empty(Here.Log.Warnings);
    }

    [Fact]
    public async Task A_move_that_was_interrupted_is_finished_by_the_next()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Put(Here, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Assert.Equal(["openai-codex:me Skipped moved"], (await Import(FromThere with { Move = true })).Select(Line));
        Assert.Empty(Profiles(There));
        Assert.Single(Profiles(Here));
    }

    [Fact]
    public async Task A_move_takes_what_is_there_when_it_has_the_lock()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        AuthAgent here = Here.Agent();
        TransferPlan plan = await here.Transfers.PlanImportAsync(FromThere with { Move = true }, Cancellation);
        // A gateway renews it between the preview and the move.
        Put(There, $$""" "openai-codex:me": {{Codex("r2", 1900000009999)}} """);
        await here.Transfers.ImportAsync(plan, null, Cancellation);
        Assert.Equal("r2", Profiles(Here)["openai-codex:me"]!["refresh"]!.GetValue<string>());
        Assert.Empty(Profiles(There));
    }

    [Fact]
    public async Task Two_owners_are_made_only_on_request_and_never_without_a_word()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Assert.Equal(["openai-codex:me Imported"], (await Import(FromThere with { IncludeOAuth = true })).Select(Line));
        Assert.Contains("two owners", Assert.Single(Here.Log.Warnings), StringComparison.Ordinal);
        Assert.Single(Profiles(There));
    }

    [Theory]
    [InlineData(1900000001000, "Updated", "r1")]
    [InlineData(1800000000000, "Skipped", "r0")]
    public async Task Of_one_account_the_newer_tokens_win(long expires, string action, string refresh)
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", expires)}} """);
        Put(Here, $$""" "openai-codex:me": {{Codex("r0", 1900000000000)}} """);
        Assert.Equal(action, Assert.Single(await Import(FromThere with { IncludeOAuth = true })).Action.ToString());
        Assert.Equal(refresh, Profiles(Here)["openai-codex:me"]!["refresh"]!.GetValue<string>());
    }

    [Fact]
    public async Task Newer_tokens_of_another_account_do_not_win()
    {
        Put(There, $$""" "openai-codex:me": {{Codex("r1", 1900000001000, "acct-2")}} """);
        Put(Here, $$""" "openai-codex:me": {{Codex("r0", 1900000000000)}} """);
        Assert.Equal(["openai-codex:me Skipped"], (await Import(FromThere with { IncludeOAuth = true })).Select(Line));
    }

    [Fact]
    public async Task One_account_does_not_get_a_second_profile()
    {
        Put(There, $$""" "openai-codex:default": {{Codex("r1", 1900000001000)}} """);
        Put(Here, $$""" "openai-codex:me": {{Codex("r0", 1900000000000)}} """);
        TransferResult twin = Assert.Single(await Import(FromThere with { IncludeOAuth = true }));
        Assert.Contains("signed in here as openai-codex:me", twin.Reason, StringComparison.Ordinal);
        Put(There, $$""" "openai-codex:default": {{Codex("r0", 1900000001000, null)}} """);
        Assert.Equal(["openai-codex:default Skipped"], (await Import(FromThere with { IncludeOAuth = true, Force = true })).Select(Line));
    }

    [Fact]
    public async Task Another_agent_of_the_same_directory_is_a_source_too()
    {
        Put(Here, $$""" "openai:a": {{Key}}, "openai-codex:me": {{Codex("r1", 1900000000000)}} """);
        Directory.CreateDirectory(Here.InAgent(string.Empty, "work"));
        AuthAgent work = Here.Agent("work");
        Assert.Equal(["openai:a Imported", "openai-codex:me Imported moved"], (await Import(new ImportRequest { From = Here.Agent(), Move = true }, work)).Select(Line));
        Assert.Equal(2, Profiles(Here, "work").Count);
        Assert.Equal("TransferSameStore", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(new ImportRequest { From = Here.Agent("work") }, work))).ErrorId);
    }

    [Theory]
    [InlineData("auth.json", """{ "openai": { "type": "api_key", "key": "sk-proj-0123456789abcdefghij" }, "gh": { "type": "token", "provider": "github-copilot", "token": "t" } }""", "openai:default,gh:default")]
    [InlineData("oauth.json", """{ "openai-codex": { "access": "a", "refresh": "r", "expires": 1900000000000 } }""", "openai-codex:default")]
    [InlineData("flat.json", """{ "openrouter": { "apiKey": "sk-or-0123456789abcdefghij", "baseUrl": "https://x" } }""", "openrouter:default")]
    [InlineData("keys.env", "# mine\nexport GROQ_API_KEY=\"gsk_0123456789abcdefghij\" # note\nOTHER=1\nOPENAI_API_KEY=$GROQ_API_KEY\nMISTRAL_API_KEY=\n", "groq:default")]
    [InlineData("store.json", "\uFEFF{ \"profiles\": { \"openai:x\": { \"mode\": \"api_key\", \"provider\": \"openai\", \"apiKey\": \"sk-proj-0123456789abcdefghij\" } } }", "openai:x")]
    public async Task Files_of_every_generation_are_understood(string name, string content, string ids)
    {
        Assert.Equal(ids.Split(','), (await Import(FromFile(name, content) with { IncludeOAuth = true })).Select(result => result.ProfileId));
        Assert.Equal(ids.Split(','), Profiles(Here).Select(profile => profile.Key));
        Assert.All(Here.Agent().Profiles.List(), profile => Assert.NotEqual("missing_credential", profile.Reason));
    }

    [Theory]
    [InlineData("x.json", "{ \"profiles\": sk-0123456789 }", "StoreCorrupt")]
    [InlineData("x.json", "{}", "TransferSourceUnknown")]
    [InlineData("x.json", "[1]", "TransferSourceUnknown")]
    [InlineData("x.json", """{ "openai": { "baseUrl": "https://x" } }""", "TransferSourceUnknown")]
    [InlineData("x.txt", "sk-0123456789", "StoreCorrupt")]
    public async Task A_file_without_profiles_is_an_error_that_quotes_none_of_it(string name, string content, string id)
    {
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => Import(FromFile(name, content)));
        Assert.Equal(id, error.ErrorId);
        Assert.DoesNotContain("0123456789", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_an_error()
    {
        Assert.Equal("TransferSourceMissing", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(new ImportRequest { Path = There.InState("none") }))).ErrorId);
        Assert.Equal("TransferSourceMissing", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(FromThere))).ErrorId);
        Assert.Equal("MoveRefused", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(FromFile("auth.json", """{ "a": { "type": "api_key", "key": "k" } }""") with { Move = true }))).ErrorId);
    }

    [Fact]
    public async Task Variables_become_profiles_of_the_providers_that_own_them()
    {
        Here.Host.Set("OPENAI_API_KEY", "sk-proj-0123456789abcdefghij").Set("ANTHROPIC_OAUTH_TOKEN", "sk-ant-oat01-" + new string('x', 90)).Set("ANTHROPIC_API_KEY", "sk-ant-api03-x").Set("GROQ_API_KEY", "${OTHER}").Set("XAI_API_KEY", "{}");
        IReadOnlyList<TransferResult> results = await Import(new ImportRequest { FromEnvironment = true });
        Assert.Equal(["anthropic:default Imported", "openai:default Imported", "xai:default Skipped"], results.Select(Line).Order(StringComparer.Ordinal));
        Assert.Equal(CredentialType.Token, Here.Agent().Profiles.Get("anthropic:default").Type);
        Assert.Equal(CredentialType.ApiKey, Here.Agent().Profiles.Get("openai:default").Type);
        Assert.Equal(["openai:default Skipped"], (await Import(new ImportRequest { FromEnvironment = true, Provider = "openai" })).Select(Line));
    }

    [Fact]
    public async Task A_vault_gives_what_its_names_and_metadata_tell_the_provider_of()
    {
        Here.Vault = new FakeVault()
            .Add("Mine", "OPENAI_API_KEY", "sk-proj-0123456789abcdefghij")
            .Add("Mine", "My key", "gsk_0123456789abcdefghij", ("Provider", "groq"))
            .Add("Mine", "anthropic:work", "sk-ant-oat01-" + new string('x', 90))
            .Add("Mine", "door code", "1234")
            .Add("Other", "XAI_API_KEY", "xai-0123456789abcdefghij");
        Assert.Equal(["openai:default Imported", "groq:my-key Imported", "anthropic:work Imported", "door code Skipped"], (await Import(new ImportRequest { Vault = "Mine" })).Select(Line));
        Assert.Equal(["mistral:default Imported"], (await Import(new ImportRequest { Vault = "Other", Provider = "mistral" })).Select(Line));
        ((FakeVault)Here.Vault).Trouble = "it is locked";
        Assert.Equal("VaultUnusable", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(new ImportRequest { Vault = "Mine" }))).ErrorId);
        Here.Vault = null;
        Assert.Equal("VaultNeedsPowerShell", (await Assert.ThrowsAsync<KrabAuthException>(() => Import(new ImportRequest { Vault = "Mine" }))).ErrorId);
    }

    [Fact]
    public async Task Two_of_one_source_do_not_replace_each_other()
    {
        Here.Vault = new FakeVault().Add("Mine", "My key", "gsk_first-0123456789").Add("Mine", "my-key", "gsk_second-0123456789");
        AuthAgent here = Here.Agent();
        TransferPlan plan = await here.Transfers.PlanImportAsync(new ImportRequest { Vault = "Mine", Provider = "groq" }, Cancellation);
        Assert.Equal(["groq:my-key Imported", "groq:my-key Skipped"], (await here.Transfers.ImportAsync(plan, null, Cancellation)).Select(Line));
        Assert.Equal("gsk_first-0123456789", Profiles(Here)["groq:my-key"]!["key"]!.GetValue<string>());
        Put(There, $$""" "openai-codex:a": {{Codex("r1", 1900000000000)}}, "openai-codex:b": {{Codex("r1", 1900000000000)}} """);
        plan = await here.Transfers.PlanImportAsync(FromThere with { IncludeOAuth = true, Force = true }, Cancellation);
        Assert.Equal(["openai-codex:a Imported", "openai-codex:b Skipped"], (await here.Transfers.ImportAsync(plan, null, Cancellation)).Select(Line));
    }

    [Fact]
    public async Task A_preview_changes_nothing_and_a_choice_is_obeyed()
    {
        Put(There, $$""" "openai:a": {{Key}}, "openai:b": {{OtherKey}} """);
        AuthAgent here = Here.Agent();
        TransferPlan plan = await here.Transfers.PlanImportAsync(FromThere, Cancellation);
        Assert.Equal(2, plan.Results.Count);
        Assert.Empty(Here.Files());
        Assert.Equal(["openai:b Imported"], (await here.Transfers.ImportAsync(plan, ["openai:b"], Cancellation)).Select(Line));
        Assert.Equal(["openai:b"], Profiles(Here).Select(profile => profile.Key));
    }

    [Fact]
    public async Task A_reference_comes_as_a_reference()
    {
        There.Host.Set("SECRET", "sk-proj-0123456789abcdefghij");
        Put(There, """ "openai:a": { "type": "api_key", "provider": "openai", "keyRef": { "source": "env", "provider": "default", "id": "SECRET" } } """);
        Assert.Contains("stays at env:SECRET", Assert.Single(await Import(FromThere)).Reason, StringComparison.Ordinal);
        Assert.Null(Profiles(Here)["openai:a"]!["key"]);
    }
}
