using System.Text.Json;

namespace KrabAuth.Agents;

/// <summary>A value of a JSON5 text, and where it stands there.</summary>
internal sealed class Json5Node(string name)
{
    /// <summary>The member's name; empty for the root and for elements of arrays.</summary>
    public string Name { get; } = name;

    /// <summary>The index of the first character of the name; of the value where there is no name.</summary>
    public int NameStart { get; private init; }

    /// <summary>The index behind the name.</summary>
    public int NameEnd { get; private init; }

    /// <summary>The index of its first character.</summary>
    public int Start { get; set; }

    /// <summary>The index behind its last character.</summary>
    public int End { get; set; }

    /// <summary>The value itself.</summary>
    public JsonElement Value { get; private set; }

    /// <summary>The values in it, in the order of the text.</summary>
    public List<Json5Node> Children { get; } = [];

    /// <summary>Adds a value.</summary>
    public Json5Node Add(string childName, int nameStart, int nameEnd)
    {
        var child = new Json5Node(childName) { NameStart = nameStart, NameEnd = nameEnd };
        Children.Add(child);
        return child;
    }

    /// <summary>Gives each place its value. Both were read from one text, so that they have the same shape.</summary>
    public void Attach(JsonElement value)
    {
        Value = value;
        int at = 0;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject()) Children[at++].Attach(property.Value);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray()) Children[at++].Attach(item);
                break;
            default:
                break;
        }
    }

    /// <summary>The member of that name.</summary>
    public Json5Node? Member(string memberName) => Children.Find(child => child.Name == memberName);
}
