using System.Text;
using KrabAuth.Interop;
using KrabAuth.Profiles;
using KrabAuth.Storage;
using KrabAuth.TestSupport;
using KrabAuth.Transfer;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>
/// Half of a character as an escape: legal JSON, which a gateway writes where it cuts a name in the middle of an emoji. It is shown as
/// the replacement character and stays in the file as it is.
/// </summary>
public sealed class HalfCharacterTests
{
    private const string Store = """
        {
          "version": 1,
          "profiles": {
            "openai:a": {
              "type": "api_key",
              "provider": "openai",
              "key": "sk-0123456789",
              "displayName": "Anna \ud83d",
              "future": {
                "\ude00": [
                  "\ud83d",
                  "\ud83e\udd80"
                ]
              }
            }
          },
          "usageStats": {
            "openai:a": {
              "lastUsed": 1,
              "note": "\ud83d"
            }
          }
        }

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_shown_replaced_and_an_unrelated_change_leaves_it()
    {
        using var state = TempState.WithStore(Store);
        Assert.Equal("Anna \uFFFD", Assert.Single(state.Agent().Profiles.List()).DisplayName);
        Assert.DoesNotContain(state.Workspace().Doctor.Examine(), finding => finding.Id is "store-unreadable" or "unusable-entry");
        await state.Agent().Orders.SetAsync("openai", ["openai:a"], Cancellation);
        await state.Agent().Profiles.SetAsync("openai:a", new ProfileChanges { Email = "me@x.org" }, Cancellation);
        string text = state.ReadStore();
        Assert.Contains("\"displayName\": \"Anna \\ud83d\",", text, StringComparison.Ordinal);
        Assert.Contains("\"\\ude00\": [", text, StringComparison.Ordinal);
        Assert.Contains("\"\\ud83d\",\n          \"\U0001F980\"", text, StringComparison.Ordinal);
        Assert.Contains("\"note\": \"\\ud83d\"", text, StringComparison.Ordinal);
        Assert.Contains("me@x.org", text, StringComparison.Ordinal);
        Assert.Empty(state.Log.Warnings);
    }

    [Fact]
    public async Task A_new_name_takes_its_place()
    {
        using var state = TempState.WithStore(Store);
        await state.Agent().Profiles.SetAsync("openai:a", new ProfileChanges { DisplayName = "Anna" }, Cancellation);
        Assert.Contains("\"displayName\": \"Anna\",", state.ReadStore(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_moves_to_another_agent_as_it_is()
    {
        using var state = TempState.WithStore(Store);
        Directory.CreateDirectory(state.InAgent(string.Empty, "work"));
        TransferManager transfers = state.Agent("work").Transfers;
        await transfers.ImportAsync(await transfers.PlanImportAsync(new ImportRequest { From = state.Agent() }, Cancellation), cancellationToken: Cancellation);
        Assert.Contains("\"displayName\": \"Anna \\ud83d\",", File.ReadAllText(state.InAgent("auth-profiles.json", "work")), StringComparison.Ordinal);
    }

    // No command could name it, and two such names would look alike.
    [Fact]
    public async Task An_id_that_holds_one_is_not_used_and_stays()
    {
        using var state = TempState.WithStore("""{ "profiles": { "p:\ud83d": { "type": "api_key", "provider": "p", "key": "k" }, "p:b": { "type": "api_key", "provider": "p", "key": "k" } } }""");
        Assert.Equal("p:b", Assert.Single(state.Agent().Profiles.List()).ProfileId);
        Assert.Equal(new RejectedProfile("p:\uFFFD", "broken_id", "half of a character stands in its name: give it another"), Assert.Single(state.Agent().Read().Rejected));
        await state.Agent().Profiles.RemoveAsync("p:b", Cancellation);
        Assert.Equal("""{"profiles":{"p:\uD83D":{"type":"api_key","provider":"p","key":"k"}}}""".Replace("\\uD83D", "\\ud83d", StringComparison.Ordinal), state.ReadStore().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    // A mark of nothing but the replacement character is somebody's name.
    [Fact]
    public void A_replacement_character_is_a_character()
    {
        using var state = TempState.WithStore("""{ "profiles": { "p:\ufffd": { "type": "api_key", "provider": "p", "key": "k" } } }""");
        Assert.Equal("p:\uFFFD", Assert.Single(state.Agent().Profiles.List()).ProfileId);
    }

    [Fact]
    public void A_byte_order_mark_does_not_matter()
    {
        (StrictJson? json, _) = StrictJson.Check(Encoding.UTF8.GetBytes("\uFEFF[\"\\ud83d\", \"\\u0041\", 1.50, null, true]"));
        Assert.True(json!.HasHalves);
        Assert.Equal("[\n  \"\\ud83d\",\n  \"A\",\n  1.50,\n  null,\n  true\n]\n", Encoding.UTF8.GetString(JsonText.Serialize(json.ToNode())));
        using var document = json.ToDocument();
        Assert.Equal("\uFFFD", document.RootElement[0].GetString());
    }

    [Fact]
    public void In_a_file_of_another_program_no_other_byte_changes()
    {
        const string Theirs = """{ "x\ud83d": "\ud83d", "tokens": { "access": "old" } }""";
        Assert.Equal(Theirs.Replace("old", "new", StringComparison.Ordinal), Encoding.UTF8.GetString(JsonSplice.Replace(Encoding.UTF8.GetBytes(Theirs), new Dictionary<string, string> { ["tokens/access"] = "\"new\"" })));
    }
}
