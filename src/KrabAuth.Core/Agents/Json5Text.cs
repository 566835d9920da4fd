using System.Text.Json;
using System.Text.Json.Nodes;
using KrabAuth.Storage;

namespace KrabAuth.Agents;

/// <summary>
/// Changes one value of a JSON5 text: the rest, with its comments, commas, quotes, indentation and line ends, stays as its author
/// wrote it. Where there is nothing to go by, two spaces indent.
/// </summary>
internal static class Json5Text
{
    private const string Step = "  ";

    /// <summary>Puts another value in a value's place.</summary>
    public static string Replace(string text, Json5Node place, JsonNode value)
        => string.Concat(text.AsSpan(0, place.Start), Render(value, IndentOf(text, place.NameStart), NewLineOf(text)), text.AsSpan(place.End));

    /// <summary>Gives a member another name.</summary>
    public static string Rename(string text, Json5Node member, string name)
        => string.Concat(text.AsSpan(0, member.NameStart), JsonText.Quote(name), text.AsSpan(member.NameEnd));

    /// <summary>Adds a member, or an element where there is no name, behind the last one, indented as that one is.</summary>
    public static string Append(string text, Json5Node container, string? name, JsonNode value)
    {
        string newLine = NewLineOf(text);
        string outer = IndentOf(text, container.Start);
        if (container.Children.Count == 0) return AddFirst(text, container, name, value, outer, newLine);
        Json5Node last = container.Children[^1];
        int comma = CommaBehind(text, last.End);
        if (!text.AsSpan(container.Start, last.End - container.Start).Contains('\n'))
        {
            return string.Concat(text.AsSpan(0, last.End), $", {Entry(name, value, outer, newLine)}", text.AsSpan(last.End));
        }
        string indent = IndentOf(text, last.NameStart);
        string entry = $"{newLine}{indent}{Entry(name, value, indent, newLine)}";
        int end = EndOfTail(text, Math.Max(comma + 1, last.End));
        if (end < 0) return string.Concat(text.AsSpan(0, last.End), $",{entry}", text.AsSpan(last.End));
        return comma < 0
            ? string.Concat(string.Concat(text.AsSpan(0, last.End), ",", text.AsSpan(last.End, end - last.End), entry), text.AsSpan(end))
            : string.Concat(text.AsSpan(0, end), $"{entry},", text.AsSpan(end));
    }

    /// <summary>Adds an element in front of the first one.</summary>
    public static string Prepend(string text, Json5Node container, JsonNode value)
    {
        if (container.Children.Count == 0) return Append(text, container, null, value);
        int first = container.Children[0].Start;
        string indent = IndentOf(text, first);
        int line = StartOfLine(text, first);
        string gap = line > container.Start && text.AsSpan(line, first - line).IsWhiteSpace() ? NewLineOf(text) + indent : " ";
        return string.Concat(text.AsSpan(0, first), $"{Render(value, indent, NewLineOf(text))},{gap}", text.AsSpan(first));
    }

    /// <summary>Removes a member or an element with its comma, and its line where nothing else is left in it. Comments stay.</summary>
    public static string Remove(string text, Json5Node container, Json5Node child)
    {
        int index = container.Children.IndexOf(child);
        int comma = CommaBehind(text, child.End);
        bool isLastWithoutComma = comma < 0 && index > 0;
        if (isLastWithoutComma) comma = CommaBehind(text, container.Children[index - 1].End);
        int start = child.NameStart;
        int end = child.End;
        if (comma >= end && text.AsSpan(end, comma - end).IsWhiteSpace())
        {
            end = comma + 1;
            comma = -1;
        }
        int line = StartOfLine(text, start);
        int lineEnd = EndOfLine(text, end);
        bool ownsLine = line > container.Start && text.AsSpan(line, start - line).IsWhiteSpace();
        if (ownsLine && lineEnd <= container.End && text.AsSpan(end, lineEnd - end).IsWhiteSpace())
        {
            start = line;
            end = lineEnd + (text.AsSpan(lineEnd).StartsWith("\r\n") ? 2 : 1);
        }
        else if (!ownsLine)
        {
            while (start > 0 && text[start - 1] is ' ' or '\t') start--;
        }
        if (comma < 0) return text.Remove(start, end - start);
        return comma < start ? text.Remove(start, end - start).Remove(comma, 1) : text.Remove(comma, 1).Remove(start, end - start);
    }

    private static string AddFirst(string text, Json5Node container, string? name, JsonNode value, string outer, string newLine)
    {
        if (name is null && value is JsonValue) return text.Insert(container.Start + 1, Render(value, outer, newLine));
        string indent = outer + Step;
        // Comments may stand in an empty container: what is added goes in front of them.
        ReadOnlySpan<char> rest = text.AsSpan(container.Start + 1);
        bool isEmpty = rest.TrimStart(" \t").StartsWith(text.AsSpan(container.End - 1, 1));
        string entry = $"{newLine}{indent}{Entry(name, value, indent, newLine)}{(isEmpty ? newLine + outer : string.Empty)}";
        return string.Concat(text.AsSpan(0, container.Start + 1), entry, isEmpty ? rest.TrimStart(" \t") : rest);
    }

    private static string Entry(string? name, JsonNode value, string indent, string newLine)
        => name is null ? Render(value, indent, newLine) : $"{JsonText.Quote(name)}: {Render(value, indent, newLine)}";

    /// <summary>Writes a value: on one line if it holds no objects.</summary>
    private static string Render(JsonNode value, string indent, string newLine)
    {
        string inner = indent + Step;
        switch (value)
        {
            case JsonObject members when members.Any(member => member.Value is JsonObject):
                return $"{{{string.Join(',', members.Select(member => $"{newLine}{inner}{Entry(member.Key, member.Value!, inner, newLine)}"))}{newLine}{indent}}}";
            case JsonObject members:
                return members.Count == 0 ? "{}" : $"{{ {string.Join(", ", members.Select(member => Entry(member.Key, member.Value!, inner, newLine)))} }}";
            case JsonArray items when items.Any(item => item is JsonObject):
                return $"[{string.Join(',', items.Select(item => $"{newLine}{inner}{Render(item!, inner, newLine)}"))}{newLine}{indent}]";
            case JsonArray items:
                return $"[{string.Join(", ", items.Select(item => Render(item!, inner, newLine)))}]";
            default:
                return value.GetValueKind() == JsonValueKind.String ? JsonText.Quote(value.GetValue<string>()) : value.ToJsonString();
        }
    }

    /// <summary>The comma behind a value, or -1: blanks and comments may stand between.</summary>
    private static int CommaBehind(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] == ',') return at;
            if (text.AsSpan(at).StartsWith("//")) at = EndOfLine(text, at);
            else if (text.AsSpan(at).StartsWith("/*")) at = text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2;
            else if (char.IsWhiteSpace(text[at]) || text[at] == '\uFEFF') at++;
            else break;
        }
        return -1;
    }

    /// <summary>Behind the comments that stand in the rest of the line and so belong to what is before them; -1 if something else stands there.</summary>
    private static int EndOfTail(string text, int at)
    {
        int start = at;
        while (at < text.Length && text[at] is not ('\n' or '\r'))
        {
            if (text.AsSpan(at).StartsWith("//")) return EndOfLine(text, at);
            if (text.AsSpan(at).StartsWith("/*"))
            {
                int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2;
                if (end > EndOfLine(text, at)) return start;
                at = end;
                start = at;
            }
            else if (text[at] is ' ' or '\t') at++;
            else return -1;
        }
        return at;
    }

    private static int StartOfLine(string text, int position) => position == 0 ? 0 : text.LastIndexOf('\n', position - 1) + 1;

    private static int EndOfLine(string text, int position)
    {
        int end = text.AsSpan(position).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : position + end;
    }

    /// <summary>The white space at the beginning of the line.</summary>
    private static string IndentOf(string text, int position)
    {
        int start = StartOfLine(text, position);
        int end = start;
        while (end < text.Length && text[end] is ' ' or '\t') end++;
        return text[start..end];
    }

    private static string NewLineOf(string text)
    {
        int at = text.IndexOf('\n', StringComparison.Ordinal);
        return at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
    }
}
