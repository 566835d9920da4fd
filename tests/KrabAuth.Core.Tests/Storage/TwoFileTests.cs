using System.Text.Json.Nodes;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Providers;
using KrabAuth.Routing;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>The format with <c>auth-state.json</c>: state is read from both files and written to the second.</summary>
public sealed class TwoFileTests
{
    private const string Profiles = """
        {
          "version": 1,
          "profiles": {
            "p:a": { "type": "api_key", "provider": "p", "key": "1" },
            "p:b": { "type": "api_key", "provider": "p", "key": "2" },
            "q:c": { "type": "api_key", "provider": "q", "key": "3" }
          },
          "order": { "p": ["p:a", "p:b"], "q": ["q:c"] },
          "lastGood": { "p": "p:a", "q": "q:c" },
          "usageStats": { "p:a": { "lastUsed": 1 }, "q:c": { "lastUsed": 3 } }
        }
        """;

    private const string State = """
        {
          "version": 1,
          "order": { "p": ["p:b", "p:a"] },
          "lastGood": { "p": "p:b" },
          "usageStats": { "p:a": { "lastUsed": 2 } },
          "future": true
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void State_is_read_from_both_and_the_second_file_wins()
    {
        using var state = TempState.WithStore(Profiles, State);
        AuthAgent agent = state.Agent();
        Assert.Equal(["p:b", "p:a"], agent.Orders.GetStored("p"));
        Assert.Equal(["q:c"], agent.Orders.GetStored("q"));
        Assert.Equal("p:b", agent.Read().LastGood["p"]);
        Assert.Equal("q:c", agent.Read().LastGood["q"]);
        Assert.Equal(2, agent.Read().Stats("p:a").LastUsed);
        Assert.Equal(3, agent.Read().Stats("q:c").LastUsed);
    }

    /// <summary>The first file's spelling was found before the second's, and an order that was set was not obeyed.</summary>
    [Fact]
    public async Task The_second_file_wins_in_whatever_spelling()
    {
        using var state = TempState.WithStore(Profiles.Replace("\"order\": { \"p\":", "\"order\": { \"P\":", StringComparison.Ordinal).Replace("\"lastGood\": { \"p\":", "\"lastGood\": { \"P\":", StringComparison.Ordinal), """{ "version": 1 }""");
        Assert.Equal(["p:a", "p:b"], state.Agent().Orders.GetStored("p"));
        await state.Agent().Orders.SetAsync("p", ["p:b", "p:a"], Cancellation);
        await state.Agent().Usage.RecordSuccessAsync("p:b", Cancellation);
        Assert.Equal(["p:b", "p:a"], state.Agent().Orders.GetStored("p"));
        Assert.Equal("p:b", Assert.Single(state.Agent().Read().LastGood, entry => ProviderId.Same(entry.Key, "p")).Value);
    }

    [Fact]
    public async Task An_order_is_written_to_the_second_file_alone()
    {
        using var state = TempState.WithStore(Profiles, State);
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Equal(Profiles, state.ReadStore());
        Assert.Equal(["p:a"], Texts(state.ReadState(), "order", "p"));
        Assert.True(JsonNode.Parse(state.ReadState())!["future"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_use_is_written_to_the_second_file_with_all_that_the_first_knew()
    {
        using var state = TempState.WithStore(Profiles, """{ "version": 1 }""");
        await state.Agent().Usage.RecordSuccessAsync("q:c", Cancellation);
        Assert.Equal(Profiles, state.ReadStore());
        Assert.Equal("""{"q":"q:c"}""", JsonNode.Parse(state.ReadState())!["lastGood"]!.ToJsonString());
        await state.Agent().Usage.RecordFailureAsync("p:a", FailureReason.Auth, model: null, Cancellation);
        Assert.Equal(1, (int?)JsonNode.Parse(state.ReadState())!["usageStats"]!["p:a"]!["lastUsed"]);
    }

    [Fact]
    public async Task A_new_secret_ends_waits_of_which_one_file_alone_knows()
    {
        using var state = TempState.WithStore(Profiles, $$"""{ "usageStats": { "p:b": { "cooldownUntil": {{FrozenClock.VectorNow + 60_000}} } } }""");
        await state.Agent().Profiles.AddAsync(new NewSecret("p", SignInMethod.ApiKey, "another-key-of-b") { ProfileId = "p:b" }, Cancellation);
        Assert.Null(state.Agent().Read().Stats("p:b").CooldownUntil);
    }

    [Fact]
    public async Task A_disabled_profile_is_written_to_the_second_file_alone()
    {
        using var state = TempState.WithStore(Profiles, State);
        await state.Agent().Profiles.SetEnabledAsync("q:c", enabled: false, Cancellation);
        Assert.Equal(Profiles, state.ReadStore());
        JsonNode stats = JsonNode.Parse(state.ReadState())!["usageStats"]!["q:c"]!;
        // What the first file remembers goes along: the entry in the second hides it.
        Assert.Equal(3, stats["lastUsed"]!.GetValue<int>());
        Assert.Equal(UsageStats.DisabledForGood, stats["disabledUntil"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_cleared_order_goes_from_both()
    {
        using var state = TempState.WithStore(Profiles, State);
        Assert.True(await state.Agent().Orders.ClearAsync("P", Cancellation));
        Assert.Null(state.Agent().Orders.GetStored("p"));
        Assert.Null(JsonNode.Parse(state.ReadStore())!["order"]!["p"]);
        Assert.Null(JsonNode.Parse(state.ReadState())!["order"]);
        Assert.Equal(["q:c"], state.Agent().Orders.GetStored("q"));
        Assert.False(await state.Agent().Orders.ClearAsync("p", Cancellation));
    }

    [Fact]
    public async Task An_emptied_second_file_stays_so_that_the_format_does()
    {
        using var state = TempState.WithStore(Profiles, """{ "version": 1, "order": { "p": ["p:a"] } }""");
        await state.Agent().Orders.ClearAsync("p", Cancellation);
        Assert.True(JsonNode.DeepEquals(new JsonObject { ["version"] = 1 }, JsonNode.Parse(state.ReadState())));
    }

    [Fact]
    public async Task Removing_a_profile_clears_it_from_both()
    {
        using var state = TempState.WithStore(Profiles, State);
        await state.Agent().Profiles.RemoveAsync("p:a", Cancellation);
        Assert.DoesNotContain("p:a", state.ReadStore(), StringComparison.Ordinal);
        Assert.DoesNotContain("p:a", state.ReadState(), StringComparison.Ordinal);
        Assert.Equal(["p:b"], state.Agent().Orders.GetStored("p"));
    }

    [Fact]
    public async Task Renaming_a_profile_renames_it_in_both()
    {
        using var state = TempState.WithStore(Profiles, State);
        await state.Agent().Profiles.RenameAsync("p:a", "p:new", Cancellation);
        Assert.DoesNotContain("p:a", state.ReadStore() + state.ReadState(), StringComparison.Ordinal);
        Assert.Equal(["p:b", "p:new"], state.Agent().Orders.GetStored("p"));
        Assert.Equal(["p:new", "p:b"], Texts(state.ReadStore(), "order", "p"));
        Assert.Equal(2, state.Agent().Read().Stats("p:new").LastUsed);
        Assert.Equal(1, JsonNode.Parse(state.ReadStore())!["usageStats"]!["p:new"]!["lastUsed"]!.GetValue<int>());
    }

    /// <summary>"Nothing was changed" was said of a profile that was gone.</summary>
    [Fact]
    public async Task Where_the_second_file_cannot_be_replaced_the_error_says_that_the_first_was()
    {
        using var state = TempState.WithStore(Profiles, State);
        state.Write("agents/main/agent/auth.json", """{ "q": { "type": "api_key", "key": "3" } }""");
        KrabAuthException error = await Assert.ThrowsAsync<KrabAuthException>(() => state.Agent().UpdateAsync(
            (_, editor) =>
            {
                // As a file that is mounted by itself, or write-protected.
                File.Delete(state.StatePath);
                state.Write("agents/main/agent/auth-state.json/inner", "in the way");
                editor.Remove("q:c");
                editor.Put("p:a", new ApiKeyCredential("p", Secret.Of("new")));
                editor.SetOrder("p", ["p:a"]);
                return true;
            },
            Cancellation));
        Assert.Equal(("StorePartlyWritten", state.StatePath), (error.ErrorId, error.Target));
        Assert.StartsWith($"{state.StorePath} was changed, but {state.StatePath} cannot be replaced: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" then see what no longer fits: krabauth doctor", error.Remedy.CommandLine, StringComparison.Ordinal);
        // The credentials are what comes first: a new one is lost in no case.
        Assert.Equal("new", (string?)JsonNode.Parse(state.ReadStore())!["profiles"]!["p:a"]!["key"]);
        Assert.DoesNotContain("q:c", state.ReadStore(), StringComparison.Ordinal);
        // The cache is to follow, which here fails for the directory that is in the way.
        Assert.StartsWith($"{state.InAgent("auth.json")} was not brought up to date: ", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(state.Files(), file => file.EndsWith(".krabtmp", StringComparison.Ordinal));
        Assert.False(Path.Exists(state.LockPath));
    }

    [Fact]
    public async Task A_store_of_one_file_stays_one_file()
    {
        using var state = TempState.WithStore(Profiles);
        await state.Agent().Orders.SetAsync("p", ["p:b"], Cancellation);
        Assert.Equal(["p:b"], Texts(state.ReadStore(), "order", "p"));
        Assert.False(File.Exists(state.StatePath));
    }

    private static IEnumerable<string> Texts(string document, string section, string name)
        => JsonNode.Parse(document)![section]![name]!.AsArray().Select(item => item!.GetValue<string>());
}
