using System.Globalization;
using System.Text.Json;
using KrabAuth.Storage;

namespace KrabAuth.Providers;

/// <summary>
/// The paths by which the catalog points into an answer: names joined by dots, <c>*</c> for every element of an array or
/// member of an object, and <c>$.</c> in front to start at the whole answer instead of the part at hand.
/// </summary>
internal static class JsonPath
{
    private const string FromRoot = "$.";

    /// <summary>Everything that a path leads to, in the order of the document.</summary>
    public static IReadOnlyList<JsonElement> All(JsonElement from, string path)
    {
        List<JsonElement> found = [from];
        if (path == "$") return found;
        foreach (string step in path.Split('.'))
        {
            var next = new List<JsonElement>();
            foreach (JsonElement element in found) Step(element, step, next);
            found = next;
        }
        return found;
    }

    /// <summary>What a path leads to; null where it leads nowhere or to <c>null</c>.</summary>
    public static JsonElement? One(JsonElement root, JsonElement from, string? path)
    {
        if (path is null) return null;
        IReadOnlyList<JsonElement> found = path.StartsWith(FromRoot, StringComparison.Ordinal) ? All(root, path[FromRoot.Length..]) : All(from, path);
        return found is [{ ValueKind: not JsonValueKind.Null } only, ..] ? only : null;
    }

    /// <summary>A number, also one that is written as a text.</summary>
    public static double? Number(JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && double.IsFinite(value) => value,
        { ValueKind: JsonValueKind.String } text when double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => value,
        _ => null,
    };

    /// <summary>A text, or a number as one.</summary>
    public static string? Text(JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>Whether what a path leads to is written like this.</summary>
    public static bool Is(JsonElement? element, string json) => element is { } value && value.GetRawText() == json;

    private static void Step(JsonElement element, string step, List<JsonElement> found)
    {
        if (step != "*")
        {
            if (((JsonElement?)element).Member(step) is { } member) found.Add(member);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            found.AddRange(element.EnumerateArray());
        }
        else
        {
            foreach (JsonMember member in ((JsonElement?)element).Members()) found.Add(member.Value);
        }
    }
}
