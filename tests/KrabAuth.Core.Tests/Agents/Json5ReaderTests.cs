using System.Text.Json;
using KrabAuth.Agents;
using KrabAuth.Diagnostics;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Agents;

/// <summary>The dialect of the configuration (json5.org).</summary>
public sealed class Json5ReaderTests
{
    [Theory]
    [InlineData("{ a: 1, $b_2: 'x', \"c\": \"y\", }", """{"a":1,"$b_2":"x","c":"y"}""")]
    [InlineData("// first\n[1, /* second */ 2,\n]", "[1,2]")]
    [InlineData("'it\\'s'", "\"it's\"")]
    [InlineData("\"one \\\ntwo\"", "\"one two\"")]
    [InlineData("\"one \\\r\ntwo\"", "\"one two\"")]
    [InlineData("'\\x41\\u0042\\v\\0'", "\"AB\\u000B\\u0000\"")]
    [InlineData("'\\ud83e\\udd80'", "\"🦀\"")]
    [InlineData("[0x1F, -0x10, +1, .5, 5., 1e3, -.5E-1]", "[31,-16,1,0.5,5,1000,-0.05]")]
    [InlineData("[Infinity, -Infinity, NaN, 1e999]", "[null,null,null,null]")]
    [InlineData("[0xFFFFFFFFFFFFFFFF]", "[18446744073709551615]")]
    [InlineData("\uFEFF{}", "{}")]
    [InlineData("[true, false, null]", "[true,false,null]")]
    [InlineData("{ ünïcode: 1 }", "{\"ünïcode\":1}")]
    public void It_reads_what_json5_allows(string text, string json)
    {
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(text);
        Assert.True(document is not null, $"{problem}");
        using (document)
        using (var wanted = JsonDocument.Parse(json))
        {
            Assert.True(JsonElement.DeepEquals(wanted.RootElement, document.RootElement), document.RootElement.GetRawText());
        }
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{\n  a: 1\n  b: 2\n}", 3, 3)]
    [InlineData("{ a: 'x\n' }", 1, 6)]
    [InlineData("[1,, 2]", 1, 4)]
    [InlineData("{ a: word }", 1, 6)]
    [InlineData("{ a: 1, a: 2 }", 1, 10)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("/* open", 1, 1)]
    [InlineData("'\\u12'", 1, 4)]
    [InlineData("01x", 1, 1)]
    [InlineData("--1", 1, 1)]
    public void It_says_where_the_rest_is_wrong(string text, long line, long column)
    {
        (JsonDocument? document, JsonProblem? problem) = Json5Reader.Parse(text);
        Assert.Null(document);
        Assert.Equal((line, column), (problem!.Line, problem.Column));
    }

    [Fact]
    public void It_goes_as_deep_as_the_stores_and_no_deeper()
    {
        (JsonDocument? document, _) = Json5Reader.Parse(new string('[', StrictJson.MaxDepth) + new string(']', StrictJson.MaxDepth));
        Assert.NotNull(document);
        document.Dispose();
        (_, JsonProblem? problem) = Json5Reader.Parse(new string('[', 100_000));
        Assert.NotNull(problem);
    }

    // JavaScript writes it where it cuts a text, and the gateways read it.
    [Fact]
    public void Half_a_character_is_replaced()
    {
        using JsonDocument? document = Json5Reader.Parse("{ 'x\\ud83e': ['\\udd80a', '\\ud83e\\udd80'] }").Document;
        JsonProperty member = Assert.Single(document!.RootElement.EnumerateObject());
        Assert.Equal("x\uFFFD", member.Name);
        Assert.Equal(["\uFFFDa", "\U0001F980"], member.Value.EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public void Names_that_are_half_characters_are_an_error_and_not_a_crash()
    {
        KrabAuthException error = Assert.Throws<KrabAuthException>(() => new TestConfig("""{ auth: { order: { "\ud83e": [], "\ud83f": [] } } }""").Load());
        Assert.Equal("ConfigCorrupt", error.ErrorId);
    }
}
