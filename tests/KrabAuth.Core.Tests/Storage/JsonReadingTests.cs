using System.Text;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>JSON that others wrote: what is wrong with it and where, and what is taken from it.</summary>
public sealed class JsonReadingTests
{
    [Theory]
    [InlineData("ab", 1, 1, 2)]
    [InlineData("\uFEFFab", 2, 1, 2)]
    [InlineData("\uFEFFab", 0, 1, 1)]
    [InlineData("\uFEFFa\nb", 3, 2, 1)]
    [InlineData("ab", 99, 1, 3)]
    public void A_place_is_counted_from_one_and_a_byte_order_mark_is_no_column(string text, int offset, long line, long column)
        => Assert.Equal(new JsonProblem("p", line, column), JsonProblem.At(text, offset, "p"));

    [Theory]
    [InlineData("{,}", 1, 2, "',' is an invalid start of a property name. Expected a '\"'")]
    [InlineData("{\n  \"a\": x }", 2, 8, "'x' is an invalid start of a value")]
    public void The_description_does_not_tell_the_place_a_second_time(string text, long line, long column, string description)
    {
        (StrictJson? json, JsonProblem? problem) = StrictJson.Check(Encoding.UTF8.GetBytes(text));
        Assert.Null(json);
        Assert.Equal(new JsonProblem(description, line, column), problem);
    }

    [Theory]
    [InlineData("1.9", 1L)]
    [InlineData("-1.9", -1L)]
    [InlineData("1e3", 1000L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("1e300", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("-9223372036854775809", long.MinValue)]
    [InlineData("-1e300", long.MinValue)]
    [InlineData("1e999", null)]
    [InlineData("\"1\"", null)]
    [InlineData("null", null)]
    public void A_number_is_cut_to_what_a_time_can_hold(string number, long? expected)
        => Assert.Equal(expected, Read($$"""{ "n": {{number}} }""").Number("n"));

    [Fact]
    public void Of_an_array_the_objects_are_taken_under_its_name()
    {
        IReadOnlyList<JsonMember> objects = Read("""{ "a": [ 1, { "x": 1 }, "t", null, [ {} ], { "x": 2 } ], "o": {} }""").Objects("a");
        Assert.Equal([("a", 1L), ("a", 2L)], objects.Select(entry => (entry.Name, ((JsonElement?)entry.Value).Number("x")!.Value)));
        Assert.Empty(Read("""{ "o": { "x": {} } }""").Objects("o"));
        Assert.Empty(Read("[]").Objects("a"));
    }

    [Fact]
    public void Half_a_character_is_no_text()
    {
        JsonElement? value = Read("""{ "t": "\ud83e", "l": [ "a", "\ud83e", " b ", " ", 1 ] }""");
        Assert.Null(value.Text("t"));
        Assert.Equal(["a", "b"], value.Texts("l"));
    }

    [Theory]
    [InlineData(@"\ud83e", @"\ufffd")]
    [InlineData(@"x\ud83e", @"x\ufffd")]
    [InlineData(@"xy\ud83ez", @"xy\ufffdz")]
    [InlineData(@"\ud83e\udd80", @"\ud83e\udd80")]
    [InlineData(@"\ud83e\ud83e\udd80", @"\ufffd\ud83e\udd80")]
    [InlineData(@"\\ud83e", @"\\ud83e")]
    [InlineData(@"\ud83", @"\ud83")]
    public void Half_a_character_is_mended_wherever_it_stands(string text, string mended)
        => Assert.Equal(mended, Encoding.UTF8.GetString(LenientJson.Mend(Encoding.UTF8.GetBytes(text))));

    // As char codes: a theory's data cannot hold half a character.
    [Theory]
    [InlineData(@"plain \u0041", "plain A")]
    [InlineData(@"\ud83e\udd80", "\U0001F980")]
    [InlineData(@"Anna \ud83d", "Anna ", 0xD83D)]
    [InlineData(@"\\ud83d\ud83e\ud83e\udd80", "\\ud83d", 0xD83E, "\U0001F980")]
    [InlineData(@"\udd80\n\ud83e", "", 0xDD80, "\n", 0xD83E)]
    public void What_a_string_stands_for_is_read_to_the_letter(string escaped, params object[] parts)
        => Assert.Equal(string.Concat(parts.Select(part => part is int unit ? (char)unit : part)), LenientJson.Unescape(Encoding.UTF8.GetBytes(escaped)));

    // Answers of servers are large at times.
    [Fact]
    public void A_whole_text_is_not_copied()
    {
        byte[] text = """{"a":"\n🦀"}"""u8.ToArray();
        Assert.Same(text, LenientJson.Mend(text));
    }

    private static JsonElement? Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
