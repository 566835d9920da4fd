using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Profiles;
using KrabAuth.Secrets;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Properties;

/// <summary>What holds of every text that comes from a file or a person.</summary>
public sealed class TextProperties
{
    [Fact]
    public void A_duration_is_a_time_or_our_error() => Property.Holds(Generators.DurationScraps, AssertDuration);

    [Fact]
    public void Any_text_as_a_duration_is_a_time_or_our_error()
        => Property.Holds(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), AssertDuration);

    [Fact]
    public void What_is_left_is_one_number_and_one_unit()
        => Property.Holds(ArbMap.Default.ArbFor<long?>(), left => Assert.Matches("^(unknown|[0-9]+[mhd])$", DurationText.Remaining(left)));

    [Fact]
    public void Random_bytes_are_json_or_a_problem_with_a_place() => Property.Holds(ArbMap.Default.ArbFor<byte[]>(), AssertChecked);

    [Fact]
    public void Scraps_are_json_or_a_problem_with_a_place() => Property.Holds(Generators.Scraps, text => AssertChecked(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Json_comes_back_as_it_was_and_stays_from_then_on() => Property.Holds(Generators.JsonTexts, text =>
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(Encoding.UTF8.GetBytes(text));
        Assert.True(json is not null, $"{problem}");
        if (text == "null") return;
        byte[] written = JsonText.Serialize(json.ToNode());
        (StrictJson? again, problem) = StrictJson.Check(written);
        Assert.True(again is not null, $"{problem}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), again.ToNode()));
        Assert.Equal(written, JsonText.Serialize(again.ToNode()));
    });

    [Fact]
    public void Json_is_json5() => Property.Holds(Generators.JsonTexts, text =>
    {
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(text);
        Assert.True(document is not null, $"{problem}");
        using (document) Assert.Equal(Shape(JsonNode.Parse(text)), Shape(JsonNode.Parse(document.RootElement.GetRawText())));
    });

    [Fact]
    public void Scraps_are_json5_or_a_problem_with_a_place() => Property.Holds(Generators.Scraps, AssertJson5);

    [Fact]
    public void Any_text_is_json5_or_a_problem_with_a_place()
        => Property.Holds(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), AssertJson5);

    [Fact]
    public void Scraps_in_a_configuration_are_read_or_our_error() => Property.Holds(Generators.Scraps, text =>
    {
        try
        {
            new TestConfig($"{{ auth: {{ order: {{ {text} }}, profiles: {{ {text} }} }} }}").Load();
        }
        catch (KrabAuthException e)
        {
            Assert.Equal("ConfigCorrupt", e.ErrorId);
        }
    });

    [Fact]
    public void A_mask_shows_at_most_ten_characters_and_none_of_a_short_secret() => Property.Holds(ArbMap.Default.ArbFor<string>(), secret =>
    {
        string mask = SecretMask.Apply(secret);
        string text = secret?.Trim() ?? string.Empty;
        if (text.Length == 0) Assert.Equal("missing", mask);
        else if (text.Length < 18) Assert.Equal("***", mask);
        else Assert.Equal(13, mask.Length);
        Assert.Equal(mask, Secret.Of(secret ?? string.Empty).ToString());
    });

    [Fact]
    public void A_cleaned_secret_can_stand_in_a_header() => Property.Holds(ArbMap.Default.ArbFor<string>(), text =>
    {
        string clean = SecretText.Normalize(text);
        Assert.DoesNotContain(clean, c => c is '\r' or '\n' || c > '\u00FF');
        Assert.Equal(clean.Trim(), clean);
        Assert.Equal(clean, SecretText.Normalize(clean));
    });

    [Fact]
    public void An_id_from_any_name_is_one_that_can_be_made() => Property.Holds(ArbMap.Default.ArbFor<string>(), name =>
    {
        string id = ProfileId.FromFriendlyName("anthropic", name);
        // One that looks like a secret is refused; few are made by chance.
        if (!SecretShape.IsMatch(id)) Assert.Equal(id, ProfileId.RequireValid(id, "anthropic"));
    });

    [Fact]
    public void An_agents_name_is_safe_as_a_directory() => Property.Holds(ArbMap.Default.ArbFor<string>(), name =>
    {
        string id = AgentId.Normalize(name);
        Assert.Matches("^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$", id);
        Assert.Equal(id, AgentId.Normalize(id));
    });

    private static void AssertDuration(string text)
    {
        try
        {
            Assert.True(DurationText.Parse(text) >= TimeSpan.Zero);
        }
        catch (KrabAuthException e)
        {
            Assert.Equal("DurationInvalid", e.ErrorId);
        }
    }

    private static void AssertChecked(byte[] bytes)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(bytes);
        Assert.True(json is null != problem is null);
        if (problem is not null) Assert.True(problem is { Line: > 0, Column: > 0 });
        else json!.ToDocument().Dispose();
    }

    private static void AssertJson5(string text)
    {
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(text);
        Assert.True(document is null != problem is null);
        if (problem is not null) Assert.True(problem is { Line: > 0, Column: > 0 });
        document?.Dispose();
    }

    /// <summary>JSON5 reads numbers as ECMAScript does, to the precision of a double.</summary>
    private static string Shape(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject map => "{" + string.Join(",", map.Select(member => $"{JsonSerializer.Serialize(member.Key)}:{Shape(member.Value)}")) + "}",
        JsonArray list => "[" + string.Join(",", list.Select(Shape)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonSerializer.Deserialize<double>(value.ToJsonString()).ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };
}
