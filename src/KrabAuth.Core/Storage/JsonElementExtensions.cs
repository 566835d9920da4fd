using System.Text.Json;

namespace KrabAuth.Storage;

/// <summary>Reads JSON that others wrote: what is absent, or of another kind than expected, is absent.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement? Member(this JsonElement? element, string name)
        => element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out JsonElement member) ? member : null;

    public static JsonElement? Object(this JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.Object } member ? member : null;

    public static JsonElement? Object(this JsonElement element, string name) => ((JsonElement?)element).Object(name);

    public static IEnumerable<JsonProperty> Members(this JsonElement? element)
        => element is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : Enumerable.Empty<JsonElement>();

    public static string? Text(this JsonElement? element, string name)
        => element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    public static string? Text(this JsonElement element, string name) => ((JsonElement?)element).Text(name);

    /// <summary>A text that is not blank, unchanged.</summary>
    public static string? VisibleText(this JsonElement element, string name)
        => element.Text(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>The texts of an array, trimmed, blank ones left out.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement array)
        => array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray().Texts()] : [];

    public static IEnumerable<string> Texts(this IEnumerable<JsonElement> items)
        => items.Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!.Trim()).Where(text => text.Length > 0);

    /// <summary>A finite number, fractions cut off; those beyond the range of a long count as its ends.</summary>
    public static long? Number(this JsonElement? element, string name)
    {
        if (element.Member(name) is not { ValueKind: JsonValueKind.Number } member || !member.TryGetDouble(out double number) || !double.IsFinite(number)) return null;
        return member.TryGetInt64(out long exact) ? exact : number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number;
    }
}
