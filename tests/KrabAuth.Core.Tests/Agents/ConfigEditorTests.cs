using KrabAuth.Core.Tests.Storage;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.TestSupport;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>A sign-in changes the lines of a configuration that it must, and no other.</summary>
public sealed class ConfigEditorTests
{
    private const string Id = "openai-codex:me@example.com";
    private const string Entry = "\"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" }";

    public static TheoryData<string, string> Cases => new()
    {
        { "{}", $"{{\n  \"auth\": {{\n    \"profiles\": {{\n      {Entry}\n    }}\n  }}\n}}" },
        {
            "// mine\n{\n  // models\n  agents: { list: [], },\n}\n",
            $"// mine\n{{\n  // models\n  agents: {{ list: [], }},\n  \"auth\": {{\n    \"profiles\": {{\n      {Entry}\n    }}\n  }},\n}}\n"
        },
        {
            "{\n\tauth: {\n\t\t'profiles': {\n\t\t\t'anthropic:work': { provider: 'anthropic', mode: 'token' }, // keep\n\t\t},\n\t},\n}",
            $"{{\n\tauth: {{\n\t\t'profiles': {{\n\t\t\t'anthropic:work': {{ provider: 'anthropic', mode: 'token' }}, // keep\n\t\t\t{Entry},\n\t\t}},\n\t}},\n}}"
        },
        {
            "{ auth: { profiles: { \"openai-codex:me@example.com\": { mode: 'token', provider: \"openai-codex\", email: 'x' } } } }",
            "{ auth: { profiles: { \"openai-codex:me@example.com\": { mode: \"oauth\", provider: \"openai-codex\", email: 'x' } } } }"
        },
        {
            "{ auth: { profiles: {}, order: { 'openai-codex': [ 'openai-codex:old', /* second */ 'openai-codex:me@example.com', ], anthropic: ['anthropic:work'] } } }",
            $"{{ auth: {{ profiles: {{\n  {Entry}\n}}, order: {{ 'openai-codex': [ \"openai-codex:me@example.com\", 'openai-codex:old', /* second */ ], anthropic: ['anthropic:work'] }} }} }}"
        },
        {
            "{ auth: { profiles: { a: {} }, order: { \"openai-codex\": [] } } }",
            $"{{ auth: {{ profiles: {{ a: {{}}, {Entry} }}, order: {{ \"openai-codex\": [\"openai-codex:me@example.com\"] }} }} }}"
        },
        {
            "{\n  auth: {\n    profiles: {\n      a: {} /* one\n      two */\n    }\n  }\n}",
            $"{{\n  auth: {{\n    profiles: {{\n      a: {{}},\n      {Entry} /* one\n      two */\n    }}\n  }}\n}}"
        },
    };

    /// <summary>Real configurations: the changed lines of a sign-in, file by file.</summary>
    public static TheoryData<string, string[]> Fixtures => new()
    {
        { "01-gateway-written", ["openclaw.json", "-}", "+},", $"+{Entry}"] },
        {
            "02-comments",
            [
                "openclaw.json",
                "-\"openai-codex:home\": { provider: \"openai-codex\", mode: \"oauth\" } // no comma here",
                "+\"openai-codex:home\": { provider: \"openai-codex\", mode: \"oauth\" }, // no comma here",
                $"+{Entry}",
                $"+\"{Id}\",",
            ]
        },
        { "03-single-quotes", ["openclaw.json", $"+{Entry},", "-'order': {'openai-codex': ['openai-codex:a'],},", $"+'order': {{'openai-codex': [\"{Id}\", 'openai-codex:a'],}},"] },
        {
            "04-includes",
            ["auth.json5", $"+{Entry},", "-order: { \"openai-codex\": [\"openai-codex:laptop\"] },", $"+order: {{ \"openai-codex\": [\"{Id}\", \"openai-codex:laptop\"] }},"]
        },
        { "05-variables", ["openclaw.json", $"+{Entry},", "-order: { \"openai-codex\": [\"${CODEX_NAME}\"] },", $"+order: {{ \"openai-codex\": [\"{Id}\", \"${{CODEX_NAME}}\"] }},"] },
        {
            "06-unquoted-and-numbers",
            [
                "openclaw.json",
                "-agents: { defaults: { model: 'openai-codex/gpt-5.2', timeoutSeconds: 6e2 } } }",
                "+agents: { defaults: { model: 'openai-codex/gpt-5.2', timeoutSeconds: 6e2 } },",
                "+\"auth\": {", "+\"profiles\": {", $"+{Entry}", "+}", "+} }",
            ]
        },
        {
            "07-crlf",
            ["openclaw.json", "-\"anthropic:manual\": { \"provider\": \"anthropic\", \"mode\": \"token\" }", "+\"anthropic:manual\": { \"provider\": \"anthropic\", \"mode\": \"token\" },", $"+{Entry}"]
        },
        { "08-bom", ["openclaw.json", "-\"profiles\": {}", "+\"profiles\": {", $"+{Entry}", "+}"] },
        {
            "09-one-line",
            [
                "openclaw.json",
                "-{\"agents\":{\"defaults\":{\"model\":\"openai/gpt-5.2\"}},\"auth\":{\"profiles\":{\"openai:default\":{\"provider\":\"openai\",\"mode\":\"api_key\"}},\"order\":{\"openai-codex\":[]}}}",
                $"+{{\"agents\":{{\"defaults\":{{\"model\":\"openai/gpt-5.2\"}}}},\"auth\":{{\"profiles\":{{\"openai:default\":{{\"provider\":\"openai\",\"mode\":\"api_key\"}}, {Entry}}},\"order\":{{\"openai-codex\":[\"{Id}\"]}}}}}}",
            ]
        },
        {
            "10-sibling-overrides",
            [
                "base.json5",
                "-order: { \"openai-codex\": [\"openai-codex:default\", \"openai-codex:me@example.com\"] },",
                "+order: { \"openai-codex\": [\"openai-codex:me@example.com\", \"openai-codex:default\"] },",
                "openclaw.json",
                // What an older version wrote is corrected with the first change.
                "-'anthropic:claude-cli': { provider: 'anthropic', mode: 'token' },", "+'anthropic:claude-cli': { provider: 'anthropic', mode: \"oauth\" },", $"+{Entry},",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Only_what_must_change_changes(string before, string after)
    {
        using TempState state = await SignedIn(before);
        Assert.Equal(after, File.ReadAllText(state.InState("openclaw.json")));
        Assert.Equal(before, File.ReadAllText(state.InState("openclaw.json.bak")));
        Assert.DoesNotContain(state.Log.Warnings, warning => warning.Contains("openclaw.json", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_second_time_changes_nothing(string before, string after)
    {
        using TempState state = await SignedIn(before);
        await SignIn(state);
        Assert.Equal(after, File.ReadAllText(state.InState("openclaw.json")));
        Assert.False(File.Exists(state.InState("openclaw.json.bak.1")));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task A_real_configuration_keeps_its_other_lines(string fixture, string[] changes)
    {
        using var state = new TempState();
        string source = Path.Combine(AppContext.BaseDirectory, "Fixtures", "configs", fixture);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)) state.Write(Path.GetRelativePath(source, file), File.ReadAllBytes(file));
        await SignIn(state);
        var found = new List<string>();
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            // A byte-order mark is text too, here.
            string before = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(file));
            string after = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(state.InState(Path.GetRelativePath(source, file))));
            if (before == after) continue;
            found.Add(Path.GetFileName(file));
            found.AddRange(LineDiff.Between(before, after));
            Assert.Equal(before.Contains("\r\n", StringComparison.Ordinal), after.Contains("\r\n", StringComparison.Ordinal));
            if (before.Contains("\r\n", StringComparison.Ordinal)) Assert.DoesNotContain("\n", after.Replace("\r\n", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        }
        Assert.Equal(changes, found);
        Assert.Equal("oauth", state.Workspace().Config.Profile(Id)?.Mode);
        Assert.Equal(Id, state.Agent().Orders.Select("openai-codex"));
        Assert.DoesNotContain(state.Log.Warnings, warning => warning.Contains("openclaw.json", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ auth: 'text' }", "(1,9): auth must be an object")]
    [InlineData("{\n  auth: { profiles: [] } }", "(2,21): profiles must be an object")]
    [InlineData("[]", "(1,1): the configuration must be an object")]
    [InlineData("{ auth: { order: { openai: 'openai:work' } } }", "(1,28): auth.order.openai must be a list of profile ids")]
    [InlineData("{ auth: { profiles: { 'openai:work': { mode: 'apikey' } } } }", "(1,46): the mode of openai:work must be one of")]
    [InlineData("{ auth: { order: { openai: ['${NOT_SET}'] } } }", "(1,29): auth.order.openai needs the environment variable NOT_SET")]
    [InlineData("{\n  auth: { $include: './gone.json5' } }", "(2,21): the included file")]
    [InlineData("{\n  auth: { $include: 5 } }", "(2,21): $include must be a path")]
    [InlineData("{ $include: './openclaw.json' }", "(1,13): the file includes itself")]
    public void A_mistake_is_told_with_its_place(string text, string message)
    {
        using var state = new TempState();
        string path = state.Write("openclaw.json", text);
        Diagnostics.KrabAuthException error = Assert.Throws<Diagnostics.KrabAuthException>(() => state.Workspace().Config);
        Assert.StartsWith(path + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_is_none_is_warned_about_with_its_place()
    {
        using var state = new TempState();
        state.Write("openclaw.json", "{ auth: {\n  profile: { } } }");
        Assert.Empty(state.Workspace().Config.Profiles);
        Assert.Contains("openclaw.json(2,12): auth.profile is not a setting", Assert.Single(state.Log.Warnings), StringComparison.Ordinal);
    }

    private static async Task<TempState> SignedIn(string config)
    {
        var state = new TempState();
        state.Write("openclaw.json", config);
        await SignIn(state);
        return state;
    }

    private static Task<AuthProfile> SignIn(TempState state) => state.Agent().SignIns.StoreAsync(
        new SignInRequest("openai-codex") { ProfileId = Id, Force = true },
        new OAuthCredential("openai-codex", Secret.Of("an-access-token"), Secret.Of("a-refresh-token")) { Expires = FrozenClock.VectorNow + 3_600_000 },
        TestContext.Current.CancellationToken);
}
