using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using KrabAuth.Storage;

namespace KrabAuth.Core.Tests.Storage;

/// <summary>A text as JavaScript's JSON.stringify quotes it.</summary>
public sealed class JsonTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain <&'>", "plain <&'>")]
    [InlineData("\"", "\\\"")]
    [InlineData("\\", "\\\\")]
    [InlineData("\b\t\n\f\r", "\\b\\t\\n\\f\\r")]
    [InlineData("\u0000\u001f ", "\\u0000\\u001f ")]
    [InlineData("\u007f\u00e4\u2028", "\u007f\u00e4\u2028")]
    [InlineData("\U0001F980", "\U0001F980")]
    [InlineData("\U0001F980\"", "\U0001F980\\\"")]
    public void What_has_to_be_escaped_is_and_nothing_else(string text, string quoted) => Assert.Equal($"\"{quoted}\"", JsonText.Quote(text));

    // A theory's data cannot hold half a character.
    [Fact]
    public void Half_a_character_is_replaced()
    {
        foreach (char half in new[] { '\uD800', '\uDBFF', '\uDC00', '\uDFFF' })
        {
            Assert.Equal("\"\uFFFD\"", JsonText.Quote($"{half}"));
            Assert.Equal("\"a\uFFFDb\"", JsonText.Quote($"a{half}b"));
        }
        Assert.Equal("\"\uE000\uD7FF\"", JsonText.Quote("\uE000\uD7FF"));
    }

    [Fact]
    public void Half_a_character_that_was_read_is_written_as_it_was()
    {
        const string Text = "{\n  \"a\\ude00\": [\n    \"\\ud83d\",\n    \"x\\n\\ud83d\\ud83d\U0001F980\\udd80\\\"\"\n  ]\n}\n";
        Assert.Equal(Text, Encoding.UTF8.GetString(JsonText.Serialize(StrictJson.Check(Encoding.UTF8.GetBytes(Text)).Json!.ToNode())));
    }

    [Fact]
    public void At_the_end_of_a_block_the_other_half_may_follow()
    {
        JavaScriptEncoder encoder = JsonText.OutputOptions.Encoder!;
        string high = $"ab{'\uD83E'}";
        char[] room = new char[20];
        Assert.Equal(OperationStatus.NeedMoreData, encoder.Encode(high, room, out int read, out int written, isFinalBlock: false));
        Assert.Equal((2, 2), (read, written));
        Assert.Equal(OperationStatus.Done, encoder.Encode(high, room, out read, out written));
        Assert.Equal((3, "ab\\ud83e"), (read, new string(room, 0, written)));
        Assert.Equal(OperationStatus.DestinationTooSmall, encoder.Encode(high, new char[7], out read, out written));
        Assert.Equal((2, 2), (read, written));
    }

    [Theory]
    [InlineData("\u0001", 6)]
    [InlineData("\n", 2)]
    public void An_escape_fills_what_room_there_is_but_is_never_cut(string text, int length)
    {
        JavaScriptEncoder encoder = JsonText.OutputOptions.Encoder!;
        Assert.Equal(OperationStatus.Done, encoder.Encode(text, new char[length], out _, out int written));
        Assert.Equal(length, written);
        Assert.Equal(OperationStatus.DestinationTooSmall, encoder.Encode(text, new char[length - 1], out _, out written));
        Assert.Equal(0, written);
    }
}
