using System.Text.Encodings.Web;
using System.Text.Json;
using KrabAuth.Routing;

namespace KrabAuth.Agents;

/// <summary>
/// Changes a product's configuration where it must and nowhere else: comments, commas, quotes and order of the rest stay as
/// their author wrote them.
/// </summary>
internal static class ConfigEditor
{
    private const string Step = "  ";

    /// <summary>
    /// Describes a profile in <c>auth.profiles</c>, and puts it first in an order of its provider that is there. None is made.
    /// </summary>
    /// <returns>The new text; the same text if it says so already; null if it is no JSON5 object.</returns>
    public static string? DescribeProfile(string text, string id, string provider, string mode)
    {
        string described = MoveToFront(text, id, provider);
        if (Json5Reader.Map(described) is not { } root || described[root.Start] != '{') return null;
        string entry = $"{{ \"provider\": {Quote(provider)}, \"mode\": {Quote(mode)} }}";
        Json5Node? auth = root.Member("auth");
        if (auth is null) return Insert(described, root, "auth", indent => $"{{\n{indent}{Step}\"profiles\": {{\n{indent}{Step}{Step}{Quote(id)}: {entry}\n{indent}{Step}}}\n{indent}}}");
        if (described[auth.Start] != '{') return null;
        Json5Node? profiles = auth.Member("profiles");
        if (profiles is null) return Insert(described, auth, "profiles", indent => $"{{\n{indent}{Step}{Quote(id)}: {entry}\n{indent}}}");
        if (described[profiles.Start] != '{') return null;
        if (profiles.Member(id) is not { } existing) return Insert(described, profiles, id, _ => entry);
        // What stands further back is changed first, so that the places before it hold.
        IEnumerable<(string Name, string Value)> wanted = new[] { ("mode", mode), ("provider", provider) }.OrderByDescending(pair => existing.Member(pair.Item1)?.Start ?? -1);
        return wanted.Aggregate(described, (changed, pair) => SetMember(changed, existing, pair.Name, pair.Value));
    }

    private static string SetMember(string text, Json5Node entry, string name, string value)
    {
        Json5Node? member = entry.Member(name);
        if (member is null || text[entry.Start] != '{') return text;
        using JsonDocument? current = Json5Reader.Parse(text[member.Start..member.End]).Document;
        bool same = current?.RootElement is { ValueKind: JsonValueKind.String } found && found.GetString() == value;
        return same ? text : text[..member.Start] + Quote(value) + text[member.End..];
    }

    private static string MoveToFront(string text, string id, string provider)
    {
        if (Json5Reader.Map(text)?.Member("auth")?.Member("order")?.Children.Find(order => ProviderId.Same(order.Name, provider)) is not { } list || text[list.Start] != '[') return text;
        int at = list.Children.FindIndex(child => Read(text[child.Start..child.End]) == id);
        if (at == 0) return text;
        if (list.Children.Count == 0) return $"{text[..(list.Start + 1)]}{Quote(id)}{text[(list.Start + 1)..]}";
        string without = at < 0 ? text : RemoveElement(text, list, at);
        int first = list.Children[0].Start;
        return $"{without[..first]}{Quote(id)}, {without[first..]}";
    }

    /// <summary>An element that is not the first goes with the comma before it.</summary>
    private static string RemoveElement(string text, Json5Node list, int at)
        => text[..list.Children[at - 1].End] + text[list.Children[at].End..];

    private static string? Read(string literal)
    {
        using JsonDocument? document = Json5Reader.Parse(literal).Document;
        return document?.RootElement is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }

    /// <summary>Adds a member behind the last one, indented as that one is.</summary>
    internal static string Insert(string text, Json5Node container, string name, Func<string, string> value)
    {
        string outer = IndentOf(text, container.Start);
        if (container.Children.Count == 0)
        {
            string indent = outer + Step;
            // Comments may stand in an empty object: the member goes in front of them.
            string rest = text[(container.Start + 1)..];
            string closing = rest.TrimStart(' ', '\t').StartsWith('}') ? $"\n{outer}" : string.Empty;
            return $"{text[..(container.Start + 1)]}\n{indent}{Quote(name)}: {value(indent)}{closing}{(closing.Length > 0 ? rest.TrimStart(' ', '\t') : rest)}";
        }
        Json5Node last = container.Children[^1];
        bool isOneLine = !text[container.Start..last.End].Contains('\n', StringComparison.Ordinal);
        string own = isOneLine ? outer : IndentOf(text, last.Start);
        string lead = isOneLine ? " " : $"\n{own}";
        return $"{text[..last.End]},{lead}{Quote(name)}: {value(own)}{text[last.End..]}";
    }

    /// <summary>The white space at the beginning of the line.</summary>
    private static string IndentOf(string text, int position)
    {
        int line = text.LastIndexOf('\n', Math.Max(0, position - 1)) + 1;
        int end = line;
        while (end < text.Length && text[end] is ' ' or '\t') end++;
        return text[line..end];
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
