using KrabAuth.Agents;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>A sign-in changes the lines of a configuration that it must, and no other.</summary>
public sealed class ConfigEditorTests
{
    private const string Id = "openai-codex:me@example.com";

    public static TheoryData<string, string> Cases => new()
    {
        { "{}", "{\n  \"auth\": {\n    \"profiles\": {\n      \"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" }\n    }\n  }\n}" },
        {
            "// mine\n{\n  // models\n  agents: { list: [], },\n}\n",
            "// mine\n{\n  // models\n  agents: { list: [], },\n  \"auth\": {\n    \"profiles\": {\n      \"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" }\n    }\n  },\n}\n"
        },
        {
            "{\n\tauth: {\n\t\t'profiles': {\n\t\t\t'anthropic:work': { provider: 'anthropic', mode: 'token' }, // keep\n\t\t},\n\t},\n}",
            "{\n\tauth: {\n\t\t'profiles': {\n\t\t\t'anthropic:work': { provider: 'anthropic', mode: 'token' },\n\t\t\t\"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" }, // keep\n\t\t},\n\t},\n}"
        },
        {
            "{ auth: { profiles: { \"openai-codex:me@example.com\": { mode: 'token', provider: \"openai-codex\", email: 'x' } } } }",
            "{ auth: { profiles: { \"openai-codex:me@example.com\": { mode: \"oauth\", provider: \"openai-codex\", email: 'x' } } } }"
        },
        {
            "{ auth: { profiles: {}, order: { 'openai-codex': [ 'openai-codex:old', /* second */ 'openai-codex:me@example.com', ], anthropic: ['anthropic:work'] } } }",
            "{ auth: { profiles: {\n  \"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" }\n}, order: { 'openai-codex': [ \"openai-codex:me@example.com\", 'openai-codex:old', ], anthropic: ['anthropic:work'] } } }"
        },
        {
            "{ auth: { profiles: { a: {} }, order: { \"openai-codex\": [] } } }",
            "{ auth: { profiles: { a: {}, \"openai-codex:me@example.com\": { \"provider\": \"openai-codex\", \"mode\": \"oauth\" } }, order: { \"openai-codex\": [\"openai-codex:me@example.com\"] } } }"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_what_must_change_changes(string before, string after)
        => Assert.Equal(after, ConfigEditor.DescribeProfile(before, Id, "openai-codex", "oauth"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_second_time_changes_nothing(string before, string after)
    {
        Assert.NotEqual(before, after);
        Assert.Equal(after, ConfigEditor.DescribeProfile(after, Id, "openai-codex", "oauth"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_written_is_read_back(string before, string after)
    {
        Assert.NotEqual(before, after);
        AuthConfig config = new TestConfig(after).Load();
        Assert.Equal("oauth", config.Profile(Id)?.Mode);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{ auth: 'text' }")]
    [InlineData("{ auth: { profiles: [] } }")]
    public void What_cannot_be_changed_safely_is_left_alone(string text) => Assert.Null(ConfigEditor.DescribeProfile(text, Id, "openai-codex", "oauth"));
}
