using System.Text.Json;

namespace KrabAuth.Storage;

/// <summary>
/// A member of a JSON object. A class, unlike <see cref="JsonProperty"/>: sequences of it run on code that ships compiled
/// with the runtime, and reading a store costs no compilation at each start of the command line.
/// </summary>
internal sealed record JsonMember(string Name, JsonElement Value);

/// <summary>Reads JSON that others wrote: what is absent, or of another kind than expected, is absent.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement? Member(this JsonElement? element, string name)
        => element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    public static JsonElement? Object(this JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.Object } member ? member : null;

    public static JsonElement? Object(this JsonElement element, string name) => ((JsonElement?)element).Object(name);

    public static IReadOnlyList<JsonMember> Members(this JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.Object } value) return [];
        var members = new List<JsonMember>();
        foreach (JsonProperty property in value.EnumerateObject()) members.Add(new JsonMember(property.Name, property.Value));
        return members;
    }

    /// <summary>The objects of an array, each under the name of the array.</summary>
    public static IReadOnlyList<JsonMember> Objects(this JsonElement? element, string name)
    {
        if (element.Member(name) is not { ValueKind: JsonValueKind.Array } array) return [];
        var objects = new List<JsonMember>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object) objects.Add(new JsonMember(name, item));
        }
        return objects;
    }

    public static string? Text(this JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.Unescape() : null;

    /// <summary>The text of a JSON string; null for one that is no text, such as half of a character, which the parser lets through.</summary>
    public static string? Unescape(this JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static string? Text(this JsonElement element, string name) => ((JsonElement?)element).Text(name);

    /// <summary>A text that is not blank, unchanged.</summary>
    public static string? VisibleText(this JsonElement element, string name)
        => element.Text(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>The texts of an array, trimmed, blank ones left out.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement? element, string name) => element.Member(name) is { } array ? array.Texts() : [];

    /// <summary>The texts of an array, trimmed, blank ones left out.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array) return [];
        var texts = new List<string>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && item.Unescape()?.Trim() is { Length: > 0 } text) texts.Add(text);
        }
        return texts;
    }

    /// <summary>A finite number, fractions cut off; those beyond the range of a long count as its ends.</summary>
    public static long? Number(this JsonElement? element, string name)
    {
        if (element.Member(name) is not { ValueKind: JsonValueKind.Number } member || !member.TryGetDouble(out double number) || !double.IsFinite(number)) return null;
        return member.TryGetInt64(out long exact) ? exact : (long)number;
    }
}
