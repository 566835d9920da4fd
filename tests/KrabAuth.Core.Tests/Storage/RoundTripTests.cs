using System.Text;
using KrabAuth.Providers;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>A rewrite changes what was asked for and not a byte more. Guards the wish of those whose fields were dropped by the peers.</summary>
public sealed class RoundTripTests
{
    private const string Unusual = """
        {
          "$schema": "https://example.com/schema.json",
          "version": 1,
          "future": {
            "deep": [
              {
                "deeper": [
                  [],
                  {},
                  null,
                  true
                ]
              }
            ]
          },
          "profiles": {
            "p:a": {
              "note": "before what is known",
              "type": "api_key",
              "provider": "p",
              "madeBy": "a newer peer 🦀 für Ünïcode 日本語",
              "key": "key-of-a-length-that-is-shown",
              "escaped": "quote \" backslash \\ tab \t bell \u0007 line \n separator   <&>'+ /",
              "exact": 12345678901234567890,
              "exponent": 1e3,
              "Fraction": 1.10,
              "negative": -0.0,
              "nested": {
                "🦀": "name"
              }
            },
            "p:b": {
              "type": "token",
              "provider": "p",
              "token": "token-of-a-length-that-is-shown",
              "expires": 1700864000000
            },
            "broken": [
              "stays"
            ]
          },
          "order": {
            "p": [
              "p:a",
              "p:b"
            ],
            "q": "no list"
          },
          "usageStats": {
            "p:a": {
              "lastUsed": 5,
              "lastProbeAt": 7
            }
          },
          "zuletzt": 1
        }

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openclaw-2026.2.1")]
    [InlineData("openclaw-2026.5.28")]
    public async Task A_peers_files_keep_every_byte_when_nothing_changes(string fixture)
    {
        using TempState state = TempState.FromFixture(fixture);
        Dictionary<string, byte[]> before = state.Files().ToDictionary(path => path, path => File.ReadAllBytes(state.InState(path)));
        AuthAgent agent = state.Agent();

        // Forced through a rewrite: a change, and its opposite.
        await agent.Profiles.SetAsync("anthropic:work", new ProfileChanges { DisplayName = "x" }, Cancellation);
        await agent.Profiles.SetAsync("anthropic:work", new ProfileChanges { DisplayName = string.Empty }, Cancellation);
        await agent.Orders.SetAsync("anthropic", agent.Orders.GetStored("anthropic")!, Cancellation);

        Assert.Equal(before.Keys, state.Files());
        Assert.All(before, file => Assert.Equal(Encoding.UTF8.GetString(file.Value), File.ReadAllText(state.InState(file.Key))));
    }

    [Fact]
    public void Who_reads_at_the_same_time_is_no_hindrance()
    {
        using var state = TempState.WithStore("""{ "profiles": { "p:a": { "type": "api_key", "provider": "p", "key": "k" } } }""");
        using FileStream other = File.OpenRead(state.StorePath);
        Assert.Single(state.Agent().Profiles.List());
    }

    [Fact]
    public async Task An_update_that_changes_nothing_does_not_write()
    {
        using TempState state = TempState.FromFixture("openclaw-2026.2.1");
        DateTime before = File.GetLastWriteTimeUtc(state.StorePath);
        await state.Agent().Orders.SetAsync("anthropic", ["anthropic:work", "anthropic:manual", "anthropic:default"], Cancellation);
        Assert.Equal(before, File.GetLastWriteTimeUtc(state.StorePath));
    }

    [Fact]
    public async Task A_new_order_changes_the_lines_of_the_order_alone()
    {
        using TempState state = TempState.FromFixture("openclaw-2026.2.1");
        string before = state.ReadStore();
        await state.Agent().Orders.SetAsync("anthropic", ["anthropic:default", "anthropic:work"], Cancellation);
        Assert.Equal(
            ["-\"anthropic:work\",", "-\"anthropic:manual\",", "-\"anthropic:default\"", "+\"anthropic:default\",", "+\"anthropic:work\""],
            LineDiff.Between(before, state.ReadStore()), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_new_secret_changes_its_line_alone()
    {
        using var state = TempState.WithStore(Unusual);
        await state.Agent().Profiles.SetAsync("p:a", new ProfileChanges { SecretText = "another-key-of-some-length" }, Cancellation);
        Assert.Equal(
            ["-\"key\": \"key-of-a-length-that-is-shown\",", "+\"key\": \"another-key-of-some-length\","],
            LineDiff.Between(Unusual, state.ReadStore()));
    }

    [Fact]
    public async Task A_new_profile_adds_its_lines_alone()
    {
        using var state = TempState.WithStore(Unusual);
        await state.Agent().Profiles.AddAsync(new NewSecret("other", SignInMethod.ApiKey, "key-of-the-other-one") { ProfileId = "other:x" }, Cancellation);
        Assert.Equal(
            ["-]", "+],", "+\"other:x\": {", "+\"type\": \"api_key\",", "+\"provider\": \"other\",", "+\"key\": \"key-of-the-other-one\"", "+}"],
            LineDiff.Between(Unusual, state.ReadStore()));
    }

    [Fact]
    public async Task Disabling_and_enabling_keeps_what_a_newer_peer_remembers()
    {
        using var state = TempState.WithStore(Unusual);
        AuthAgent agent = state.Agent();
        await agent.Profiles.SetEnabledAsync("p:a", enabled: false, Cancellation);
        Assert.Equal(
            ["-\"lastProbeAt\": 7", "+\"lastProbeAt\": 7,", "+\"disabledUntil\": 253402300799000,", "+\"disabledReason\": \"manual\""],
            LineDiff.Between(Unusual, state.ReadStore()));
        await agent.Profiles.SetEnabledAsync("p:a", enabled: true, Cancellation);
        Assert.Equal(Unusual, state.ReadStore());
    }

    [Fact]
    public async Task What_was_escaped_without_need_keeps_its_meaning()
    {
        using var state = TempState.WithStore("""{"profiles":{"p:\u0061":{"type":"api_key","provider":"p","key":"k\u00e9y\/1 \ud83e\udd80"}}}""");
        await state.Agent().Orders.SetAsync("p", ["p:a"], Cancellation);
        Assert.Contains("\"p:a\": {", state.ReadStore(), StringComparison.Ordinal);
        Assert.Contains("\"key\": \"kéy/1 🦀\"", state.ReadStore(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a byte-order mark", true, "\n")]
    [InlineData("carriage returns", false, "\r\n")]
    [InlineData("both", true, "\r\n")]
    public async Task What_windows_editors_leave_is_read_and_gone_after_a_write(string what, bool mark, string newLine)
    {
        using var state = new TempState();
        byte[] content = new UTF8Encoding(mark).GetPreamble().Concat(Encoding.UTF8.GetBytes(Unusual.Replace("\n", newLine, StringComparison.Ordinal))).ToArray();
        Assert.True(content.Length > Unusual.Length, what);
        state.Write("agents/main/agent/auth-profiles.json", content);
        AuthAgent agent = state.Agent();
        Assert.Equal(["p:a", "p:b"], agent.Profiles.List().Select(profile => profile.ProfileId));

        await agent.Orders.SetAsync("p", ["p:b", "p:a"], Cancellation);
        Assert.Equal(Unusual.Replace("      \"p:a\",\n      \"p:b\"", "      \"p:b\",\n      \"p:a\"", StringComparison.Ordinal), state.ReadStore());
    }

    [Fact]
    public async Task A_new_store_is_what_the_peers_write()
    {
        using var state = new TempState();
        await state.Agent().Profiles.AddAsync(new NewSecret("openrouter", SignInMethod.ApiKey, "sk-or-v1-example") { Email = "me@example.com" }, Cancellation);
        Assert.Equal(
            """
            {
              "version": 1,
              "profiles": {
                "openrouter:manual": {
                  "type": "api_key",
                  "provider": "openrouter",
                  "key": "sk-or-v1-example",
                  "email": "me@example.com"
                }
              }
            }

            """,
            state.ReadStore());
    }
}
