using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

public sealed class ProfileEditTests
{
    private const string Store = """
        {
          "version": 1,
          "profiles": {
            "p:a": { "type": "api_key", "provider": "p", "key": "first-key-of-some-length", "extra": 1 },
            "p:b": { "type": "token", "provider": "p", "token": "t" },
            "p:o": { "type": "oauth", "provider": "p", "access": "a", "refresh": "r", "expires": 1700000060000 },
            "p:bad": 5
          },
          "order": { "p": ["p:b", " p:a ", "p:a"], "z": ["p:a"] },
          "lastGood": { "p": "p:a", "z": "p:a" },
          "usageStats": { "p:a": { "lastUsed": 1, "errorCount": 2, "cooldownUntil": 1700000060000, "cooldownReason": "rate_limit" } }
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rename_keeps_the_place_and_changes_every_reference()
    {
        using var state = TempState.WithStore(Store);
        AuthProfile renamed = await state.Agent().Profiles.RenameAsync("p:a", "p:work", Cancellation);
        Assert.Equal("p:work", renamed.ProfileId);
        JsonNode document = JsonNode.Parse(state.ReadStore())!;
        Assert.Equal(["p:work", "p:b", "p:o", "p:bad"], document["profiles"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(["p:b", "p:work", "p:work"], document["order"]!["p"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal("p:work", document["order"]!["z"]![0]!.GetValue<string>());
        Assert.Equal("p:work", document["lastGood"]!["p"]!.GetValue<string>());
        Assert.Equal("p:work", document["lastGood"]!["z"]!.GetValue<string>());
        Assert.Equal(["p:work"], document["usageStats"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal(1, document["profiles"]!["p:work"]!["extra"]!.GetValue<int>());
    }

    [Fact]
    public void A_credential_beside_the_profiles_is_told_of_and_nothing_else_is()
    {
        using var state = TempState.WithStore("""{ "openrouter": { "apiKey": "k" }, "order": { "p": ["p:a"] }, "lastGood": {}, "usageStats": {}, "version": 1, "note": "text" }""");
        RejectedProfile rejected = Assert.Single(state.Agent().Read().Rejected);
        Assert.Equal(new RejectedProfile("openrouter", "flat_entry", "credentials belong under \"profiles\", as \"<provider>:<name>\""), rejected);
    }

    // What a peer keeps there has no secret of its own.
    [Theory]
    [InlineData("""{ "apiKey": "k" }""", true)]
    [InlineData("""{ "type": "api_key", "keyRef": { "source": "env", "id": "K" } }""", true)]
    [InlineData("""{ "mode": "token", "token": "t" }""", true)]
    [InlineData("""{ "access": "a", "refresh": "r", "expires": 1 }""", true)]
    [InlineData("""{ "type": "oauth", "refresh": "r" }""", true)]
    [InlineData("""{ "type": "api_key" }""", false)]
    [InlineData("""{ "mode": "token", "seconds": 5 }""", false)]
    [InlineData("""{ "type": "daily", "key": "k" }""", false)]
    [InlineData("""{ "access": "read" }""", false)]
    [InlineData("{}", false)]
    [InlineData("[]", false)]
    [InlineData("\"text\"", false)]
    public void A_credential_is_told_of_beside_profiles_too_and_what_peers_keep_there_is_not(string member, bool isTold)
    {
        using var state = TempState.WithStore($$"""{ "version": 1, "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } }, "order": { "token": "t" }, "lastGood": { "token": "p:a" }, "usageStats": { "key": "k" }, "openrouter": {{member}} }""");
        Assert.Equal(isTold ? ["openrouter"] : [], state.Agent().Read().Rejected.Select(entry => entry.Id));
    }

    [Fact]
    public async Task Rename_leaves_the_use_of_others_as_it_is()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.RenameAsync("p:b", "p:work", Cancellation);
        JsonNode document = JsonNode.Parse(state.ReadStore())!;
        Assert.Equal(["p:a"], document["usageStats"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal("p:a", (string?)document["lastGood"]!["p"]);
    }

    [Fact]
    public async Task What_is_stored_for_a_provider_keeps_its_first_spelling_and_no_other()
    {
        using var state = TempState.WithStore(Store.Replace("\"p\": [\"p:b\", \" p:a \", \"p:a\"]", "\"P\": [\"p:a\"], \"p\": [\"p:b\"]", StringComparison.Ordinal)
            .Replace("\"p\": \"p:a\"", "\"P\": \"p:a\"", StringComparison.Ordinal));
        await state.Agent().Orders.SetAsync("p", ["p:b", "p:a"], Cancellation);
        await state.Agent().Usage.RecordSuccessAsync("p:b", Cancellation);
        JsonNode document = JsonNode.Parse(state.ReadStore())!;
        Assert.Equal("""{"P":["p:b","p:a"],"z":["p:a"]}""", document["order"]!.ToJsonString());
        Assert.Equal("""{"P":"p:b","z":"p:a"}""", document["lastGood"]!.ToJsonString());
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    public void An_end_beyond_all_time_is_none(string expires)
    {
        using var state = TempState.WithStore($$"""{ "profiles": { "p:o": { "type": "oauth", "provider": "p", "access": "a", "refresh": "r", "expires": {{expires}} } } }""");
        Assert.Equal(long.MaxValue, Assert.IsType<OAuthCredential>(Assert.Single(state.Agent().Read().Profiles).Credential).Expires);
    }

    [Theory]
    [InlineData("p:b")]
    [InlineData("p:bad")]
    public async Task Rename_never_replaces_another_entry(string taken)
    {
        using var state = TempState.WithStore(Store);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.RenameAsync("p:a", taken, Cancellation));
        Assert.Equal("ProfileExists", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public async Task Remove_clears_every_reference_and_an_order_left_empty()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.RemoveAsync("p:a", Cancellation);
        JsonNode document = JsonNode.Parse(state.ReadStore())!;
        Assert.DoesNotContain("p:a", state.ReadStore(), StringComparison.Ordinal);
        Assert.Equal(["p:b"], document["order"]!["p"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Null(document["order"]!["z"]);
    }

    [Fact]
    public async Task Remove_takes_away_an_entry_that_is_no_profile()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.RemoveAsync("p:bad", Cancellation);
        Assert.Empty(state.Agent().Read().Rejected);
        Assert.Equal(3, state.Agent().Profiles.List().Count);
    }

    [Fact]
    public async Task An_entry_that_is_no_profile_stays_in_the_file_and_is_warned_about()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(5, JsonNode.Parse(state.ReadStore())!["profiles"]!["p:bad"]!.GetValue<int>());
        state.Agent().Profiles.List();
        Assert.Contains(state.Log.Warnings, warning => warning.Contains("\"p:bad\"", StringComparison.Ordinal) && warning.Contains("[non_object]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Copy_stands_behind_its_original_with_what_is_not_known()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.CopyAsync("p:a", "p:copy", null, Cancellation);
        JsonObject profiles = JsonNode.Parse(state.ReadStore())!["profiles"]!.AsObject();
        Assert.Equal(["p:a", "p:copy", "p:b", "p:o", "p:bad"], profiles.Select(entry => entry.Key));
        Assert.True(JsonNode.DeepEquals(profiles["p:a"], profiles["p:copy"]));
    }

    [Fact]
    public async Task A_sign_in_is_never_copied()
    {
        using var state = TempState.WithStore(Store);
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.CopyAsync("p:o", "p:o2", null, Cancellation));
        Assert.Equal("CopyRefused", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
    }

    [Fact]
    public async Task A_new_secret_under_the_same_id_ends_its_waits_and_keeps_its_place_in_the_order()
    {
        using var state = TempState.WithStore(Store);
        AuthAgent agent = state.Agent();
        Assert.Equal(["p:b", "p:a"], agent.Orders.Resolve("p").Order);
        await agent.Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, "second-key-of-some-length") { ProfileId = "p:a" }, Cancellation);
        JsonNode document = JsonNode.Parse(state.ReadStore())!;
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["lastUsed"] = 1, ["errorCount"] = 0 }, document["usageStats"]!["p:a"]));
        Assert.Equal("p:b", document["order"]!["p"]![0]!.GetValue<string>());
        Assert.Equal("second-key-of-some-length", (await agent.Credentials.ForProfileAsync("p:a", Cancellation)).Secret.Reveal());
    }

    [Fact]
    public async Task A_new_profile_goes_in_front_of_a_stored_order()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, "third-key-of-some-length") { ProfileId = "p:new" }, Cancellation);
        Assert.Equal("p:new", state.Agent().Orders.Resolve("p").Selected);
    }

    [Fact]
    public async Task A_token_in_place_of_a_key_leaves_nothing_of_the_key()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.AddAsync(
            new NewSecret("p", SignInMethod.Token, "a-token") { ProfileId = "p:a", ExpiresIn = TimeSpan.FromDays(1) }, Cancellation);
        Assert.True(JsonNode.DeepEquals(
            new JsonObject { ["type"] = "token", ["provider"] = "p", ["extra"] = 1, ["token"] = "a-token", ["expires"] = FrozenClock.VectorNow + 86_400_000 },
            JsonNode.Parse(state.ReadStore())!["profiles"]!["p:a"]));
    }

    [Fact]
    public async Task A_sign_in_is_replaced_only_by_force()
    {
        using var state = TempState.WithStore(Store);
        var secret = new NewSecret("p", SignInMethod.Token, "a-token") { ProfileId = "p:o" };
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.AddAsync(secret, Cancellation));
        Assert.Equal("ProfileExists", error.ErrorId);
        await state.Agent().Profiles.AddAsync(secret with { Force = true }, Cancellation);
        Assert.Equal(CredentialType.Token, state.Agent().Profiles.Get("p:o").Type);
    }

    [Fact]
    public async Task Nothing_is_written_while_the_variable_forbids_it()
    {
        using var state = TempState.WithStore(Store);
        state.Host.Set("OPENCLAW_AUTH_STORE_READONLY", "1");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().Profiles.RemoveAsync("p:a", Cancellation));
        Assert.Equal("StoreReadOnly", error.ErrorId);
        Assert.Equal(Store, state.ReadStore());
    }

    /// <summary>What KrabAuth cannot read, or would spell otherwise, is not its to change.</summary>
    [Theory]
    [InlineData("""{ "mode": "token", "provider": "Acme", "token": "t", "expires": "tomorrow", "enterpriseUrl": "e", "accountId": "a" }""")]
    [InlineData("""{ "type": "api_key", "provider": "acme", "key": "k", "keyRef": { "source": "vault", "id": "x", "version": 2 }, "metadata": { "n": 1, "a": "b" }, "expires": 5 }""")]
    [InlineData("""{ "type": "apiKey", "provider": "acme", "apiKey": "k", "projectId": "p" }""")]
    [InlineData("""{ "type": "oauth", "provider": "acme", "access": "a", "refresh": "r", "expires": "soon", "metadata": { "m": 1 }, "token": "t" }""")]
    public async Task Naming_a_profile_changes_its_name_and_nothing_else(string entry)
    {
        using var state = TempState.WithStore($"{{ \"version\": 1, \"profiles\": {{ \"acme:a\": {entry} }} }}");
        await state.Agent().Profiles.SetAsync("acme:a", new ProfileChanges { DisplayName = "Mine" }, Cancellation);
        JsonNode expected = JsonNode.Parse(entry)!;
        expected["displayName"] = "Mine";
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(state.ReadStore())!["profiles"]!["acme:a"]), state.ReadStore());
    }
}
