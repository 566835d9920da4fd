using System.Text.Json;

namespace KrabAuth.Storage;

/// <summary>What the library says of a text that is no JSON, in words for the one who wrote the text and not for who called the library.</summary>
internal static class JsonWords
{
    private static readonly (string Library, string Ours)[] Known =
    [
        ("array contains a trailing comma", "there is a comma too many before the end of an array"),
        ("object contains a trailing comma", "there is a comma too many before the end of an object"),
        ("maximum configured depth", $"more than {StrictJson.MaxDepth} objects and arrays stand in one another"),
        ("Expected depth to be zero", "an object or an array is not closed before the end"),
        ("does not contain any JSON tokens", "there is no value in it"),
    ];

    /// <summary>Describes an error. Nothing of the text is quoted but the one character that is wrong.</summary>
    public static string Describe(JsonException e)
    {
        foreach ((string library, string ours) in Known)
        {
            if (e.Message.Contains(library, StringComparison.Ordinal)) return ours;
        }
        // The library appends the place, which is told separately.
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place > 0 ? e.Message[..place].TrimEnd('.', ' ') : e.Message;
    }
}
