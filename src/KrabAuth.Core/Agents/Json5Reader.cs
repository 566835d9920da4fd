using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// Reads JSON5 (json5.org, version 1.0.0): comments, trailing commas, single quotes, unquoted names, hexadecimal numbers.
/// A number that JSON cannot hold (<c>Infinity</c>, <c>NaN</c>) becomes null.
/// </summary>
internal sealed class Json5Reader
{
    private readonly string _text;
    private readonly Utf8JsonWriter _writer;
    private int _at;

    private Json5Reader(string text, Utf8JsonWriter writer)
    {
        _text = text;
        _writer = writer;
    }

    /// <summary>Parses; exactly one of the two results is not <see langword="null"/>. The caller disposes the document.</summary>
    public static (JsonDocument? Document, JsonProblem? Problem) Parse(string text) => Parse(text.TrimStart('\uFEFF'), map: null);

    /// <summary>Parses, and writes down where each value stands, so that it can be changed there. Exactly one of the two results is not <see langword="null"/>.</summary>
    public static (Json5Node? Root, JsonProblem? Problem) Map(string text)
    {
        var map = new Json5Node(string.Empty);
        (JsonDocument? document, JsonProblem? problem) = Parse(text, map);
        if (document is null) return (null, problem);
        using (document) map.Attach(document.RootElement.Clone());
        return (map, null);
    }

    private static (JsonDocument? Document, JsonProblem? Problem) Parse(string text, Json5Node? map)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        var reader = new Json5Reader(text, writer);
        try
        {
            reader.SkipBlank();
            reader.ReadValue(0, map);
            reader.SkipBlank();
            if (reader._at < reader._text.Length) throw Failure("text after the end");
        }
        catch (FormatException e)
        {
            return (null, reader.Problem(e.Message));
        }
        writer.Flush();
        return (JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth + 1 }), null);
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private void ReadValue(int depth, Json5Node? node)
    {
        if (node is not null) node.Start = _at;
        ReadValueAt(depth, node);
        if (node is not null) node.End = _at;
    }

    private void ReadValueAt(int depth, Json5Node? node)
    {
        if (depth >= StrictJson.MaxDepth) throw Failure($"more than {StrictJson.MaxDepth} levels");
        switch (Current)
        {
            case '{':
                ReadObject(depth, node);
                break;
            case '[':
                ReadArray(depth, node);
                break;
            case '"' or '\'':
                _writer.WriteStringValue(ReadString());
                break;
            case '-' or '+' or '.' or (>= '0' and <= '9'):
                ReadNumber();
                break;
            default:
                ReadWord();
                break;
        }
    }

    private void ReadObject(int depth, Json5Node? node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        _writer.WriteStartObject();
        _at++;
        SkipBlank();
        while (Current != '}')
        {
            int start = _at;
            string name = Current is '"' or '\'' ? ReadString() : ReadIdentifier();
            int end = _at;
            if (!names.Add(name)) throw Failure($"the member \"{name}\" stands twice in one object");
            SkipBlank();
            Expect(':');
            SkipBlank();
            _writer.WritePropertyName(name);
            ReadValue(depth + 1, node?.Add(name, start, end));
            EndOfElement('}');
        }
        _at++;
        _writer.WriteEndObject();
    }

    private void ReadArray(int depth, Json5Node? node)
    {
        _writer.WriteStartArray();
        _at++;
        SkipBlank();
        while (Current != ']')
        {
            ReadValue(depth + 1, node?.Add(string.Empty, _at, _at));
            EndOfElement(']');
        }
        _at++;
        _writer.WriteEndArray();
    }

    private void EndOfElement(char close)
    {
        SkipBlank();
        if (Current == close) return;
        Expect(',');
        SkipBlank();
    }

    private string ReadString()
    {
        char quote = Current;
        int start = _at++;
        var value = new StringBuilder();
        while (Current != quote || _at >= _text.Length)
        {
            if (_at >= _text.Length || Current is '\n' or '\r')
            {
                _at = start;
                throw Failure("the string does not end");
            }
            if (Current == '\\') ReadEscape(value);
            else value.Append(_text[_at++]);
        }
        _at++;
        // Half a character, which JavaScript reads and the library does not write, is replaced.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.ToString()));
    }

    private void ReadEscape(StringBuilder value)
    {
        _at++;
        char escape = Current;
        _at++;
        switch (escape)
        {
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'v': value.Append('\v'); break;
            case '0': value.Append('\0'); break;
            case 'x': value.Append(ReadHex(2)); break;
            case 'u': value.Append(ReadHex(4)); break;
            case '\r':
                if (Current == '\n') _at++;
                break;
            case '\n' or '\u2028' or '\u2029':
                break;
            default: value.Append(escape); break;
        }
    }

    private char ReadHex(int digits)
    {
        if (_at + digits > _text.Length
            || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
        {
            throw Failure("an escape without its hexadecimal digits");
        }
        _at += digits;
        return (char)code;
    }

    private void ReadNumber()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '+' or '-' or '.') _at++;
        string literal = _text[start.._at];
        bool negative = literal[0] == '-';
        string digits = literal.TrimStart('+', '-');
        if (literal.Length - digits.Length <= 1)
        {
            if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex))
            {
                _writer.WriteNumberValue(negative ? -(decimal)hex : hex);
                return;
            }
            double number = double.PositiveInfinity;
            if (digits is "Infinity" or "NaN"
                || double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number))
            {
                if (double.IsFinite(number)) _writer.WriteNumberValue(negative ? -number : number);
                else _writer.WriteNullValue();
                return;
            }
        }
        _at = start;
        throw Failure($"\"{literal}\" is not a number");
    }

    private void ReadWord()
    {
        int start = _at;
        string word = IsIdentifierPart(Current) ? ReadIdentifier() : throw Failure(_at >= _text.Length ? "the text ends too early" : $"'{Current}' is not the start of a value");
        switch (word)
        {
            case "true": _writer.WriteBooleanValue(true); break;
            case "false": _writer.WriteBooleanValue(false); break;
            case "null" or "Infinity" or "NaN": _writer.WriteNullValue(); break;
            default:
                _at = start;
                throw Failure("a text value needs quotes");
        }
    }

    private string ReadIdentifier()
    {
        int start = _at;
        while (IsIdentifierPart(Current)) _at++;
        return _at > start ? _text[start.._at] : throw Failure(_at >= _text.Length ? "the text ends too early" : $"'{Current}' is not the start of a name");
    }

    private static bool IsIdentifierPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private void Expect(char wanted)
    {
        if (Current != wanted) throw Failure(_at >= _text.Length ? "the text ends too early" : $"'{wanted}' is missing before '{Current}'");
        _at++;
    }

    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Current) || Current == '\uFEFF')
            {
                _at++;
            }
            else if (Current == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/')
            {
                while (_at < _text.Length && Current is not ('\n' or '\r')) _at++;
            }
            else if (Current == '/' && _at + 1 < _text.Length && _text[_at + 1] == '*')
            {
                int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw Failure("the comment does not end");
                _at = end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private static FormatException Failure(string description) => new(description);

    private JsonProblem Problem(string description) => JsonProblem.At(_text, _at, description);
}
