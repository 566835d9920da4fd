using System.Buffers;
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
